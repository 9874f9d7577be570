import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../../domain/time.ts';
import type { PullPage, QuarantinedSubject } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

/** The step that quarantined a row. Each step resolves only its own rows. */
type FoundBy = 'pull' | 'debit';

interface Finding {
  connection: string;
  stream: string;
  sourceId: string;
  foundBy: FoundBy;
  reason: string;
  row: string | null;
  vendorRow: string | null;
  since: Instant | null;
  /** The tickets whose time it came with, as a JSON array. */
  ticketIds: string | null;
  at: Instant;
}

interface StoredState {
  id: number;
  status: 'open' | 'accepted' | 'resolved';
  row: string | null;
}

/**
 * Quarantines the page's rejected rows and resolves those that are now readable. An accepted row
 * stays accepted while it is unchanged; these are returned, to be mirrored.
 */
export function quarantinePage(
  database: Database,
  page: PullPage,
): { quarantined: number; accepted: unknown[] } {
  const { connection, stream, since, at } = page;
  const ticketIds = page.completeTicketIds ? listValue(page.completeTicketIds) : null;
  const outcome = { quarantined: 0, accepted: [] as unknown[] };
  for (const { sourceId, reason, row, vendorRow } of page.rejected) {
    const finding: Finding = {
      connection,
      stream,
      sourceId,
      foundBy: 'pull',
      reason,
      row: textOf(row),
      vendorRow: textOf(vendorRow),
      since,
      ticketIds,
      at,
    };
    const status = quarantineRow(database, finding);
    if (status === 'new') outcome.quarantined += 1;
    if (status === 'accepted' && finding.row !== null) outcome.accepted.push(row);
  }
  database.run(
    `UPDATE quarantine SET status = 'resolved', last_seen_at = ?
     WHERE connection = ? AND stream = ? AND found_by = 'pull' AND status = 'open'
       AND source_id IN (SELECT value FROM json_each(?))`,
    at,
    connection,
    stream,
    listValue(page.rows.map((row) => row.sourceId)),
  );
  return outcome;
}

/** Stores what debit found, or resolves it. */
export function writeWarnings(
  database: Database,
  warnings: readonly QuarantinedSubject[],
  at: Instant,
): void {
  for (const { connection, stream, sourceId, reason, row = null } of warnings) {
    if (reason === null) {
      database.run(
        `UPDATE quarantine SET status = 'resolved', last_seen_at = ?
         WHERE connection = ? AND stream = ? AND source_id = ? AND found_by = 'debit'
           AND status = 'open'`,
        at,
        connection,
        stream,
        sourceId,
      );
      continue;
    }
    const nothing = { row, vendorRow: null, since: null, ticketIds: null };
    quarantineRow(database, {
      connection,
      stream,
      sourceId,
      foundBy: 'debit',
      reason,
      at,
      ...nothing,
    });
  }
}

function quarantineRow(database: Database, finding: Finding): 'new' | 'known' | 'accepted' {
  const standing = database.row<StoredState>(
    `SELECT id, status, row FROM quarantine
     WHERE connection = ? AND stream = ? AND source_id = ? AND found_by = ?`,
    finding.connection,
    finding.stream,
    finding.sourceId,
    finding.foundBy,
  );
  const { at, connection, stream, sourceId, foundBy, ...seen } = finding;
  const key = { connection, stream, sourceId, foundBy };
  if (standing === undefined) {
    const times = { firstSeenAt: at, lastSeenAt: at };
    database.insert('quarantine', { ...key, ...seen, ...times, status: 'open' });
    return 'new';
  }
  const isAccepted = standing.status === 'accepted' && isSame(standing.row, seen.row);
  const status = isAccepted ? 'accepted' : 'open';
  database.update('quarantine', { id: standing.id }, { ...seen, status, lastSeenAt: at });
  if (isAccepted) return 'accepted';
  return standing.status === 'open' ? 'known' : 'new';
}

/** What people read about a row, and no rule does: a change of it is the same row. */
const shownOnly = ['updatedAt', 'note', 'summary', 'secondsText', 'technician'];

/** Whether the rules read the same of both: in whatever order the fields are, absent or null. */
function isSame(accepted: string | null, seen: string | null): boolean {
  return isDeepStrictEqual(readByRules(accepted), readByRules(seen));
}

function readByRules(text: string | null): unknown {
  const row: unknown = text === null ? null : JSON.parse(text);
  if (typeof row !== 'object' || row === null) return row;
  // A name with an ID is known by that.
  const named = 'ids' in row && typeof row.ids === 'object' ? Object.keys(row.ids ?? {}) : [];
  const fields = Object.entries(row).filter(
    ([name, value]) => value !== null && !shownOnly.includes(name) && !named.includes(name),
  );
  return Object.fromEntries(fields);
}

function textOf(row: unknown): string | null {
  return row === null || row === undefined ? null : JSON.stringify(row);
}

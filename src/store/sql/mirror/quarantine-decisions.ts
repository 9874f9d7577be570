import { KindError } from '../../../domain/errors.ts';
import type { Instant } from '../../../domain/time.ts';
import type { MirrorRows, QuarantineRow } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { acceptDoubles } from '../sessions/doubles.ts';
import { markOpenGroupsDirty } from './dirty.ts';
import { writeMirror } from './mirror.ts';
import { stepBack } from './sweep.ts';
import { addTimeDue } from './time-due.ts';

type StoredRow = QuarantineRow & {
  since: Instant | null;
  ticketIds: string | null;
};

const columns = `id, connection, stream, source_id AS sourceId, reason, row, vendor_row AS vendorRow,
  first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, status, found_by AS foundBy`;

export function listQuarantine(
  database: Database,
  statuses: readonly QuarantineRow['status'][],
): QuarantineRow[] {
  return database.rows(
    `SELECT ${columns} FROM quarantine WHERE status IN (SELECT value FROM json_each(?))
     ORDER BY id`,
    listValue(statuses),
  );
}

/** Adds a row to the mirror as parsed, or accepts what debit reported. */
export function acceptQuarantine(database: Database, id: number, at: Instant): boolean {
  const found = readOne(database, id);
  if (found === undefined || found.status !== 'open') return false;
  if (found.foundBy === 'pull') {
    if (found.row === null) throw notUnderstood(found);
    // It was written from our own row of that stream when it was quarantined.
    const page = { stream: found.stream, rows: [JSON.parse(found.row)] } as MirrorRows;
    writeMirror(database, found.connection, page);
  }
  database.run("UPDATE quarantine SET status = 'accepted', last_seen_at = ? WHERE id = ?", at, id);
  if (found.foundBy === 'debit') {
    if (found.stream === 'timeEntries') acceptDoubles(database, found, true);
    markOpenGroupsDirty(database);
  }
  return true;
}

function notUnderstood({ id, connection, stream, sourceId }: StoredRow): KindError {
  return new KindError(
    'config',
    `Row ${id} (${stream} ${sourceId} of ${connection}) could not be parsed, so there is nothing to accept.`,
    { fix: `Correct it in ${connection}, then run \`prepaid-hours quarantine retry ${id}\`.` },
  );
}

/**
 * Queues the row to be read again: by moving the stream's watermark back to where the row was
 * found, or by requesting the time of its tickets again, if time is read ticket by ticket.
 */
export function retryQuarantine(database: Database, id: number): boolean {
  const found = readOne(database, id);
  if (found === undefined || found.status === 'resolved') return false;
  if (found.status === 'accepted') {
    database.run("UPDATE quarantine SET status = 'open' WHERE id = ?", id);
    if (found.stream === 'timeEntries') acceptDoubles(database, found, false);
  }
  if (found.foundBy === 'debit') {
    const since = found.stream === 'tickets' ? firstWorkOn(database, found) : null;
    if (since !== null) stepBack(database, found, since);
    markOpenGroupsDirty(database);
    return true;
  }
  if (found.ticketIds === null) stepBack(database, found, found.since ?? '');
  else {
    addTimeDue(database, found.connection, JSON.parse(found.ticketIds) as string[]);
  }
  return true;
}

/** An unknown ticket was last modified no earlier than the first time logged on it. */
function firstWorkOn(database: Database, { connection, sourceId }: StoredRow): Instant | null {
  const first = database.row<{ startedAt: Instant | null }>(
    `SELECT min(started_at) AS startedAt FROM mirror_time_entry INDEXED BY mirror_time_entry_ticket
     WHERE connection = ? AND ticket_id = ?`,
    connection,
    sourceId,
  );
  return first?.startedAt ?? null;
}

function readOne(database: Database, id: number): StoredRow | undefined {
  return database.row(
    `SELECT ${columns}, since, ticket_ids AS ticketIds FROM quarantine WHERE id = ?`,
    id,
  );
}

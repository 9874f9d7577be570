import { type ClientLoss, isMostVanished } from '../../../domain/records/vanished.ts';
import { addSeconds } from '../../../domain/time.ts';
import type { PullOutcome, PullPage } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { addTimeDue } from './time-due.ts';

/** The window of a client's time that a loss is compared with: that of a sweep by default. */
const lookBackSeconds = 62 * 86_400;

/** Entries removed within this time count as removed together. */
const togetherSeconds = 86_400;

interface MissingEntry {
  sourceId: string;
  ticketId: string | null;
  clientId: string | null;
}

/** Entries of a connection that are not deleted. */
function entriesOf(index: string): string {
  return `SELECT e.source_id AS sourceId, e.ticket_id AS ticketId,
       coalesce(e.client_id, t.client_id) AS clientId
     FROM mirror_time_entry e ${index}
     LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
     WHERE e.connection = ? AND e.deleted_at IS NULL`;
}

/**
 * For tickets whose time is complete in the page, missing entries are deleted, unless they are most
 * of a client's time and the vendor does not report them as deleted. A quarantined entry exists, it
 * is only unreadable, and is never removed.
 */
export function removeLacking(
  database: Database,
  page: PullPage,
  ticketIds: readonly string[],
): Pick<PullOutcome, 'changed' | 'vanished'> {
  const lacking = readLacking(database, page, ticketIds);
  const isTold = (page.deletions ?? 0) >= lacking.length;
  const vanished = isTold || page.areLossesAccepted === true ? [] : losses(database, page, lacking);
  const asked = new Set(vanished.map(({ clientId }) => clientId));
  const isAsked = ({ clientId }: MissingEntry): boolean => clientId !== null && asked.has(clientId);
  const changed = markDeleted(
    database,
    page,
    lacking.filter((entry) => !isAsked(entry)),
  );
  restoreRemoved(database, page, [...asked]);
  const kept = new Set(lacking.filter(isAsked).map(({ ticketId }) => ticketId));
  database.run(
    'DELETE FROM time_due WHERE connection = ? AND ticket_id IN (SELECT value FROM json_each(?))',
    page.connection,
    listValue(ticketIds.filter((id) => !kept.has(id))),
  );
  return { changed, vanished };
}

/**
 * Entries that the vendor told were deleted, and that are gone: deleted, unless they are most of a
 * client's time. What stays is left to the next sweep, which asks.
 */
export function removeGone(
  database: Database,
  page: PullPage,
  ids: readonly string[],
): Pick<PullOutcome, 'changed' | 'vanished'> {
  const gone = database.rows<MissingEntry>(
    `${entriesOf('')} AND e.source_id IN (SELECT value FROM json_each(?))`,
    page.connection,
    listValue(ids),
  );
  const vanished = losses(database, page, gone);
  const asked = new Set(vanished.map(({ clientId }) => clientId));
  const removed = gone.filter(({ clientId }) => clientId === null || !asked.has(clientId));
  return { changed: markDeleted(database, page, removed), vanished };
}

function markDeleted(database: Database, page: PullPage, entries: readonly MissingEntry[]): number {
  return database.run(
    `UPDATE mirror_time_entry SET deleted_at = ? WHERE connection = ?
       AND source_id IN (SELECT value FROM json_each(?))`,
    page.at,
    page.connection,
    listValue(entries.map(({ sourceId }) => sourceId)),
  );
}

/** Restores what the same run removed before the loss became most of the time. */
function restoreRemoved(database: Database, page: PullPage, clientIds: readonly string[]): void {
  if (clientIds.length === 0) return;
  const removed = database.rows<{ ticketId: string }>(
    `UPDATE mirror_time_entry AS e SET deleted_at = NULL
     WHERE e.connection = ?1 AND e.deleted_at = ?2 AND e.is_derived = 0 AND coalesce(e.client_id, (SELECT t.client_id
       FROM mirror_ticket t WHERE t.connection = ?1 AND t.source_id = e.ticket_id))
       IN (SELECT value FROM json_each(?3))
     RETURNING ticket_id AS ticketId`,
    page.connection,
    page.at,
    listValue(clientIds),
  );
  // A page of a stream has a watermark; others are of single tickets, which are requested again.
  if (page.watermark !== undefined) return;
  const ticketIds = removed.map(({ ticketId }) => ticketId);
  addTimeDue(database, page.connection, ticketIds);
}

function readLacking(
  database: Database,
  page: PullPage,
  ticketIds: readonly string[],
): MissingEntry[] {
  const present = [...page.rows, ...page.rejected].map((row) => row.sourceId);
  return database.rows(
    `${entriesOf('INDEXED BY mirror_time_entry_ticket')}
       AND e.ticket_id IN (SELECT value FROM json_each(?))
       AND e.source_id NOT IN (SELECT value FROM json_each(?))`,
    page.connection,
    listValue(ticketIds),
    listValue(present),
  );
}

/** Losses of clients who would lose most of their time, including those of the last day. */
function losses(
  database: Database,
  page: PullPage,
  lacking: readonly MissingEntry[],
): ClientLoss[] {
  if (lacking.length === 0) return [];
  const clientIds = [...new Set(lacking.flatMap(({ clientId }) => clientId ?? []))];
  const isLost = `(e.deleted_at IS NOT NULL OR e.source_id IN (SELECT value FROM json_each(?5)))`;
  return database
    .rows<ClientLoss>(
      `SELECT coalesce(e.client_id, t.client_id) AS clientId,
         sum(iif(${isLost}, 1, 0)) AS entries, sum(iif(e.deleted_at < ?6, 1, 0)) AS earlierEntries,
         sum(iif(${isLost}, e.seconds, 0)) AS seconds,
         count(*) AS mirroredEntries, sum(e.seconds) AS mirroredSeconds
       FROM mirror_time_entry e INDEXED BY mirror_time_entry_started
       LEFT JOIN mirror_ticket t ON t.connection = e.connection AND t.source_id = e.ticket_id
       WHERE e.connection = ?1 AND coalesce(e.client_id, t.client_id) IN (SELECT value FROM json_each(?2))
         AND (e.started_at >= ?3 OR e.source_id IN (SELECT value FROM json_each(?5)))
         AND (e.deleted_at IS NULL OR e.deleted_at > ?4) AND e.is_derived = 0
       GROUP BY 1 ORDER BY 1`,
      page.connection,
      listValue(clientIds),
      addSeconds(page.at, -lookBackSeconds),
      addSeconds(page.at, -togetherSeconds),
      listValue(lacking.map(({ sourceId }) => sourceId)),
      page.at,
    )
    .filter((loss) => isMostVanished(loss) || page.askedClientIds?.includes(loss.clientId));
}

/** Tickets of the boards, and their time, at one request per ticket. */
import type {
  PullRequest,
  RejectedRow,
  SourceId,
  TicketRow,
  TicketTimePage,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { describeError, isKindError, KindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { parseRows, rawId } from '../http/answers/rows.ts';
import { parseAll, type Rows } from '../kit/reading/lists.ts';
import { timeByTicket, unreadableTicket } from '../kit/reading/ticket-time.ts';
import { boardPages, boardsToRead, type KnownBoard } from './boards.ts';
import { type Ninja, readTicket } from './call.ts';
import { facts } from './facts.ts';
import { findTechnician, idOfOrganization } from './lists.ts';
import { fromBoardRow, fromLogEntry, holdsTime, secondsTracked } from './mapping.ts';
import { BoardRow, LogEntry, type Worker } from './schema.ts';
import { readStatus, rereadIfUnknown } from './statuses.ts';

/**
 * Tickets of all boards, each once a pass. A board lists what changed last first, so what changes
 * while it is read moves to its top: only the end of the pass is a safe point, and `resume` is null.
 */
export async function* pullTickets(ninja: Ninja, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(ninja.context, 'comment-moves-ticket');
  ninja.trackedSeconds.clear();
  const seen = new Set<SourceId>();
  for (const board of await boardsToRead(ninja)) {
    for await (const raw of boardPages(ninja, board, request)) {
      const page = parseRows(raw, BoardRow, (row) => row);
      const fresh = page.rows.filter(({ id, lastUpdated }) => {
        const isFresh = lastUpdated >= request.since && !seen.has(id);
        seen.add(id);
        return isFresh;
      });
      const believed = await believeTickets(ninja, request, board, fresh);
      const rejected = [...page.rejected, ...believed.rejected];
      yield { rows: believed.rows, rejected, resume: null };
    }
  }
}

/** Rows of other clients are skipped; a row without a client is kept. */
async function believeTickets(
  ninja: Ninja,
  { clientIds }: PullRequest,
  board: KnownBoard,
  fresh: readonly BoardRow[],
): Promise<{ rows: TicketRow[]; rejected: RejectedRow[] }> {
  const isByName = (await facts.readFact(ninja.context, 'board-organization')) !== 'no';
  await rereadIfUnknown(
    ninja,
    fresh.flatMap(({ status }) => status ?? []),
  );
  const rows: TicketRow[] = [];
  const rejected: RejectedRow[] = [];
  for (const row of fresh) {
    try {
      const { clientId, status } = await complete(ninja, row, isByName);
      if (clientId !== null && !clientIds.includes(clientId)) continue;
      if (row.totalTimeTracked != null) ninja.trackedSeconds.set(row.id, row.totalTimeTracked);
      else ninja.trackedSeconds.delete(row.id);
      rows.push(fromBoardRow(row, { board, clientId, status: await readStatus(ninja, status) }));
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      rejected.push({ sourceId: row.id, reason: describeError(error), row });
    }
  }
  return { rows, rejected };
}

/**
 * A row with what the board's columns leave out, which the ticket itself shows: a board names the organization, and the
 * name may be ambiguous.
 */
async function complete(ninja: Ninja, row: BoardRow, isByName: boolean) {
  const { organization, status } = row;
  const known =
    isByName && organization != null ? await idOfOrganization(ninja, organization) : null;
  if (known !== null && status != null) return { clientId: known, status };
  const ticket = await ifThere(readTicket(ninja, row.id));
  if (ticket === null) {
    const message = 'A board lists the ticket, but it was not found (404): its client is unknown.';
    const fix =
      'It stays as last read; check whether it was deleted or the permission to see it was removed.';
    throw new KindError('contract', message, { fix });
  }
  const shown = status ?? ticket.status ?? null;
  if (shown !== null) return { clientId: known ?? ticket.clientId ?? null, status: shown };
  throw new KindError('contract', 'status: missing on the board and on the ticket.');
}

/** The time of each ticket, one page each, complete. */
export async function* pullTicketTime(
  ninja: Ninja,
  ticketIds: readonly SourceId[],
): AsyncGenerator<TicketTimePage> {
  const isTotal = await facts.readFact(ninja.context, 'total-time');
  yield* timeByTicket(ticketIds, (id) => readTicketTime(ninja, id, isTotal));
}

/**
 * A total of nothing is believed only where the total was seen to be true for this tenant, and one that
 * was seen to be wrong proves nothing: a log that is left early takes the rest of its time for gone.
 */
async function readTicketTime(
  ninja: Ninja,
  ticketId: SourceId,
  isTotal: 'yes' | 'no' | null,
): Promise<TicketTimePage> {
  const shown = ninja.trackedSeconds.get(ticketId) ?? null;
  ninja.trackedSeconds.delete(ticketId);
  const none: TicketTimePage = { ticketIds: [ticketId], rows: [], rejected: [] };
  if (shown === 0 && isTotal === 'yes') return none;
  const log = await ifThere(readLog(ninja, ticketId, isTotal === 'no' ? null : shown));
  if (log !== null) return { ...none, ...(await believeLog(ninja, ticketId, log)) };
  // Deleted: its time is gone. Not to be found at all: that may also be a missing permission.
  const ticket = await ifThere(readTicket(ninja, ticketId));
  if (ticket?.deleted === true) return { ...none, deletions: Number.POSITIVE_INFINITY };
  return unreadableTicket(ticketId, 'was listed, but its log was not found (404)');
}

/**
 * The whole log. The vendor may give shorter pages than asked, so a short page proves nothing; but
 * where the entries add up to what the board shows for the ticket, there is no more time to find.
 * Each page is requested after the last id of the one before, which is right for either order in
 * which the vendor may list them; a list that ignores it ends as a page loop.
 */
export async function readLog(
  ninja: Ninja,
  ticketId: SourceId,
  trackedSeconds: number | null,
): Promise<unknown[]> {
  const entries = new Map<string, unknown>();
  const isComplete = (): boolean =>
    trackedSeconds !== null &&
    trackedSeconds > 0 &&
    sumSeconds([...entries.values()]) === trackedSeconds;
  const path = `/v2/ticketing/ticket/${ticketId}/log-entry`;
  for await (const { rows } of ninja.pages({ path, cursor: 'anchorId', isComplete })) {
    for (const entry of rows) entries.set(rawId(entry) ?? `row ${entries.size}`, entry);
  }
  return [...entries.values()];
}

/** Seconds of all readable entries, by anyone. */
export function sumSeconds(log: readonly unknown[]): number {
  return parseAll(log, LogEntry).reduce((sum, entry) => sum + secondsTracked(entry), 0);
}

async function believeLog(
  ninja: Ninja,
  ticketId: SourceId,
  log: readonly unknown[],
): Promise<{ rows: TimeEntryRow[]; rejected: RejectedRow[] }> {
  const all = parseRows(log, LogEntry, (entry) => entry);
  const technicians = new Map<string, Worker>();
  for (const { id, appUserContactId, appUserContactUid } of all.rows.filter(holdsTime)) {
    technicians.set(id, await findTechnician(ninja, appUserContactId, appUserContactUid));
  }
  const timed = log.filter((entry) => technicians.has(rawId(entry) ?? ''));
  const believed = parseRows(timed, LogEntry, (entry) =>
    fromLogEntry(entry, ticketId, technicians.get(entry.id) ?? unknownTechnician),
  );
  return { rows: believed.rows, rejected: [...all.rejected, ...believed.rejected] };
}

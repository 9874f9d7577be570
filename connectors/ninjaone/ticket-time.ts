import type {
  ConnectorContext,
  RejectedRow,
  SourceId,
  TicketTimePage,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, idOf } from './api.ts';
import type { Directory } from './directory.ts';
import { readFact, type Settled } from './facts.ts';
import { fromLogEntry, holdsTime, secondsTracked } from './mapping.ts';
import { LogEntry } from './schema.ts';

export interface TimeRooms {
  api: Api;
  context: ConnectorContext;
  directory: Directory;
  trackedSeconds: Map<SourceId, number>;
}

/** Logs that are read side by side; their pages still come out in the order asked. */
const atOnce = 4;

/** The time of each ticket, one page each, complete. Log entries are a request for every ticket. */
export async function* pullTicketTime(
  rooms: TimeRooms,
  ticketIds: readonly SourceId[],
  signal: AbortSignal,
): AsyncGenerator<TicketTimePage> {
  const totalFact = await readFact(rooms.context.memory, 'total-time');
  for (let from = 0; from < ticketIds.length; from += atOnce) {
    const batch = ticketIds.slice(from, from + atOnce);
    yield* await Promise.all(
      batch.map((ticketId) => readTicketTime(rooms, ticketId, totalFact, signal)),
    );
  }
}

/**
 * A total of nothing is believed only where the total was seen to be true for this tenant, and one that
 * was seen to be wrong proves nothing: a log that is left early takes the rest of its time for gone.
 */
async function readTicketTime(
  rooms: TimeRooms,
  ticketId: SourceId,
  totalFact: Settled | null,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  const shown = rooms.trackedSeconds.get(ticketId) ?? null;
  rooms.trackedSeconds.delete(ticketId);
  const tracked = totalFact === 'no' ? null : shown;
  if (tracked === 0 && totalFact === 'yes')
    return { ticketIds: [ticketId], rows: [], rejected: [] };
  try {
    const log = await readLog(rooms.api, ticketId, tracked, signal);
    return { ticketIds: [ticketId], ...(await believeLog(rooms, ticketId, log, signal)) };
  } catch (error) {
    if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
    return readGoneTicket(rooms.api, ticketId, signal);
  }
}

/**
 * The whole log. The vendor may give shorter pages than asked, so a short page proves nothing; but
 * where the entries add up to what the board shows for the ticket, there is no more time to find.
 */
export async function readLog(
  api: Api,
  ticketId: SourceId,
  trackedSeconds: number | null,
  signal: AbortSignal,
): Promise<unknown[]> {
  const entries = new Map<string, unknown>();
  const add = (page: readonly unknown[]): void => {
    for (const entry of page) entries.set(idOf(entry) ?? `row ${entries.size}`, entry);
  };
  const isComplete = (): boolean =>
    trackedSeconds !== null &&
    trackedSeconds > 0 &&
    sumSeconds([...entries.values()]) === trackedSeconds;
  for await (const { data } of api.logEntryPages(ticketId, signal, isComplete)) add(data);
  return [...entries.values()];
}

/** Seconds of all entries that can be read, by whomever. */
export function sumSeconds(log: readonly unknown[]): number {
  const { rows } = parseRows(log, LogEntry, (entry) => entry);
  return rows.reduce((sum, entry) => sum + secondsTracked(entry), 0);
}

async function believeLog(
  rooms: TimeRooms,
  ticketId: SourceId,
  log: readonly unknown[],
  signal: AbortSignal,
): Promise<{ rows: TimeEntryRow[]; rejected: RejectedRow[] }> {
  const all = parseRows(log, LogEntry, (entry) => entry);
  const timed = all.rows.filter(holdsTime);
  const technicians = new Map<string, { id: string; name: string }>();
  for (const { id, appUserContactId, appUserContactUid } of timed) {
    const [byId, byUid] = [appUserContactId ?? null, appUserContactUid ?? null];
    technicians.set(id, await rooms.directory.technician(byId, byUid, signal));
  }
  const timedIds = new Set(timed.map(({ id }) => id));
  const believed = parseRows(
    log.filter((entry) => timedIds.has(idOf(entry) ?? '')),
    LogEntry,
    (entry) => fromLogEntry(entry, ticketId, technicians.get(entry.id) ?? unknownTechnician),
  );
  return { rows: believed.rows, rejected: [...all.rejected, ...believed.rejected] };
}

/**
 * A ticket that was listed and is not there any more. Deleted: its time is gone. Not to be found at
 * all: that may also be a missing permission, so nothing is said about its time.
 */
async function readGoneTicket(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  try {
    const { data } = await api.ticket(ticketId, signal);
    if (data.deleted === true) {
      const deletions = Number.POSITIVE_INFINITY;
      return { ticketIds: [ticketId], rows: [], rejected: [], deletions };
    }
  } catch (error) {
    if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
  }
  const reason =
    'The ticket was listed, but its log is not there (404). Its time stays as last read; ' +
    'look whether the ticket was deleted, or the permission to see it taken away.';
  return {
    ticketIds: [],
    rows: [],
    rejected: [{ sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } }],
  };
}

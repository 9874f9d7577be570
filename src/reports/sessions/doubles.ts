import type { Client } from '../../domain/agreements/terms.ts';
import { overlaps } from '../../domain/sessions/doubles.ts';
import type { TechnicianBook } from '../../domain/sessions/technicians.ts';
import {
  addDays,
  type DateText,
  type Instant,
  secondsBetween,
  startOfDay,
} from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { DoubleCount, LoggedTime, Store } from '../../store/port.ts';

export interface DoublesReport {
  from: DateText;
  to: DateText;
  rows: ReportedDouble[];
}

export interface ReportedDouble {
  technician: string;
  timezone: ZoneName;
  first: DoubledEntry;
  second: DoubledEntry;
  /** How much of the time is in both. */
  seconds: number;
  /**
   * `waiting`: the second is not debited until a user decides; `accepted`: both count;
   * `both`: both were debited before they were compared; `reported`: for two clients, or on two
   * tickets of one system, which is only reported.
   */
  state: 'waiting' | 'accepted' | 'both' | 'reported';
}

export interface DoubledEntry {
  connection: string;
  id: string;
  ticket: string | null;
  client: string | null;
  startedAt: Instant;
  endedAt: Instant;
}

interface DoublesRequest {
  /** Of these clients alone; null: of all. */
  shown: readonly Client[] | null;
  from: DateText;
  to: DateText;
  timezone: ZoneName;
  technicians: TechnicianBook;
  findClient(connection: string, sourceId: string): Client | undefined;
}

interface Timed extends LoggedTime {
  client: Client | undefined;
}

/** Time of one technician at the same time as other time of theirs, in order of time. */
export async function buildDoubles(store: Store, request: DoublesRequest): Promise<DoublesReport> {
  const { from, to, timezone, technicians, shown, findClient } = request;
  const first = startOfDay(from, timezone);
  const logged = await store.readLoggedTime(null, first, startOfDay(addDays(to, 1), timezone));
  const doubles = await store.listDoubles();
  const timed = logged
    .filter(({ isTimed, technicianId }) => isTimed && technicianId !== 'unknown')
    .map((one): Timed => ({ ...one, client: findClient(one.connection, one.clientId ?? '') }));
  const people = Map.groupBy(timed, (one) =>
    technicians.personOf(one.connection, one.technicianId),
  );
  const rows = [...people.values()].flatMap((entries) =>
    findPairs(entries).map((pair) => toReported(pair, doubles, timezone)),
  );
  const isShown = ({ first: a, second: b }: ReportedDouble) =>
    shown === null || shown.some(({ name }) => name === a.client || name === b.client);
  const byTime = (a: ReportedDouble, b: ReportedDouble) =>
    a.first.startedAt < b.first.startedAt ? -1 : 1;
  return { from, to, rows: rows.filter(isShown).sort(byTime) };
}

/** The entries are in order of their start, so an entry only meets those that begin before it ends. */
function findPairs(entries: readonly Timed[]): [Timed, Timed][] {
  return entries.flatMap((entry, index) => {
    const pairs: [Timed, Timed][] = [];
    for (const other of entries.slice(index + 1)) {
      if (other.startedAt >= entry.endedAt) break;
      if (overlaps(entry, other)) pairs.push([entry, other]);
    }
    return pairs;
  });
}

function toReported(
  [a, b]: [Timed, Timed],
  doubles: readonly DoubleCount[],
  timezone: ZoneName,
): ReportedDouble {
  const isOneSystem = a.connection === b.connection;
  const isOneClient = a.client !== undefined && a.client === b.client;
  const known = doubles.find((one) => isPair(one, a, b) || isPair(one, b, a));
  // The one that waits comes second.
  const [first, second] = known !== undefined && isPair(known, a, b) ? [b, a] : [a, b];
  const starts = [a.startedAt, b.startedAt].sort();
  const ends = [a.endedAt, b.endedAt].sort();
  const decided = known?.isAccepted === true ? 'accepted' : 'waiting';
  const inTwo = known === undefined ? 'both' : decided;
  return {
    technician: a.technician,
    timezone: first.client?.timezone ?? timezone,
    first: toEntry(first),
    second: toEntry(second),
    seconds: Math.floor(secondsBetween(starts[1] ?? '', ends[0] ?? '')),
    state: isOneSystem || !isOneClient ? 'reported' : inTwo,
  };
}

function isPair(one: DoubleCount, waiting: Timed, other: Timed): boolean {
  return (
    one.connection === waiting.connection &&
    one.sourceId === waiting.sourceId &&
    one.otherConnection === other.connection &&
    one.otherSourceId === other.sourceId
  );
}

function toEntry({ connection, sourceId, ticketNumber, ticketId, client, ...one }: Timed) {
  const { startedAt, endedAt } = one;
  const ticket = ticketNumber ?? ticketId;
  return { connection, id: sourceId, ticket, client: client?.name ?? null, startedAt, endedAt };
}

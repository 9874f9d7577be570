import { rowKey } from '../../domain/records/merged.ts';
import { findWaiting, overlaps } from '../../domain/sessions/doubles.ts';
import type { TechnicianBook } from '../../domain/sessions/technicians.ts';
import type {
  DirtySubject,
  DoubleCount,
  LoggedTime,
  MirrorTicket,
  MirrorTimeEntry,
} from '../../store/port.ts';
import type { DebitContext } from '../context.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;
type Pair = Pick<MirrorTimeEntry, 'connection' | 'sourceId'>;

/** Work in two systems at the same time, as found among changed work. */
interface FoundDoubles {
  /** Work that waits because of it, or no longer does. */
  subjects: Subject[];
  /** By entry: the other one, which it waits for. */
  waiting: ReadonlyMap<string, DoubleCount>;
  /** The entries that were looked at, and the pairs found, to be stored. */
  checked: Pair[];
  pairs: DoubleCount[];
}

/** What waits as stored, whatever else changed. */
export async function readWaiting({ store }: Pick<DebitContext, 'store'>) {
  const stored = await store.listDoubles();
  return new Map(stored.filter((one) => !one.isAccepted).map((one) => [rowKey(one), one]));
}

/**
 * Finds changed time that another system may hold too: of one technician, for one client, at the
 * same time. Only for clients with several systems.
 */
export async function findDoubles(
  context: DebitContext,
  technicians: TechnicianBook,
  subjects: readonly Subject[],
): Promise<FoundDoubles> {
  const { store } = context;
  const changed = await store.readWork(subjects);
  const known = await store.readDoubles(changed.entries);
  const partners = known.flatMap((one) => [one, otherOf(one)]).map(toSubject);
  const { entries, tickets } =
    partners.length === 0 ? changed : await store.readWork([...subjects, ...partners]);
  const waiting = await readWaiting(context);
  const found: FoundDoubles = { subjects: partners, waiting, checked: [], pairs: [] };
  const accepted = known.filter(({ isAccepted }) => isAccepted);
  for (const entry of entries) {
    if (!mayWait(entry)) continue;
    found.checked.push({ connection: entry.connection, sourceId: entry.sourceId });
    waiting.delete(rowKey(entry));
    for (const other of await readOverlapping(context, technicians, entry, tickets)) {
      const pair = toPair(entry, other, other.main);
      if (pair === null || accepted.some((one) => isSamePair(one, pair))) continue;
      found.pairs.push(pair);
      waiting.set(rowKey(pair), pair);
      found.subjects.push(toSubject(pair));
    }
  }
  return found;
}

/** Also a deleted one, so that what waited for it no longer does. */
function mayWait({ isTimed, kind, isDerived }: MirrorTimeEntry): boolean {
  return isTimed && kind === 'work' && isDerived !== true;
}

async function readOverlapping(
  { store, findClient }: DebitContext,
  technicians: TechnicianBook,
  entry: MirrorTimeEntry,
  tickets: readonly MirrorTicket[],
): Promise<(LoggedTime & { main: string })[]> {
  if (entry.deletedAt !== null) return [];
  const client = findClient(entry.connection, clientIdOf(entry, tickets) ?? '');
  if (client === undefined || client.sourceIds.size < 2) return [];
  const person = technicians.personOf(entry.connection, entry.technicianId);
  const others = technicians
    .membersOf(person)
    .filter(({ connection }) => connection !== entry.connection);
  if (others.length === 0) return [];
  const logged = await store.readLoggedTime(others, entry.startedAt, entry.endedAt);
  return logged
    .filter((one) => one.isTimed && overlaps(one, entry))
    .filter((one) => findClient(one.connection, one.clientId ?? '')?.id === client.id)
    .map((one) => ({ ...one, main: client.pushTo }));
}

function clientIdOf(entry: MirrorTimeEntry, tickets: readonly MirrorTicket[]): string | null {
  const find = (id: string | null) =>
    tickets.find(({ connection, sourceId }) => connection === entry.connection && sourceId === id);
  const ticket = find(entry.ticketId);
  const root = find(ticket?.mergedInto ?? null) ?? ticket;
  return root?.clientId ?? entry.clientId;
}

function toPair(entry: MirrorTimeEntry, other: LoggedTime, main: string): DoubleCount | null {
  const waiting = findWaiting<MirrorTimeEntry | LoggedTime>(entry, other, main);
  if (waiting === null) return null;
  const { connection, sourceId } = waiting;
  const kept = waiting === entry ? other : entry;
  return {
    connection,
    sourceId,
    otherConnection: kept.connection,
    otherSourceId: kept.sourceId,
    isAccepted: false,
  };
}

/** Accepted either way round. */
function isSamePair(a: DoubleCount, b: DoubleCount): boolean {
  const [one, other] = [rowKey(b), rowKey(otherOf(b))];
  const pair = [rowKey(a), rowKey(otherOf(a))];
  return pair.includes(one) && pair.includes(other);
}

function otherOf({ otherConnection, otherSourceId }: DoubleCount): Pair {
  return { connection: otherConnection, sourceId: otherSourceId };
}

function toSubject({ connection, sourceId }: Pair): Subject {
  return { connection, kind: 'entry', sourceId };
}

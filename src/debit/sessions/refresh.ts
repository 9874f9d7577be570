import type { Client } from '../../domain/agreements/terms.ts';
import { rowKey } from '../../domain/records/merged.ts';
import { whyUncounted } from '../../domain/sessions/counted.ts';
import type { Span } from '../../domain/sessions/spans.ts';
import { findUnlogged, type SessionSpan, type Unlogged } from '../../domain/sessions/unlogged.ts';
import {
  addDays,
  addSeconds,
  type DateText,
  dateInZone,
  instantFromMs,
  msFromInstant,
  startOfDay,
} from '../../domain/time.ts';
import type { DirtySession, LoggedTime, MirrorSession, UnloggedRow } from '../../store/port.ts';
import { startOnOf } from '../context.ts';
import type { SessionContext } from './context.ts';

const dirtyPerPage = 1000;

/** The time around a change in which a day that it affects may begin or end. */
const aroundSeconds = 2 * 86_400;

type Recorded = SessionSpan & { row: MirrorSession };

/** A client's day on which one technician has sessions. */
interface Unit extends Span {
  client: Client;
  day: DateText;
}

/**
 * Compares sessions with time wherever one of them changed, per technician, client and day. If
 * nothing changed, nothing is read. Returns how many changes were compared.
 */
export async function refreshUnlogged(context: SessionContext): Promise<number> {
  let changed = 0;
  while (!context.signal.aborted) {
    const dirty = await context.store.takeDirtySessions(dirtyPerPage);
    if (dirty.length === 0) break;
    const batch: Refreshed = { rows: [], removed: [] };
    const { personOf } = context.technicians;
    const people = Map.groupBy(dirty, (one) => personOf(one.connection, one.technicianId));
    for (const [person, changes] of people) {
      for (const together of inPeriods(changes)) {
        const { rows, removed } = await refreshPerson(context, person, together);
        batch.rows.push(...rows);
        batch.removed.push(...removed);
      }
    }
    const dirtySeqs = dirty.map(({ seq }) => seq);
    await context.store.writeUnlogged({ at: context.at, ...batch, dirtySeqs });
    changed += dirty.length;
  }
  return changed;
}

interface Refreshed {
  rows: UnloggedRow[];
  removed: UnloggedRow[];
}

/** Changes close together are read together. */
function inPeriods(changes: readonly DirtySession[]): DirtySession[][] {
  const periods: DirtySession[][] = [];
  let end = '';
  for (const change of [...changes].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const period = periods.at(-1);
    if (period === undefined || change.from > end) periods.push([change]);
    else period.push(change);
    const reach = addSeconds(change.to, 2 * aroundSeconds);
    if (reach > end) end = reach;
  }
  return periods;
}

async function refreshPerson(
  context: SessionContext,
  person: string,
  changes: readonly DirtySession[],
): Promise<Refreshed> {
  const { store, technicians, findClient } = context;
  const members = technicians.membersOf(person);
  const [first = ''] = changes.map((change) => change.from).sort();
  const [last = ''] = changes
    .map((change) => change.to)
    .sort()
    .reverse();
  const from = addSeconds(first, -aroundSeconds);
  const to = addSeconds(last, aroundSeconds);
  const sessions = (await store.readSessions(members, from, to)).filter(
    (session) => whyUncounted(context, session) === null,
  );
  const logged = sessions.length === 0 ? [] : await store.readLoggedTime(members, from, to);
  const days = [addDays(from.slice(0, 10), -1), addDays(to.slice(0, 10), 1)] as const;
  const stored = await store.readUnloggedOf(members, ...days);
  const units = unitsOf(context, sessions, stored);
  const refreshed: Refreshed = { rows: [], removed: [] };
  for (const unit of units) {
    const before = stored.filter(
      ({ clientId, workedOn }) => clientId === unit.client.id && workedOn === unit.day,
    );
    if (!isAffected(unit, changes, before)) continue;
    const isOfClient = (row: { connection: string; clientId: string | null }) =>
      findClient(row.connection, row.clientId ?? '')?.id === unit.client.id;
    const found = findUnlogged(
      sessions.filter(isOfClient).map(toSessionSpan),
      logged.filter(isOfClient).map(toLoggedSpan),
      unit,
      unit.client.agreement.unloggedTime,
    );
    const isCounted = startOnOf(unit.client, context.firstRunAt) <= unit.day;
    const rows = (isCounted ? found : []).flatMap((one) => toRow(one, person, unit, before));
    refreshed.rows.push(...rows.filter((row) => !before.some((one) => isSame(one, row))));
    refreshed.removed.push(...before.filter((one) => !rows.some((row) => isSameId(row, one))));
  }
  return refreshed;
}

/** Days with sessions, and those that had rows. A client that is no longer configured keeps them. */
function unitsOf(
  { clients, findClient }: SessionContext,
  sessions: readonly MirrorSession[],
  stored: readonly UnloggedRow[],
): Unit[] {
  const units = new Map<string, Unit>();
  const add = (client: Client | undefined, day: DateText) => {
    if (client === undefined) return;
    const fromMs = msFromInstant(startOfDay(day, client.timezone));
    const toMs = msFromInstant(startOfDay(addDays(day, 1), client.timezone));
    units.set(`${client.id} ${day}`, { client, day, fromMs, toMs });
  };
  for (const { connection, clientId, startedAt, endedAt } of sessions) {
    const client = findClient(connection, clientId ?? '');
    if (client === undefined) continue;
    const last = dateInZone(endedAt, client.timezone);
    for (let day = dateInZone(startedAt, client.timezone); day <= last; day = addDays(day, 1)) {
      add(client, day);
    }
  }
  for (const { clientId, workedOn } of stored) {
    const client = clients.find(({ id }) => id === clientId);
    add(client, workedOn);
  }
  return [...units.values()];
}

/** Changed rules alone do not change what is debited. */
function isAffected(
  unit: Unit,
  changes: readonly DirtySession[],
  before: readonly UnloggedRow[],
): boolean {
  const aroundMs = unit.client.agreement.unloggedTime.toleranceSeconds * 1000;
  const touching = changes.filter(
    ({ from, to }) =>
      msFromInstant(from) - aroundMs < unit.toMs && unit.fromMs <= msFromInstant(to) + aroundMs,
  );
  if (touching.some(({ isRule }) => !isRule)) return true;
  return touching.length > 0 && !before.some(({ done }) => done === 'debited');
}

function toSpan({
  connection,
  sourceId,
  startedAt,
  endedAt,
  ticketId,
}: MirrorSession | LoggedTime) {
  return {
    id: rowKey({ connection, sourceId }),
    fromMs: msFromInstant(startedAt),
    toMs: msFromInstant(endedAt),
    ticket: ticketId === null ? null : rowKey({ connection, sourceId: ticketId }),
  };
}

function toSessionSpan(row: MirrorSession): Recorded {
  return { ...toSpan(row), device: row.device, isLogged: row.isLogged, row };
}

function toLoggedSpan(row: LoggedTime) {
  const { isTimed, seconds, precisionSeconds } = row;
  return { ...toSpan(row), isTimed, seconds, precisionSeconds: precisionSeconds ?? 0 };
}

/** None if the agreement ignores it, unless it is debited already. */
function toRow(
  found: Unlogged<Recorded>,
  person: string,
  { client, day }: Unit,
  before: readonly UnloggedRow[],
): UnloggedRow[] {
  const { workType, afterDays, from, ...terms } = client.agreement.unloggedTime;
  const isEarlier = from !== null && day < from && terms.action !== 'ignore';
  const action = isEarlier ? 'report' : terms.action;
  const { row: session } = found.session;
  const number = found.number === 1 ? '' : `.${found.number}`;
  const sourceId = `unlogged:${session.sourceId}@${day}${number}`;
  const { connection, technicianId, technician } = session;
  const known = before.find((one) => isSameId(one, { connection, sourceId }));
  const isDebited = known?.done === 'debited';
  if (action === 'ignore' && !isDebited) return [];
  const endedAt = instantFromMs(found.toMs);
  return [
    {
      connection,
      sourceId,
      clientId: client.id,
      person,
      technicianId,
      technician,
      vendorClientId: session.clientId ?? '',
      workedOn: day,
      startedAt: instantFromMs(found.fromMs),
      endedAt,
      seconds: found.seconds,
      device: found.devices.length === 0 ? null : found.devices.join(', '),
      ticketId: found.ticket?.split('\n')[1] ?? null,
      action: isDebited || action === 'ignore' ? 'debit' : action,
      workType: isDebited ? known.workType : workType,
      dueAt: addSeconds(endedAt, afterDays * 86_400),
      done: known?.done ?? null,
    },
  ];
}

function isSameId(
  a: Pick<UnloggedRow, 'connection' | 'sourceId'>,
  b: Pick<UnloggedRow, 'connection' | 'sourceId'>,
): boolean {
  return a.connection === b.connection && a.sourceId === b.sourceId;
}

function isSame(a: UnloggedRow, b: UnloggedRow): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

import type { TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { byEnd, dayIn } from './oracle-cost.ts';

export interface OracleClient {
  id: string;
  zone: string;
  agreement: Agreement;
  /** Earlier work counts for nothing. */
  startOn: string;
  /** Whose blocks pay: its own id mostly. */
  owner: string;
}

/** Work that is rounded as one. */
export interface Group {
  key: string;
  client: OracleClient;
  due: TimeEntryRow[];
  open: TimeEntryRow[];
}

/** All work that is under somebody's agreement, as it is charged together. */
export function groupsOf(
  clients: readonly OracleClient[],
  tickets: readonly TicketRow[],
  entries: readonly TimeEntryRow[],
): Group[] {
  const groups = new Map<string, Group>();
  for (const [ticket, all] of Map.groupBy(entries, (entry) => rootOf(entry.ticketId, tickets))) {
    const client = clients.find(({ id }) => id === ticket.clientId);
    if (client === undefined) throw new Error('work that is nobody’s');
    for (const entry of corrected(all)) {
      const key = keyOf(entry, ticket, client);
      if (key === null) continue;
      const group = groups.get(key) ?? { key, client, due: [], open: [] };
      groups.set(key, group);
      (ticket.isClosed ? group.due : group.open).push({ ...entry, ticketId: ticket.sourceId });
    }
  }
  return [...groups.values()];
}

/** The ticket that is left of those that were merged. */
export function rootOf(id: string | null, tickets: readonly TicketRow[]): TicketRow {
  const ticket = tickets.find(({ sourceId }) => sourceId === id);
  if (ticket === undefined) throw new Error('work on a ticket that is not there');
  return ticket.mergedInto === null ? ticket : rootOf(ticket.mergedInto, tickets);
}

/** Null: not under the agreement. Work that begins in the same second is taken in the order of the keys. */
function keyOf(entry: TimeEntryRow, ticket: TicketRow, client: OracleClient): string | null {
  const { rounding, from, until } = client.agreement;
  const day = dayIn(client.zone, entry.startedAt);
  if (day < client.startOn || day < (from ?? '') || day > (until ?? '9999')) return null;
  if (rounding.per === 'day') return `d:${client.id}:${day}`;
  return rounding.per === 'entry' ? `e:${entry.sourceId}` : `t:${ticket.sourceId}`;
}

/** A ticket's work, with what corrections take off that before them, the latest first, then off later work. */
function corrected(entries: readonly TimeEntryRow[]): TimeEntryRow[] {
  const ordered = [...entries].sort(byEnd);
  const work = ordered.filter(({ kind }) => kind === 'work').map((entry) => ({ ...entry }));
  for (const correction of ordered.filter(({ kind }) => kind === 'correction')) {
    let left = -correction.seconds;
    const before = work.filter((entry) => byEnd(entry, correction) < 0).reverse();
    for (const entry of [...before, ...work.filter((one) => !before.includes(one))]) {
      const taken = Math.min(left, entry.seconds);
      entry.seconds -= taken;
      left -= taken;
    }
  }
  return work;
}

export function byFirstWork(a: Group, b: Group): number {
  const first = (group: Group) => group.due.map((entry) => entry.startedAt).sort()[0] ?? '';
  return `${first(a)} ${a.key}` < `${first(b)} ${b.key}` ? -1 : 1;
}

/** What of the work the rules look at, beside its length, its day and its billable flag. */
export interface Reads {
  times: boolean;
  workType: boolean;
  role: boolean;
  technician: boolean;
}

/** `isLimited`: some block of those who pay is for some work types only. */
export function readsOf({ agreement }: OracleClient, isLimited: boolean): Reads {
  const { multipliers, workTypes, roles } = agreement;
  const isByWorkType =
    workTypes.unlisted === 'excluded' || [...workTypes.covered, ...workTypes.excluded].length > 0;
  const isPriced = (agreement.rates?.workTypes ?? []).length > 0;
  const hasMinimum = agreement.workTypeMinimums.length > 0;
  return {
    times: multipliers.some((one) => one.outside !== null),
    workType:
      isLimited ||
      isByWorkType ||
      isPriced ||
      hasMinimum ||
      multipliers.some((one) => one.workType),
    role: [...roles.covered, ...roles.excluded].length > 0 || multipliers.some((one) => one.role),
    technician: agreement.excludedTechnicians.length > 0,
  };
}

/** All that a charge was made from: where nothing of it changes, the charge stays. */
export function inputsOf({ client, due }: Group, reads: Reads): string {
  const facts = due.map((one) =>
    JSON.stringify([
      ...[one.sourceId, one.ticketId, dayIn(client.zone, one.startedAt), one.seconds],
      reads.times ? [one.startedAt, one.endedAt] : [],
      reads.workType ? one.workType : '',
      reads.role ? one.role : '',
      reads.technician ? one.technicianId : '',
      one.isBillable,
    ]),
  );
  return JSON.stringify([client.id, ...facts.sort()]);
}

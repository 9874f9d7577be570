import type { Client } from '../domain/agreements/terms.ts';
import { applyCorrections } from '../domain/charges/corrections.ts';
import { decideStanding, type Standing } from '../domain/charges/standing.ts';
import type { WorkOrigin } from '../domain/charges/work-class.ts';
import { rootTicket, rowKey } from '../domain/records/merged.ts';
import { type EntryNames, namesOfEntry } from '../domain/records/names.ts';
import type { DateText } from '../domain/time.ts';
import type { MirrorTicket, MirrorTimeEntry, Work } from '../store/port.ts';
import { type DebitContext, startOnOf } from './context.ts';
import { asRuled, ticketAsRuled } from './named-rows.ts';
import { keepUnchanged } from './unchanged.ts';

/** A time entry and the group in which it is charged. */
export interface Assigned {
  entry: MirrorTimeEntry;
  /** The entry's ticket, after merges. */
  ticket: MirrorTicket | null;
  standing: Standing;
  /** Worked time, after corrections. */
  seconds: number;
  correctedSeconds: number;
  /**
   * The entry's technician, work type and role as named in the rules, if the vendor's names differ.
   */
  ruleNames: EntryNames;
  /** Names in the rules; null: without a ticket. */
  origin: WorkOrigin | null;
  /** Whether the seconds are billable hours instead of hours worked. */
  isBilledTime?: boolean;
  /** Null: the entry is gone. */
  groupKey: string | null;
  /** Already charged, and the charge's work is unchanged, so that today's rules do not matter. */
  isKept?: boolean;
}

export function isDue({ standing, isKept }: Assigned): boolean {
  return isKept === true || standing.state === 'due';
}

/** The client that all of them are charged to. */
export function clientOf(members: readonly Assigned[]): Client | null {
  const standing = members[0]?.standing;
  return standing !== undefined && 'client' in standing ? standing.client : null;
}

export interface Assignment {
  assigned: Assigned[];
  /** Tickets with more corrections than logged time, by one of the correcting entries. */
  overcorrected: { connection: string; ticketId: string; seconds: number }[];
}

/**
 * Decides each mirrored entry's client, whether it is due, and the group in which it is charged.
 */
export function assignWork(work: Work, context: DebitContext): Assignment {
  const tickets = new Map(work.tickets.map((ticket) => [rowKey(ticket), ticket]));
  const { findClient, names } = context;
  const startOn = firstDays(context);
  const roots = new Map(work.entries.map((entry) => [entry, rootTicket(entry, tickets)]));
  const byTicket = Map.groupBy(work.entries, (entry) => {
    // Work on an unknown ticket still belongs together: its corrections apply to it.
    const ticketId = roots.get(entry)?.sourceId ?? entry.ticketId;
    return ticketId === null
      ? `e:${entry.connection}:${entry.sourceId}`
      : `t:${entry.connection}:${ticketId}`;
  });
  const result: Assignment = { assigned: [], overcorrected: [] };
  for (const [key, entries] of byTicket) {
    const living = applyCorrections(entries.filter((entry) => entry.deletedAt === null));
    const first = entries.find((entry) => entry.kind === 'correction' || entry.seconds < 0);
    if (living.excessSeconds > 0 && first?.ticketId) {
      const { connection, ticketId } = first;
      result.overcorrected.push({ connection, ticketId, seconds: living.excessSeconds });
    }
    const gone = entries
      .filter((entry) => entry.deletedAt !== null && entry.kind === 'work')
      .map((entry) => ({ entry, seconds: 0, correctedSeconds: 0 }));
    for (const one of [...living.entries, ...gone]) {
      const ticket = roots.get(one.entry);
      const ruled = ticket ? ticketAsRuled(ticket, names) : ticket;
      const decided = decideStanding({
        entry: asRuled(one.entry, names),
        ticket: ruled,
        findClient,
        startOn,
      });
      const standing = mayBeTwice(one.entry, context) ? waitAsDouble(one.entry, decided) : decided;
      const ruleNames = namesOfEntry(one.entry, names);
      const groupKey = groupKeyOf(one.entry, ticket, standing, key);
      const counted = countTime(one, standing);
      const origin = ruled ? { ...ruled, source: ticket?.source ?? null } : null;
      const found = { ticket: ticket ?? null, origin, standing, ruleNames, groupKey };
      result.assigned.push({ ...counted, ...found });
    }
  }
  return { ...result, assigned: keepUnchanged(result.assigned, work.groups) };
}

function mayBeTwice(entry: MirrorTimeEntry, { waiting }: DebitContext): boolean {
  return !entry.isCharged && waiting?.has(rowKey(entry)) === true;
}

/** Another system may hold the same hour: a user decides before it is debited. */
function waitAsDouble({ sourceId }: MirrorTimeEntry, decided: Standing): Standing {
  if (decided.state !== 'due' && decided.state !== 'pending') return decided;
  const subject = { stream: 'timeEntries', sourceId };
  return { state: 'waiting', reason: 'double-count', subject };
}

/**
 * Uses billable hours instead of worked ones if the agreement says so and the vendor reports them.
 */
function countTime(
  one: Pick<Assigned, 'entry' | 'seconds' | 'correctedSeconds'>,
  standing: Standing,
): Pick<Assigned, 'entry' | 'seconds' | 'correctedSeconds' | 'isBilledTime'> {
  const { billedSeconds, deletedAt } = one.entry;
  const isBilled = 'client' in standing && standing.client.agreement.timeFrom === 'billed';
  if (!isBilled || billedSeconds == null || deletedAt !== null) return one;
  const seconds = Math.max(0, billedSeconds - one.correctedSeconds);
  return { ...one, seconds, isBilledTime: true };
}

/** Looked up once per client, not once per entry. */
function firstDays({ firstRunAt }: DebitContext): (client: Client) => DateText {
  const known = new Map<Client, DateText>();
  return (client) => {
    const startOn = known.get(client) ?? startOnOf(client, firstRunAt);
    known.set(client, startOn);
    return startOn;
  };
}

function groupKeyOf(
  entry: MirrorTimeEntry,
  ticket: MirrorTicket | null | undefined,
  standing: Standing,
  ticketKey: string,
): string | null {
  const entryKey = `e:${entry.connection}:${entry.sourceId}`;
  if (standing.state === 'gone') return null;
  if (standing.state === 'waiting') return entryKey;
  const { per } = standing.client.agreement.rounding;
  if (per === 'day') return `d:${standing.client.id}:${standing.workedOn}`;
  // A ticket without a client may hold several clients' time: each entry is then a group of its
  // own.
  return per === 'entry' || !ticket?.clientId ? entryKey : ticketKey;
}

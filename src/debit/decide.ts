import type { Client } from '../domain/agreements/terms.ts';
import { computeCharge } from '../domain/charges/charge.ts';
import type { ChargeFacts, TicketFacts } from '../domain/charges/charge-facts.ts';
import { compareByStart } from '../domain/charges/corrections.ts';
import type { OpenReason } from '../domain/charges/standing.ts';
import type { ChargeGroup } from '../store/port.ts';
import { type Assigned, clientOf, isDue } from './assign.ts';
import { hashWork } from './unchanged.ts';

/** What a group should be now, and its stored state. */
export interface GroupDecision {
  groupKey: string;
  /** As stored; null: new. */
  before: ChargeGroup | null;
  /** Null: nobody is charged (unknown client, not under the agreement, or deleted). */
  client: Client | null;
  status: ChargeGroup['status'];
  reason: OpenReason | 'gone' | null;
  pendingSeconds: number;
  /** What should be posted; null: nothing. */
  charge: ChargeFacts | null;
  /** Hash over the due work, or the stored hash if the charge is kept; null: none is due. */
  inputsHash: string | null;
}

/**
 * Decides one group from all the work assigned to it. Pure. Without `limitedAccounts`, nothing is
 * hashed: it is not to be posted.
 */
export function decideGroup(
  groupKey: string,
  members: readonly Assigned[],
  before: ChargeGroup | null,
  limitedAccounts: ReadonlySet<string> | null,
): GroupDecision {
  const ordered = [...members].sort((a, b) => compareByStart(a.entry, b.entry));
  const due = ordered.filter(isDue);
  const pending = ordered.filter(
    (member) => member.standing.state === 'pending' && !due.includes(member),
  );
  const client = clientOf([...due, ...pending]);
  const isKept = due.length > 0 && due.every((member) => member.isKept === true);
  const isHashed = due.length > 0 && !isKept && limitedAccounts !== null;
  const freshHash = isHashed ? hashWork(due, limitedAccounts) : null;
  const inputsHash = isKept ? (before?.factsHash ?? null) : freshHash;
  const isUnchanged = inputsHash !== null && inputsHash === before?.factsHash;
  const charge = due.length === 0 || isUnchanged ? null : chargeOf(due, client);
  const pendingSeconds = pending.length === 0 ? 0 : costOfPending(due, pending, client);
  const { status, reason } = statusOf(ordered, due, pending);
  return { groupKey, before, client, status, reason, pendingSeconds, charge, inputsHash };
}

function statusOf(
  all: readonly Assigned[],
  due: readonly Assigned[],
  pending: readonly Assigned[],
): Pick<GroupDecision, 'status' | 'reason'> {
  const reasonIn = (state: string): OpenReason | null => {
    const standing = all.find((member) => member.standing.state === state)?.standing;
    return standing !== undefined && 'reason' in standing ? standing.reason : null;
  };
  const [first] = pending;
  if (first !== undefined) {
    const reason = 'reason' in first.standing ? first.standing.reason : null;
    return { status: 'pending', reason };
  }
  if (due.length > 0) return { status: 'posted', reason: null };
  const waiting = reasonIn('waiting');
  if (waiting !== null) return { status: 'waiting', reason: waiting };
  return { status: 'outside', reason: reasonIn('outside') ?? 'gone' };
}

/** What pending work would add, rounded together with the work already due. */
function costOfPending(
  due: readonly Assigned[],
  pending: readonly Assigned[],
  client: Client | null,
): number {
  const all = [...due, ...pending].sort((a, b) => compareByStart(a.entry, b.entry));
  const dueSeconds = due.length === 0 ? 0 : chargeOf(due, client).seconds;
  return Math.max(0, chargeOf(all, client).seconds - dueSeconds);
}

function chargeOf(members: readonly Assigned[], client: Client | null): ChargeFacts {
  const first = members[0];
  if (first === undefined || client === null) throw new Error('a charge needs work and a client');
  return computeCharge({
    connection: first.entry.connection,
    ticket: findCommonTicket(members),
    agreement: client.agreement,
    timezone: client.timezone,
    entries: members.map(({ entry, ticket, standing, ...counted }) => ({
      ...entry,
      ruleNames: counted.ruleNames,
      seconds: counted.seconds,
      correctedSeconds: counted.correctedSeconds,
      isBilledTime: counted.isBilledTime,
      ...(entry.isDerived ? { recordedBy: entry.connection } : {}),
      ticketNumber: ticket?.number ?? null,
      origin: counted.origin,
      workedOn: 'workedOn' in standing ? standing.workedOn : '',
    })),
  });
}

/** The ticket of all the work; null if there are several, or none. */
function findCommonTicket(members: readonly Assigned[]): TicketFacts | null {
  const ticket = members[0]?.ticket ?? null;
  const isShared = members.every((member) => member.ticket?.sourceId === ticket?.sourceId);
  if (ticket === null || !isShared) return null;
  const { sourceId, number, summary, closedAt } = ticket;
  return { id: sourceId, number, summary, closedAt };
}

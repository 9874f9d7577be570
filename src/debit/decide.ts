import { hash } from 'node:crypto';
import { computeCharge } from '../domain/charge.ts';
import type { ChargeFacts, TicketFacts } from '../domain/charge-facts.ts';
import { byMoment } from '../domain/corrections.ts';
import type { OpenReason } from '../domain/standing.ts';
import type { Client } from '../domain/terms.ts';
import type { ChargeGroup } from '../store/port.ts';
import type { Assigned } from './assign.ts';

/** What a group should look like now, beside what stands. */
export interface GroupDecision {
  groupKey: string;
  /** As stored; null: new. */
  before: ChargeGroup | null;
  /** Null: nobody is charged (not known whose, not under the agreement, or gone). */
  client: Client | null;
  status: ChargeGroup['status'];
  reason: OpenReason | 'gone' | null;
  pendingSeconds: number;
  /** What should be posted; null: nothing. */
  charge: ChargeFacts | null;
  /** Hash over the work that is due; equal to what stands: nothing is posted, whatever the rules say now. */
  inputsHash: string | null;
}

/** Decides one group from all the work that is assigned to it. Pure. */
export function decideGroup(
  groupKey: string,
  members: readonly Assigned[],
  before: ChargeGroup | null,
): GroupDecision {
  const ordered = [...members].sort((a, b) => byMoment(a.entry, b.entry));
  const due = ordered.filter((member) => member.standing.state === 'due');
  const pending = ordered.filter((member) => member.standing.state === 'pending');
  const client = clientOf([...due, ...pending]);
  const inputsHash = due.length === 0 ? null : hashInputs(due, client);
  const isUnchanged = inputsHash !== null && inputsHash === before?.factsHash;
  const charge = due.length === 0 || isUnchanged ? null : chargeOf(due, client);
  const pendingSeconds = pending.length === 0 ? 0 : costOfPending(due, pending, client);
  const { status, reason } = statusOf(ordered, due, pending);
  return { groupKey, before, client, status, reason, pendingSeconds, charge, inputsHash };
}

function clientOf(members: readonly Assigned[]): Client | null {
  const standing = members[0]?.standing;
  return standing !== undefined && 'client' in standing ? standing.client : null;
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
  if (pending.length > 0) return { status: 'pending', reason: reasonIn('pending') };
  if (due.length > 0) return { status: 'posted', reason: null };
  const waiting = reasonIn('waiting');
  if (waiting !== null) return { status: 'waiting', reason: waiting };
  return { status: 'outside', reason: reasonIn('outside') ?? 'gone' };
}

/** What the work not yet due would add, rounded together with what is due already. */
function costOfPending(
  due: readonly Assigned[],
  pending: readonly Assigned[],
  client: Client | null,
): number {
  const all = [...due, ...pending].sort((a, b) => byMoment(a.entry, b.entry));
  const dueSeconds = due.length === 0 ? 0 : chargeOf(due, client).seconds;
  return Math.max(0, chargeOf(all, client).seconds - dueSeconds);
}

function chargeOf(members: readonly Assigned[], client: Client | null): ChargeFacts {
  const first = members[0];
  if (first === undefined || client === null) throw new Error('a charge needs work and a client');
  return computeCharge({
    connection: first.entry.connection,
    ticket: ticketOf(members),
    agreement: client.agreement,
    timezone: client.timezone,
    entries: members.map(({ entry, ticket, standing, seconds, correctedSeconds }) => ({
      ...entry,
      seconds,
      correctedSeconds,
      ticketNumber: ticket?.number ?? null,
      workedOn: 'workedOn' in standing ? standing.workedOn : '',
    })),
  });
}

/** The ticket that all the work hangs on; null where it is several, or none. */
function ticketOf(members: readonly Assigned[]): TicketFacts | null {
  const ticket = members[0]?.ticket ?? null;
  const isShared = members.every((member) => member.ticket?.sourceId === ticket?.sourceId);
  if (ticket === null || !isShared) return null;
  const { sourceId, number, summary, closedAt } = ticket;
  return { id: sourceId, number, summary, closedAt };
}

/**
 * Everything of the work that could change its cost or whose it is. What a ticket is called, or when
 * exactly it was closed, is left out: touching it must not re-rate a charge that was posted under
 * earlier rules.
 */
function hashInputs(due: readonly Assigned[], client: Client | null): string {
  const inputs = due.map(({ entry, ticket, seconds }) => [
    entry.connection,
    entry.sourceId,
    ticket?.sourceId ?? null,
    seconds,
    entry.startedAt,
    entry.endedAt,
    entry.technician,
    entry.workType,
    entry.role,
    entry.isBillable,
  ]);
  return hash('sha256', JSON.stringify([client?.id ?? null, inputs]), 'hex');
}

import type { Assigned } from '../../debit/assign.ts';
import type { PartFacts } from '../../domain/charges/charge-facts.ts';
import { isCovered } from '../../domain/charges/coverage.ts';
import type { TimeEntryRow } from '../../domain/records/rows.ts';
import type { DateText } from '../../domain/time.ts';
import type { WorkEntry } from '../../reports/leaks/work-history.ts';

/** What a charge made of an entry. */
export function placeOf(part: PartFacts): Pick<WorkEntry, 'seconds' | 'state' | 'reason'> {
  const state = isCovered(part.verdict) ? 'charged' : 'free';
  return { seconds: part.seconds, state, reason: part.verdict };
}

type Described = Pick<Assigned, 'ticket' | 'seconds'> & {
  entry: TimeEntryRow & { connection: string };
};

/** As long as nothing else is known, it is open. */
export function toWorkEntry({ entry, ticket, seconds }: Described, workedOn: DateText): WorkEntry {
  const { connection, technician, workType, startedAt, isTimed, isBillable } = entry;
  return {
    ...{ connection, technician, workType, startedAt, isTimed, isBillable, seconds, workedOn },
    id: entry.sourceId,
    ticketId: ticket?.sourceId ?? null,
    ticket: ticket?.number ?? null,
    summary: ticket?.summary ?? null,
    clientName: null,
    billedSeconds: entry.billedSeconds ?? null,
    state: 'open',
    reason: null,
    chargeId: null,
    isDeleted: false,
  };
}

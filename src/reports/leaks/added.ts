import { addedByMinimums, type ChargeFacts } from '../../domain/charges/charge-facts.ts';
import { roundWorked } from '../../domain/charges/rounding.ts';

type AddedReason = 'multiplier' | 'minimum' | 'rounding' | 'psa-shorter';

/**
 * What the agreement charges beyond the PSA's own billable time, and which of its rules adds it:
 * multipliers first, then minimums, then rounding. What is left was worked, and the PSA's billable
 * time is shorter. `limit`: as much of the charge as is looked at.
 */
export function splitAdded(
  facts: ChargeFacts,
  billedSeconds: number,
  limit: number,
): { reason: AddedReason; seconds: number }[] {
  const { rounding } = facts;
  const raised = rounding.workedSeconds + addedByMinimums(rounding);
  // Without the agreement's own minimum, only the increments are left.
  const inSteps = roundWorked(raised, { ...rounding, minimumSeconds: 0 });
  const steps = Math.max(0, Math.min(rounding.roundedSeconds, inSteps) - raised);
  const minimum = Math.max(0, rounding.roundedSeconds - rounding.workedSeconds - steps);
  const known = [
    { reason: 'multiplier', seconds: facts.seconds - rounding.roundedSeconds },
    { reason: 'minimum', seconds: minimum },
    { reason: 'rounding', seconds: steps },
  ] as const;
  let left = Math.min(facts.seconds, limit) - billedSeconds;
  const taken = known.map(({ reason, seconds }) => {
    const share = Math.max(0, Math.min(left, seconds));
    left -= share;
    return { reason, seconds: share };
  });
  const all: { reason: AddedReason; seconds: number }[] = [
    ...taken,
    { reason: 'psa-shorter', seconds: Math.max(0, left) },
  ];
  return all.filter(({ seconds }) => seconds > 0);
}

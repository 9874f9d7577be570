/** Many seeds, counted together. */
import type { Outcome } from './play-seed.ts';
import type { PaymentCounts } from './seen-recharge.ts';

export interface Tally {
  seeds: number;
  crashes: number;
  faults: Record<string, number>;
  payments: PaymentCounts;
  violations: number;
  firstViolation: Outcome['violation'];
}

/** So many histories at once: one may wait for real requests while the others go on. */
const lanes = 3;

export async function tally(
  seeds: Iterable<number>,
  play: (seed: number) => Promise<Outcome>,
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<Tally> {
  const result: Tally = {
    ...{ seeds: 0, crashes: 0, faults: {} },
    payments: {
      requested: 0,
      collected: 0,
      returned: 0,
      ended: 0,
      unapproved: 0,
      charged: 0,
      declined: 0,
    },
    ...{ violations: 0, firstViolation: null },
  };
  const left = seeds[Symbol.iterator]();
  const playOn = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const outcome = await play(next.value);
      onOutcome(outcome);
      add(result, outcome);
    }
  };
  await Promise.all(Array.from({ length: lanes }, playOn));
  return result;
}

function add(result: Tally, { faults, payments, violation }: Outcome): void {
  result.seeds += 1;
  for (const [kind, struck] of faults) result.faults[kind] = (result.faults[kind] ?? 0) + struck;
  for (const [what, count] of Object.entries(payments ?? {})) {
    result.payments[what as keyof PaymentCounts] += count;
  }
  result.crashes = result.faults.crash ?? 0;
  if (violation === null) return;
  result.violations += 1;
  const { firstViolation: first } = result;
  if (first === null || violation.seed < first.seed) result.firstViolation = violation;
}

export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

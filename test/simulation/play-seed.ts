/** Plays a seed's history with faults and without, and compares the two. */
import { type FaultKind, Faults } from './faults.ts';
import { type HistoryOptions, playHistory } from './history.ts';
import type { Planted } from './machine.ts';
import type { PaymentCounts } from './seen-recharge.ts';
import type { Summary } from './summary.ts';
import { Violation } from './violation.ts';
import type { Style } from './workload.ts';
import { createHttpWorld, createScriptedWorld } from './worlds.ts';

export interface Outcome {
  seed: number;
  faults: ReadonlyMap<FaultKind, number>;
  /** Of the history with faults. */
  payments: PaymentCounts | null;
  /** The hash of all ledgers at the end. */
  ledger: string | null;
  violation: { seed: number; style: Style; rule: string; detail: string } | null;
}

const styles: readonly Style[] = ['strict', 'frozen', 'busy'];

/** Real requests take a while: one history in so many. */
const httpEvery = 40;

export function isOverHttp(seed: number): boolean {
  return seed % httpEvery === 0;
}

/** Every other history, where the PSA's collector is scripted. */
export function hasRecharges(seed: number): boolean {
  return seed % 2 === 0 && !isOverHttp(seed);
}

export function styleOf(seed: number): Style {
  return styles[seed % styles.length] ?? 'strict';
}

export async function playSeed(
  seed: number,
  planted: Planted | null = null,
  server: string | null = null,
): Promise<Outcome> {
  const style = styleOf(seed);
  const faults = new Faults();
  const shared = {
    seed,
    style,
    planted,
    server,
    faults,
    hasRecharges: hasRecharges(seed),
    createWorld: isOverHttp(seed) ? createHttpWorld : createScriptedWorld,
  };
  const outcome: Outcome = {
    seed,
    faults: faults.counts,
    payments: null,
    ledger: null,
    violation: null,
  };
  try {
    const { days, payments, ledger } = await playHistory({ ...shared, isFaulty: true });
    outcome.payments = payments;
    outcome.ledger = ledger;
    // A planted fault is to be seen by the auditor.
    if (planted === null) await compareWithTwin(days, shared);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    outcome.violation = { seed, style, rule: error.rule, detail: error.message };
  }
  return outcome;
}

async function compareWithTwin(
  days: readonly Summary[],
  shared: Omit<HistoryOptions, 'isFaulty'>,
): Promise<void> {
  const twin = await playHistory({ ...shared, isFaulty: false, planted: null });
  for (const [day, expected] of twin.days.entries()) {
    for (const [what, rows] of Object.entries(expected)) {
      const shown = days[day]?.[what] ?? [];
      const text = (lines: readonly string[]) => lines.join('\n');
      if (text(shown) === text(rows)) continue;
      const missing = rows.filter((row) => !shown.includes(row));
      const extra = shown.filter((row) => !rows.includes(row));
      const detail = JSON.stringify({ day: day + 1, what, missing, extra });
      throw new Violation('same as without faults', detail);
    }
  }
}

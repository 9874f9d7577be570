import type { ReplenishRule } from '../agreements/terms.ts';
import { addDays, type DateText, type Instant, startOfDay } from '../time.ts';
import type { BalanceMove, SimulatedCharge, Simulation } from './simulated.ts';

/** The balance that the events change. */
interface Moved {
  move(move: BalanceMove): void;
  charge(charge: SimulatedCharge): void;
  end(blockId: string): void;
}

interface Event {
  at: Instant;
  rank: number;
  /** Absent: only time has passed. */
  apply?(): void;
}

export function isAboutIdle({ when }: ReplenishRule): boolean {
  return 'idleDays' in when;
}

/** When hours may have been idle for as many days as a rule says. */
function idleEvents({ charges, blocks, rules, zone }: Simulation): Event[] {
  const days = rules.flatMap(({ when }) => ('idleDays' in when ? when.idleDays : []));
  if (days.length === 0) return [];
  const starts = new Set([...charges.map(lastDayOf), ...blocks.map((block) => block.purchasedOn)]);
  return [...starts].flatMap((day) =>
    days.map((count) => ({ at: startOfDay(addDays(day, count), zone), rank: 3 })),
  );
}

export function lastDayOf({ workedOn, lastWorkedOn = workedOn }: SimulatedCharge): DateText {
  return lastWorkedOn;
}

/** All that changes the balance, in order, and when time alone may reach a threshold. */
export function eventsOf(simulation: Simulation, balance: Moved): Event[] {
  const { charges, moves, blocks, zone, until } = simulation;
  const events: Event[] = [
    ...moves.map((move) => ({ at: move.at, rank: 0, apply: () => balance.move(move) })),
    ...charges.map((charge) => ({
      at: charge.dueAt,
      rank: 1,
      apply: () => balance.charge(charge),
    })),
    // The balance also falls at the end of a block's last day.
    ...blocks.flatMap(({ id, expiresOn }) => {
      if (expiresOn === null) return [];
      const at = startOfDay(addDays(expiresOn, 1), zone);
      return [{ at, rank: 2, apply: () => balance.end(id) }];
    }),
    ...idleEvents(simulation),
  ].filter(({ at }) => at <= until);
  return events.sort((a, b) => (a.at === b.at ? a.rank - b.rank : a.at < b.at ? -1 : 1));
}

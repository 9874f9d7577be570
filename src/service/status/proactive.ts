import type { Client } from '../../domain/agreements/terms.ts';
import { classesOf } from '../../domain/charges/work-class.ts';
import { dateInZone, type Instant } from '../../domain/time.ts';
import { monthsUpTo, readClassMonths, shareOf } from '../../reports/statement/work-classes.ts';
import type { Store } from '../../store/port.ts';

/** The share of proactive work of all clients together, in the running month and the one before. */
export interface ProactiveStatus {
  /** Null: nothing was charged, or the class of some of it is unknown. */
  percent: number | null;
  percentBefore: number | null;
}

/** Null: no agreement says what is proactive. */
export async function readProactiveStatus(
  store: Store,
  clients: readonly Client[],
  asOf: Instant,
): Promise<ProactiveStatus | null> {
  const asked = clients.filter(({ agreement }) => agreement.proactive !== null);
  if (asked.length === 0) return null;
  const found = await Promise.all(
    asked.map((client) => {
      const months = monthsUpTo(dateInZone(asOf, client.timezone).slice(0, 7), 2);
      return readClassMonths(store, client, months, (part) => classesOf(part, client.agreement));
    }),
  );
  const shareAt = (index: number) =>
    shareOf(found.flatMap((months) => months.slice(index)[0] ?? []));
  return { percent: shareAt(1), percentBefore: shareAt(0) };
}

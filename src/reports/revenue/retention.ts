import {
  type AccountRevenue,
  periodBefore,
  type RevenuePeriod,
} from '../../domain/revenue/account.ts';
import { lowerMedian, percentOf, sum } from '../../domain/statistics.ts';
import { type DateText, daysBetween } from '../../domain/time.ts';
import type { MeasuredAccount } from './revenue-source.ts';

interface ClientRetention {
  client: string;
  clientId: string;
  /** Blocks bought in the period and not taken back. */
  bought: number;
  /** From one purchase to the next, of purchases in the period; null: there are not two. */
  medianDaysBetween: number | null;
  /** It held hours or money at the start, or bought a block in the equally long period before. */
  wasActive: boolean;
  /** It was active, and still holds some at the end or bought a block in the period. */
  isRetained: boolean;
}

export interface Retention {
  clients: ClientRetention[];
  wasActive: number;
  retained: number;
  /** In per cent; null: no client was active. */
  retainedPercent: number | null;
  /** What the clients that were active were sold, less reversals, in both periods. */
  money: { currency: string; beforeMinor: number; minor: number; percent: number | null }[];
  /** Medians of purchases in the period; null: there are none to tell from. */
  medianDaysBetween: number | null;
  medianDaysLowToOrdered: number | null;
  medianDaysLowToPaid: number | null;
}

/** How often clients buy, whether they stay, and how long it takes from an alert to the money. */
export function measureRetention(
  accounts: readonly MeasuredAccount[],
  period: RevenuePeriod,
): Retention {
  const clients = accounts
    .map((account) => ({ account, ...toRetention(account, period) }))
    .filter(({ wasActive, bought }) => wasActive || bought > 0);
  const active = clients.filter(({ wasActive }) => wasActive);
  const retained = active.filter(({ isRetained }) => isRetained).length;
  const bought = clients.flatMap(({ account }) => boughtIn(account, period));
  return {
    clients: clients.map(({ account: _, gaps: __, ...client }) => client),
    wasActive: active.length,
    retained,
    retainedPercent: percentOf(retained, active.length),
    money: moneyOf(active.map(({ account }) => account.revenue)),
    medianDaysBetween: lowerMedian(clients.flatMap(({ gaps }) => gaps)),
    medianDaysLowToOrdered: lowerMedian(bought.flatMap(({ toOrdered }) => toOrdered ?? [])),
    medianDaysLowToPaid: lowerMedian(bought.flatMap(({ toPaid }) => toPaid ?? [])),
  };
}

function toRetention({ name, id, revenue }: MeasuredAccount, period: RevenuePeriod) {
  const { purchases, left } = revenue;
  const before = periodBefore(period);
  const inPeriod = purchases.filter(({ on }) => isWithin(on, period));
  const gaps = inPeriod.flatMap((purchase) => {
    const previous = purchases[purchases.indexOf(purchase) - 1];
    return previous === undefined ? [] : [daysBetween(previous.on, purchase.on)];
  });
  const isHolding = (at: 'opening' | 'closing') => [...left.values()].some((one) => one[at] > 0);
  const wasActive = isHolding('opening') || purchases.some(({ on }) => isWithin(on, before));
  return {
    client: name,
    clientId: id,
    bought: inPeriod.length,
    medianDaysBetween: lowerMedian(gaps),
    wasActive,
    isRetained: wasActive && (isHolding('closing') || inPeriod.length > 0),
    gaps,
  };
}

/** Days from the alert to the order and to the payment, of blocks that were bought after an alert. */
function boughtIn({ blocks, revenue }: MeasuredAccount, period: RevenuePeriod) {
  const bought = new Set(
    revenue.purchases.filter(({ on }) => isWithin(on, period)).map(({ blockId }) => blockId),
  );
  return blocks
    .filter(({ id }) => bought.has(id))
    .map(({ lowOn, orderedOn, paidOn }) => ({
      toOrdered: lowOn === null ? null : daysBetween(lowOn, orderedOn),
      toPaid: lowOn === null || paidOn === null ? null : daysBetween(lowOn, paidOn),
    }));
}

function isWithin(on: DateText, { from, to }: RevenuePeriod): boolean {
  return from <= on.slice(0, 7) && on.slice(0, 7) <= to;
}

function moneyOf(active: readonly AccountRevenue[]): Retention['money'] {
  const currencies = new Set(active.flatMap(({ soldBefore }) => [...soldBefore.keys()]));
  return [...currencies].sort().map((currency) => {
    const beforeMinor = sum(active.map(({ soldBefore }) => soldBefore.get(currency) ?? 0));
    const rows = active.flatMap((one) => one.rows.filter((row) => row.currency === currency));
    const minor = sum(rows.map(({ sold, reversed }) => sold - reversed));
    return { currency, beforeMinor, minor, percent: percentOf(minor, beforeMinor) };
  });
}

import { type Demand, demandOf, splitDemand } from '../blocks/allocation.ts';
import type { ChargeFacts } from '../charges/charge-facts.ts';
import { partOfPrice } from '../money.ts';
import type { LedgerEntry } from './ledger.ts';

export type PaidWork = Pick<Demand, 'workTypes' | 'price'>;

type Slice = Pick<LedgerEntry, 'key' | 'seconds'>;

/**
 * Finds what a slice pays for, given all unreversed slices of the charge: in key order, they pay
 * one work type after the other. A slice that was reversed and spent again is the prefix of the new
 * keys: `…/2` became `…/2/1` and `…/2/2`.
 */
export function findPaidWork(facts: ChargeFacts, slices: readonly Slice[], key: string): PaidWork {
  const ordered = [...slices].sort(byNumber);
  const place = ordered.findIndex((slice) => slice.key === key);
  let before = ordered.slice(0, place).reduce((sum, slice) => sum + slice.seconds, 0);
  const parts = splitDemand({ ...demandOf(facts), workedOn: '' });
  const part = parts.find(({ seconds }) => {
    before -= seconds;
    return before < 0;
  });
  const [found, slice] = [part ?? parts.at(-1), ordered[place]];
  if (found === undefined || slice === undefined)
    throw new Error(`${key} is not a slice of its charge`);
  const { workTypes, price, seconds } = found;
  return { workTypes, price: partOfPrice(price, seconds, slice.seconds) };
}

function byNumber(a: Slice, b: Slice): number {
  const [mine, other] = [numbersIn(a.key), numbersIn(b.key)];
  const differs = mine.findIndex((number, place) => number !== other[place]);
  return differs === -1 ? 0 : (mine[differs] ?? 0) - (other[differs] ?? 0);
}

function numbersIn(key: string): number[] {
  return (/(?:\/\d+)+$/.exec(key)?.[0] ?? '').slice(1).split('/').map(Number);
}

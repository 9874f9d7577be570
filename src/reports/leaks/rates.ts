import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { isListed } from '../../domain/charges/coverage.ts';
import { rateOf } from '../../domain/charges/price.ts';
import type { DateText } from '../../domain/time.ts';
import type { WorkBlock } from './work-history.ts';

/** The price of an hour, and where it comes from. */
export interface LeakRate {
  minor: number;
  currency: string;
  /** `last-block`: no block was valid, and the agreement sells none. */
  source: 'block' | 'rates' | 'overage' | 'offer' | 'last-block';
}

const never = '9999-12-31';

/** Whether the block could be used on that day. */
export function isValidOn({ purchasedOn, expiresOn }: WorkBlock, day: DateText): boolean {
  return purchasedOn <= day && day <= (expiresOn ?? never);
}

/** Priority, then earliest expiry, then earliest purchase. */
function byBurnOrder(a: WorkBlock, b: WorkBlock): number {
  const [x, y] = [a, b].map(({ expiresOn, purchasedOn, id }) =>
    [expiresOn ?? never, purchasedOn, id].join(' '),
  ) as [string, string];
  return a.priority - b.priority || (x < y ? -1 : x > y ? 1 : 0);
}

/**
 * The rate of the block in use on that day, else of the agreement's first offer, else of the client's
 * last block before. Null: nothing has a price.
 */
export function findRate(
  client: Client,
  blocks: readonly WorkBlock[],
  { workedOn, workType }: { workedOn: DateText; workType: string | null },
): LeakRate | null {
  const paysFor = ({ workTypes }: WorkBlock) => workTypes === null || isListed(workType, workTypes);
  const begun = blocks.filter((one) => one.purchasedOn <= workedOn && paysFor(one));
  const [block] = begun.filter((one) => isValidOn(one, workedOn)).sort(byBurnOrder);
  const { rates } = client.agreement;
  if (block?.isMoney && rates !== null) {
    return { minor: rateOf(workType, rates), currency: rates.currency, source: 'rates' };
  }
  if (block !== undefined && !block.isMoney) return toRate(block, 'block');
  const { replenish } = payerOf(client).agreement;
  const [offer] = replenish.flatMap((rule) => (rule.offer?.rateMinor ? [rule.offer] : []));
  if (offer !== undefined) return toRate(offer, 'offer');
  const last = begun
    .filter(({ isMoney }) => !isMoney)
    .toSorted((a, b) => (a.purchasedOn < b.purchasedOn ? -1 : 1))
    .at(-1);
  return last === undefined ? null : toRate(last, 'last-block');
}

function toRate(
  { rateMinor, currency }: { rateMinor: number; currency: string },
  source: LeakRate['source'],
): LeakRate {
  return { minor: rateMinor, currency, source };
}

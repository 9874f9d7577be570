/** The terms of a history, in words that the auditor understands too. */
import type { Random } from '../demo/random.ts';
import type { Style } from './workload.ts';

export interface Terms {
  per: 'ticket' | 'entry' | 'day';
  incrementSeconds: number;
  minimumSeconds: number;
  /** So much of a begun increment is forgiven. */
  graceSeconds: number;
  /** Of work on site; 1500 is half as dear again. */
  onSiteThousandths: number;
  /** At or below the first a ticket is made; at or below the second an invoice too. */
  levelSeconds: readonly [alert: number, invoice: number];
  rateMinor: number;
  overage: 'carry' | 'billed';
  activate: 'on-invoice' | 'on-payment';
  /** Null: every sale is an invoice that the client pays. */
  recharge: RechargePlan | null;
}

/** Sales that are collected without the client. Amounts in minor units; null: no limit. */
export interface RechargePlan {
  /** Whether the first and the second client's are. */
  clients: readonly [boolean, boolean];
  /** `psa`: by whatever collects the PSA's invoices; `pay`: by charges at a provider. */
  collect: 'psa' | 'pay';
  /** From the client's notice to the charge. */
  noticeDays: number;
  blockSeconds: number;
  chaseAfterDays: number;
  autopayUpToMinor: number | null;
  limits: RechargeLimits;
  limitsOfAll: RechargeLimits;
}

export interface RechargeLimits {
  chargeMinor: number | null;
  dayMinor: number | null;
  monthMinor: number | null;
}

export const hour = 3600;
export const dayMs = 24 * hour * 1000;
export const offerSeconds = 10 * hour;
export const overageRateMinor = 15_000;
/** Free of charge, whatever else is agreed. */
export const freeWorkType = 'Travel';
export const workTypes = ['Remote', 'Remote', 'On-site', freeWorkType] as const;

/** What each client begins with: an opening block that lasts, one that ends on the fourth day. */
export const opening = { seconds: 4 * hour, endingSeconds: hour, endsOn: '2026-03-05' } as const;

export function drawTerms(random: Random): Terms {
  return {
    per: random.pick(['ticket', 'ticket', 'entry', 'day']),
    incrementSeconds: random.pick([900, 1800, 360]),
    minimumSeconds: random.pick([0, 1800]),
    onSiteThousandths: random.pick([1000, 1500, 2000]),
    levelSeconds: [random.pick([3, 4]) * hour, random.pick([1, 2]) * hour],
    rateMinor: random.pick([12_000, 11_000, 9_950]),
    overage: random.pick(['carry', 'carry', 'billed']),
    activate: random.pick(['on-invoice', 'on-invoice', 'on-payment']),
    // Work lasts multiples of it, so that what is left over is often just as long.
    graceSeconds: random.pick([0, 180]),
    recharge: null,
  };
}

/** So much earlier is each level told with recharges, for there to be many of them. */
export const rechargedEarlierSeconds = 2 * hour;

/** Blocks are small, so that several are needed; most limits leave room for a few of them. */
export function drawRecharge(random: Random, { rateMinor }: Terms, style: Style): RechargePlan {
  const blockSeconds = random.pick([2, 3, 3, 5]) * hour;
  const blockMinor = (rateMinor * blockSeconds) / hour;
  const draw = (share: number, blocks: readonly number[]): number | null =>
    random.next() < share ? Math.round(blockMinor * random.pick(blocks)) : null;
  return {
    clients: random.pick([
      [true, true],
      [true, true],
      [true, false],
    ] as const),
    // A charge that was rejected, or made a day earlier, has consequences: that is not the same in every run.
    collect: style === 'strict' ? 'psa' : random.pick(['psa', 'pay', 'pay']),
    noticeDays: random.pick([0, 0, 1, 2]),
    blockSeconds,
    chaseAfterDays: random.pick([1, 1, 2]),
    autopayUpToMinor: draw(0.4, [1, 2.5]),
    limits: {
      chargeMinor: draw(0.3, [0.9, 2, 3]),
      dayMinor: draw(0.3, [1, 2, 3]),
      monthMinor: draw(0.3, [1, 2, 3, 4]),
    },
    limitsOfAll: {
      chargeMinor: null,
      dayMinor: draw(0.3, [1, 2, 3]),
      monthMinor: draw(0.3, [2, 3, 5]),
    },
  };
}

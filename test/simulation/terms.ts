/** The terms of a history, in words that the auditor understands too. */
import type { Random } from '../demo/random.ts';

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
}

export const hour = 3600;
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
  };
}

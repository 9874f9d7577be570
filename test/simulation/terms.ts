/** The terms of a history, in words that the auditor understands too, and what the product gets of them. */
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Agreement, Offer } from '../../src/domain/terms.ts';
import type { Random } from '../demo/random.ts';
import { agreementOf, clientOf, openingOf } from '../support/core-bench.ts';
import type { Psa } from './psa.ts';

export interface Terms {
  per: 'ticket' | 'entry' | 'day';
  incrementSeconds: number;
  minimumSeconds: number;
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
  };
}

/** The clients as a config file would have them: 1 and 2 of every system. */
export function toClients(
  terms: Terms,
  systems: readonly Pick<Psa, 'name' | 'clients'>[],
): ConfiguredClient[] {
  return [0, 1].map((index) =>
    clientOf({
      name: `Client ${index + 1}`,
      sourceIds: new Map(systems.map(({ name, clients }) => [name, clients[index] ?? ''])),
      agreement: toAgreement(terms),
      openingBlocks: [
        openingOf(opening.seconds / hour),
        openingOf(opening.endingSeconds / hour, {
          ...{ purchasedOn: '2026-02-01', expiresOn: opening.endsOn },
        }),
      ],
    }),
  );
}

function toAgreement(terms: Terms): Agreement {
  const { rateMinor, levelSeconds } = terms;
  const offer: Offer = {
    ...{ name: 'ten', seconds: offerSeconds, amountMinor: null, rateMinor, currency: 'EUR' },
    ...{ validForMonths: null, workTypes: null, product: 'BLOCK-10' },
  };
  const [alert, invoice] = levelSeconds;
  return agreementOf({
    rounding: {
      ...{ per: terms.per, incrementSeconds: terms.incrementSeconds },
      ...{ minimumSeconds: terms.minimumSeconds, graceSeconds: 0 },
    },
    workTypes: { covered: [], excluded: [freeWorkType], unlisted: 'covered' },
    multipliers: [
      {
        ...{ workType: 'On-site', role: null, outside: null },
        factorThousandths: terms.onSiteThousandths,
      },
    ],
    overage:
      terms.overage === 'carry'
        ? 'carry'
        : { when: 'at-once', rateMinor: overageRateMinor, currency: 'EUR', product: 'BLOCK-10' },
    replenish: [
      {
        when: { balance: 'settled', secondsLeft: alert },
        ...{ do: ['alert'], offer: null, tell: ['msp'] },
      },
      {
        when: { balance: 'settled', secondsLeft: invoice },
        ...{ do: ['alert', 'invoice'], offer, tell: ['msp', 'client'] },
      },
    ],
    activate: terms.activate,
  });
}

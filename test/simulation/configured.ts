/** A history's terms as the product gets them. */
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Agreement, Offer, RechargeTerms } from '../../src/domain/agreements/terms.ts';
import { agreementOf, clientOf, openingOf, ten } from '../support/core-bench.ts';
import type { Psa } from './psa.ts';
import {
  freeWorkType,
  hour,
  offerSeconds,
  opening,
  overageRateMinor,
  type Terms,
} from './terms.ts';

/** The clients as a config file would have them: 1 and 2 of every system. */
export function toClients(
  terms: Terms,
  systems: readonly Pick<Psa, 'name' | 'clients'>[],
  provider: { name: string; customers: readonly string[] } | null = null,
): ConfiguredClient[] {
  return [0, 1].map((index) =>
    clientOf({
      name: `Client ${index + 1}`,
      sourceIds: new Map([
        ...systems.map(({ name, clients }) => [name, clients[index] ?? ''] as const),
        ...(provider ? [[provider.name, provider.customers[index] ?? ''] as const] : []),
      ]),
      agreement: toAgreement(terms, terms.recharge?.clients[index] ?? false),
      openingBlocks: [
        openingOf(opening.seconds / hour),
        openingOf(opening.endingSeconds / hour, {
          purchasedOn: '2026-02-01',
          expiresOn: opening.endsOn,
        }),
      ],
    }),
  );
}

export function toOffer({ rateMinor, recharge }: Terms): Offer {
  return { ...ten, seconds: recharge?.blockSeconds ?? offerSeconds, rateMinor };
}

function toRecharge({ recharge }: Terms): RechargeTerms | null {
  if (recharge === null) return null;
  const { collect, autopayUpToMinor, chaseAfterDays, noticeDays, limits, limitsOfAll } = recharge;
  return { collect, autopayUpToMinor, chaseAfterDays, noticeDays, limits, limitsOfAll };
}

function toAgreement(terms: Terms, isRecharged: boolean): Agreement {
  const offer = toOffer(terms);
  const [alert, invoice] = terms.levelSeconds;
  return agreementOf({
    rounding: {
      per: terms.per,
      incrementSeconds: terms.incrementSeconds,
      minimumSeconds: terms.minimumSeconds,
      graceSeconds: terms.graceSeconds,
    },
    workTypes: { covered: [], excluded: [freeWorkType], unlisted: 'covered' },
    multipliers: [
      {
        workType: 'On-site',
        role: null,
        outside: null,
        factorThousandths: terms.onSiteThousandths,
      },
    ],
    overage:
      terms.overage === 'carry'
        ? 'carry'
        : {
            when: 'at-once',
            daysAfter: 3,
            rateMinor: overageRateMinor,
            currency: 'EUR',
            product: 'BLOCK-10',
          },
    replenish: [
      {
        when: { balance: 'settled', secondsLeft: alert },
        do: ['alert'],
        offer: null,
        tell: ['msp'],
      },
      {
        when: { balance: 'settled', secondsLeft: invoice },
        do: ['alert', isRecharged ? 'recharge' : 'invoice'],
        offer,
        tell: ['msp', 'client'],
      },
    ],
    activate: terms.activate,
    recharge: isRecharged ? toRecharge(terms) : null,
  });
}

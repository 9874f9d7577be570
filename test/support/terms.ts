import type { ConfiguredClient, ContractConfig, ContractTerms } from '../../src/config/loaded.ts';
import type { Agreement, Client, Offer } from '../../src/domain/agreements/terms.ts';

const hour = 3600;

/** Per ticket to 15 minutes, all work types covered, nothing told. */
export function agreementOf(fields: Partial<Agreement> = {}): Agreement {
  return {
    name: 'standard',
    applies: { boards: null, ticketTypes: null, agreements: null },
    debitWhen: 'ticket-closed',
    timeFrom: 'worked',
    withoutTicket: 'debit',
    rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 },
    workTypes: { covered: [], excluded: [], unlisted: 'covered' },
    workTypeMinimums: [],
    roles: { covered: [], excluded: [] },
    from: null,
    until: null,
    excludedTechnicians: [],
    multipliers: [],
    stackMultipliers: false,
    rates: null,
    overage: 'carry',
    rollover: null,
    replenish: [],
    activate: 'on-invoice',
    recharge: null,
    unloggedTime: {
      action: 'report',
      workType: null,
      minimumSeconds: 300,
      toleranceSeconds: 900,
      afterDays: 3,
      from: null,
    },
    proactive: null,
    ...fields,
  };
}

/** Dupont, client 1 of the PSA, in Paris, with ten hours from the first of January. */
export function clientOf(fields: Partial<ConfiguredClient> = {}): ConfiguredClient {
  return {
    name: 'Dupont',
    sourceIds: new Map([['psa', '1']]),
    agreement: agreementOf(),
    timezone: 'Europe/Paris',
    locale: 'en',
    durations: 'clock',
    currency: 'EUR',
    startOn: null,
    formerIds: new Map(),
    movedOn: new Map(),
    pushTo: 'psa',
    paidBy: null,
    isSharing: false,
    share: null,
    openingBlocks: [openingOf(10)],
    pastBlocks: [],
    ...fields,
  };
}

export function openingOf(hours: number, fields: Partial<Client['openingBlocks'][number]> = {}) {
  return {
    seconds: hours * hour,
    amountMinor: null,
    rateMinor: 12000,
    currency: 'EUR',
    purchasedOn: '2026-01-01',
    expiresOn: null,
    priority: 0,
    workTypes: null,
    ...fields,
  };
}

export const ten: Offer = {
  name: 'ten',
  seconds: 10 * hour,
  amountMinor: null,
  rateMinor: 12000,
  currency: 'EUR',
  validForMonths: null,
  workTypes: null,
  product: 'BLOCK-10',
  productUnit: 'block',
  maxPerSale: 10,
};

/** Nothing but what the terms themselves say. */
export function contractOf(
  client: string,
  fields: Partial<ContractTerms> = {},
  rest: Partial<ContractConfig> = {},
): ContractConfig {
  const none = { refunds: null, travel: null, law: null, jurisdiction: null };
  const terms = { legal: [], noticeDays: 30, ...none, extraClauses: [], ...fields };
  return { ...noContract, clients: new Map([[client, terms]]), ...rest };
}

export const noContract: ContractConfig = {
  registration: [],
  reviewedOn: null,
  clients: new Map(),
  closings: new Map(),
};

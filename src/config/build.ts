import type {
  Agreement,
  BusinessHours,
  Multiplier,
  Offer,
  Onboarding,
  Rates,
  RechargeLimits,
  RechargeTerms,
  ReplenishRule,
  Rollover,
  Share,
  Threshold,
  UnloggedTerms,
} from '../domain/agreements/terms.ts';
import { toFormatOptions } from '../domain/format.ts';
import { amountFromText } from '../domain/money.ts';
import { effectiveTerms, pushTarget } from './checks/client-checks.ts';
import type { ConfiguredClient, Sender } from './loaded.ts';
import { keyed, listed, valueAt } from './read/raw.ts';
import { AgreementTerms, UnloggedTime } from './schema/agreement-schema.ts';
import { toBusinessHours } from './schema/business-hours.ts';
import type { ConfigFile } from './schema/schema.ts';

/** The terms of a valid file, with every name resolved. */
interface BuiltTerms {
  offers: Map<string, Offer>;
  agreements: Map<string, Agreement>;
  clients: ConfiguredClient[];
}

interface Named {
  file: ConfigFile;
  offers: ReadonlyMap<string, Offer>;
  calendars: ReadonlyMap<string, BusinessHours>;
}

/** `raw` is what `file` was parsed from; a client's overrides are merged into the raw agreement. */
export function buildTerms(file: ConfigFile, raw: unknown): BuiltTerms {
  const offers = new Map(
    Object.entries(file.offers).map(([name, offer]) => [name, toOffer(name, offer, file)]),
  );
  const calendars = new Map(
    Object.entries(file.businessHours).map(([name, calendar]) => [
      name,
      toBusinessHours(name, calendar),
    ]),
  );
  const named = { file, offers, calendars };
  const agreements = keyed(valueAt(raw, ['agreements'])).map(
    ([name, terms]): [string, Agreement] => {
      return [name, toAgreement(name, terms, { ...named, currency: file.currency })];
    },
  );
  const rawClients = listed(valueAt(raw, ['clients']));
  const payers = new Set(file.clients.map(({ paidBy }) => paidBy));
  const whole: Whole = { file, raw, named, shared: new Map(), payers };
  const clients = file.clients.map((client, index) => toClient(client, rawClients[index], whole));
  return { offers, agreements: new Map(agreements), clients };
}

export function toSender(sender: ConfigFile['sender'], logo: string | null): Sender | null {
  if (sender === undefined) return null;
  const { name, address, email = null, phone = null, website = null } = sender;
  return { name, address, email, phone, website, logo };
}

function toOffer(name: string, offer: ConfigFile['offers'][string], file: ConfigFile): Offer {
  const currency = offer.currency ?? file.currency;
  return {
    name,
    ...toSize(offer, currency),
    currency,
    validForMonths: offer.validFor ?? null,
    workTypes: offer.workTypes ?? null,
    product: offer.product ?? null,
    productUnit: offer.productUnit,
    maxPerSale: offer.maxPerSale,
    ...toPurpose(offer),
  };
}

function toPurpose({ followedBy }: { followedBy?: string | undefined }): {
  onboarding?: Onboarding;
} {
  return followedBy === undefined ? {} : { onboarding: { followedBy } };
}

/** Hours at a rate, or money. */
function toSize(
  block: { hours?: number | undefined; rate?: string | undefined; amount?: string | undefined },
  currency: string,
): Pick<Offer, 'seconds' | 'amountMinor' | 'rateMinor'> {
  const { hours = 0, rate = '0', amount } = block;
  const amountMinor = amount === undefined ? null : amountFromText(amount, currency);
  return { seconds: hours, amountMinor, rateMinor: amountFromText(rate, currency) };
}

function toAgreement(name: string, raw: unknown, named: Named & { currency: string }): Agreement {
  const terms = AgreementTerms.parse(raw);
  const { increment, minimum, grace, per } = terms.rounding;
  const { minimums, ...workTypes } = terms.workTypes;
  return {
    name,
    applies: {
      boards: terms.applies.boards ?? null,
      ticketTypes: terms.applies.ticketTypes ?? null,
      agreements: terms.applies.agreements ?? null,
    },
    debitWhen: terms.debitWhen,
    timeFrom: terms.timeFrom,
    withoutTicket: terms.withoutTicket,
    rounding: { per, incrementSeconds: increment, minimumSeconds: minimum, graceSeconds: grace },
    workTypes,
    workTypeMinimums: Object.entries(minimums).map(([workType, seconds]) => ({
      workType,
      seconds,
    })),
    roles: terms.roles,
    from: terms.from ?? null,
    until: terms.until ?? null,
    excludedTechnicians: terms.technicians.excluded,
    multipliers: terms.multipliers.map(
      (multiplier): Multiplier => ({
        workType: multiplier.workType ?? null,
        role: multiplier.role ?? null,
        outside:
          multiplier.outside === undefined ? null : found(named.calendars, multiplier.outside),
        factorThousandths: multiplier.factor,
      }),
    ),
    stackMultipliers: terms.stack,
    rates: toRates(terms.rates, named.currency),
    overage: toOverage(terms.overage, named.currency),
    rollover: toRollover(terms.rollover),
    replenish: terms.replenish.map(
      (rule): ReplenishRule => ({
        when: toThreshold(rule.when, named.currency),
        do: [...new Set(rule.do)],
        offer: rule.offer === undefined ? null : found(named.offers, rule.offer),
        tell: [...new Set(rule.tell)],
      }),
    ),
    activate: terms.activate,
    recharge: toRecharge(terms.recharge, named),
    unloggedTime: toUnlogged(terms.unloggedTime),
  };
}

function toThreshold(
  when: AgreementTerms['replenish'][number]['when'],
  currency: string,
): Threshold {
  const { balance, hoursLeft, amountLeft, percentLeft } = when;
  const { expiresWithinDays, runOutWithinDays, idleDays } = when;
  if (amountLeft !== undefined) {
    return { balance, minorLeft: amountFromText(amountLeft, currency), currency };
  }
  if (hoursLeft !== undefined) return { balance, secondsLeft: hoursLeft };
  if (percentLeft !== undefined) return { balance, percentLeft };
  if (expiresWithinDays !== undefined) return { balance, expiresWithinDays };
  if (runOutWithinDays !== undefined) return { balance, runOutWithinDays };
  if (idleDays !== undefined) return { balance, idleDays };
  return unreachable('a threshold has no level');
}

function toRates(rates: AgreementTerms['rates'], currency: string): Rates | null {
  if (rates === undefined) return null;
  const workTypes = Object.entries(rates.workTypes).map(([workType, rate]) => ({
    workType,
    rateMinor: amountFromText(rate, currency),
  }));
  return { currency, rateMinor: amountFromText(rates.hour, currency), workTypes };
}

function toOverage(overage: AgreementTerms['overage'], currency: string): Agreement['overage'] {
  if (typeof overage === 'string') return overage;
  const { rate, when, daysAfter, product } = overage.invoice;
  return {
    when,
    daysAfter,
    rateMinor: amountFromText(rate, currency),
    currency,
    product: product ?? null,
  };
}

function toRollover(rollover: AgreementTerms['rollover']): Rollover | null {
  if (rollover === 'none') return null;
  const { hours, validFor } = rollover === 'all' ? {} : rollover;
  return { seconds: hours ?? null, validForMonths: validFor ?? null };
}

function toRecharge(
  recharge: AgreementTerms['recharge'],
  { file, currency }: Pick<Named, 'file'> & { currency: string },
): RechargeTerms | null {
  if (recharge === undefined) return null;
  const { collect, autopayUpTo, noticeDays, chaseAfterDays, ...limits } = recharge;
  // The limits of all are in the file's currency, and nothing is converted.
  const ofAll = currency === file.currency ? file.recharge : undefined;
  return {
    collect,
    autopayUpToMinor: toMinor(autopayUpTo, currency),
    noticeDays,
    chaseAfterDays,
    limits: toLimits(limits, currency),
    limitsOfAll: toLimits(ofAll ?? {}, currency),
  };
}

function toUnlogged(unlogged: AgreementTerms['unloggedTime']): UnloggedTerms {
  const terms = typeof unlogged === 'string' ? UnloggedTime.parse({ do: unlogged }) : unlogged;
  return {
    action: terms.do,
    workType: terms.workType ?? null,
    minimumSeconds: terms.minimum,
    toleranceSeconds: terms.tolerance,
    afterDays: terms.after,
    from: terms.from ?? null,
  };
}

function toLimits(
  limits: { perCharge?: string | undefined } & NonNullable<ConfigFile['recharge']>,
  currency: string,
): RechargeLimits {
  const { perCharge, perDay, perMonth } = limits;
  return {
    chargeMinor: toMinor(perCharge, currency),
    dayMinor: toMinor(perDay, currency),
    monthMinor: toMinor(perMonth, currency),
  };
}

function toMinor(text: string | undefined, currency: string): number | null {
  return text === undefined ? null : amountFromText(text, currency);
}

interface Whole {
  file: ConfigFile;
  raw: unknown;
  named: Named;
  /** Agreements that clients have without overrides, by name and currency. */
  shared: Map<string, Agreement>;
  /** Names of the clients that pay for others. */
  payers: ReadonlySet<string | undefined>;
}

/** Most clients have no terms of their own: these are read once. */
function agreementOf(
  { agreement, overrides }: ConfigFile['clients'][number],
  rawClient: unknown,
  currency: string,
  { raw, named, shared }: Pick<Whole, 'raw' | 'named' | 'shared'>,
): Agreement {
  const key = JSON.stringify([agreement, currency]);
  const known = overrides === undefined ? shared.get(key) : undefined;
  if (known !== undefined) return known;
  const made = toAgreement(agreement, effectiveTerms(raw, rawClient), { ...named, currency });
  if (overrides === undefined) shared.set(key, made);
  return made;
}

function toClient(
  client: ConfigFile['clients'][number],
  rawClient: unknown,
  { file, raw, named, shared, payers }: Whole,
): ConfiguredClient {
  const currency = client.currency ?? file.currency;
  const firstPurchase = client.openingBlocks.map((block) => block.purchasedOn).toSorted()[0];
  return {
    name: client.name,
    sourceIds: new Map(Object.entries(client.ids)),
    formerIds: new Map(Object.entries(client.formerIds)),
    agreement: agreementOf(client, rawClient, currency, { raw, named, shared }),
    timezone: client.timezone ?? file.timezone,
    ...toFormatOptions(client.locale ?? file.locale, file.durations),
    currency,
    startOn: client.startOn ?? firstPurchase ?? null,
    movedOn: new Map(Object.entries(client.movedOn)),
    pushTo: pushTarget(raw, rawClient) ?? unreachable('a client has no connection to push to'),
    paidBy: client.paidBy === undefined ? null : { name: client.paidBy },
    isSharing: client.paidBy !== undefined || payers.has(client.name),
    share: toShare(client.share),
    openingBlocks: client.openingBlocks.map((block) => ({
      ...toSize(block, block.currency ?? currency),
      currency: block.currency ?? currency,
      purchasedOn: block.purchasedOn,
      expiresOn: block.expiresOn ?? null,
      priority: block.priority,
      workTypes: block.workTypes ?? null,
      ...toPurpose(block),
    })),
    pastBlocks: client.pastBlocks.map(({ hours, rate, purchasedOn, expiresOn = null }) => {
      const rateMinor = amountFromText(rate, currency);
      return { seconds: hours, rateMinor, currency, purchasedOn, expiresOn };
    }),
  };
}

function toShare(share: ConfigFile['clients'][number]['share']): Share | null {
  if (share?.percent !== undefined) return { percent: share.percent };
  return share?.hours === undefined ? null : { seconds: share.hours };
}

function found<T>(entries: ReadonlyMap<string, T>, name: string): T {
  return entries.get(name) ?? unreachable(`no entry "${name}"`);
}

/** References are checked before anything is built, so this is a bug. */
function unreachable(what: string): never {
  throw new Error(`The config was built although ${what}.`);
}

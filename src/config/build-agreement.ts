import type {
  Agreement,
  BusinessHours,
  Multiplier,
  Offer,
  Rates,
  RechargeLimits,
  RechargeTerms,
  ReplenishRule,
  Rollover,
  Threshold,
  UnloggedTerms,
  UsageAlarm,
} from '../domain/agreements/terms.ts';
import { amountFromText } from '../domain/money.ts';
import { AgreementTerms, UnloggedTime } from './schema/agreement-schema.ts';
import type { ConfigFile } from './schema/schema.ts';

/** What an agreement refers to by name. */
export interface Named {
  file: ConfigFile;
  offers: ReadonlyMap<string, Offer>;
  calendars: ReadonlyMap<string, BusinessHours>;
}

export function toAgreement(
  name: string,
  raw: unknown,
  named: Named & { currency: string },
): Agreement {
  const terms = AgreementTerms.parse(raw);
  const { increment, minimum, grace, per } = terms.rounding;
  const { minimums, ...workTypes } = terms.workTypes;
  const alarms = terms.replenish.flatMap(toAlarms);
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
    replenish: terms.replenish
      .filter((rule) => toAlarms(rule).length === 0)
      .map(
        (rule): ReplenishRule => ({
          when: toThreshold(rule.when, named.currency),
          do: [...new Set(rule.do)],
          offer: rule.offer === undefined ? null : found(named.offers, rule.offer),
          tell: [...new Set(rule.tell)],
        }),
      ),
    ...(alarms.length > 0 && { alarms }),
    activate: terms.activate,
    recharge: toRecharge(terms.recharge, named),
    unloggedTime: toUnlogged(terms.unloggedTime),
    proactive: terms.proactive ?? null,
  };
}

/** None: the rule is about what is left, not about how fast it goes. */
function toAlarms({ when, tell }: AgreementTerms['replenish'][number]): UsageAlarm[] {
  const { usedHours, withinHours, ticketHours } = when;
  const told = { tell: [...new Set(tell)] };
  if (ticketHours !== undefined) return [{ ...told, ticketSeconds: ticketHours }];
  if (usedHours === undefined || withinHours === undefined) return [];
  return [{ ...told, usedSeconds: usedHours, withinSeconds: withinHours * 3600 }];
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
function found<T>(entries: ReadonlyMap<string, T>, name: string): T {
  return entries.get(name) ?? unreachable(`no entry "${name}"`);
}

/** References are checked before anything is built, so this is a bug. */
export function unreachable(what: string): never {
  throw new Error(`The config was built although ${what}.`);
}

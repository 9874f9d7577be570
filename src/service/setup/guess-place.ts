import { Currency, LocaleCode, Timezone } from '../../config/schema/fields.ts';
import { KindError } from '../../domain/errors.ts';
import { type Locale, locales } from '../../domain/format.ts';
import type { ZoneName } from '../../domain/zone.ts';

export interface Place {
  timezone: ZoneName;
  currency: string;
  locale: Locale;
}

const regionsOfCurrency: Readonly<Record<string, string>> = {
  EUR: 'FR DE BE NL LU IE AT ES PT IT FI GR EE LV LT SK SI HR BG CY MT MC RE GP MQ GF',
  USD: 'US PR EC PA',
  CAD: 'CA',
  GBP: 'GB IM JE GG',
  AUD: 'AU',
  NZD: 'NZ',
  CHF: 'CH LI',
  SEK: 'SE',
  NOK: 'NO',
  DKK: 'DK',
  PLN: 'PL',
  CZK: 'CZ',
  HUF: 'HU',
  RON: 'RO',
  ZAR: 'ZA',
  INR: 'IN',
  SGD: 'SG',
  HKD: 'HK',
  JPY: 'JP',
  PHP: 'PH',
  MYR: 'MY',
  AED: 'AE',
  ILS: 'IL',
  BRL: 'BR',
  MXN: 'MX',
  MAD: 'MA',
  XOF: 'SN CI',
};

/**
 * Where this machine seems to be, from its time zone and language. A server is often set to UTC: then the
 * language's region decides the currency.
 */
export function guessPlace(
  { timeZone, locale } = new Intl.DateTimeFormat().resolvedOptions(),
): Place {
  const spoken = new Intl.Locale(locale);
  const regions = Object.values(regionsOfCurrency).flatMap((list) => list.split(' '));
  const region = regions.find((one) => zonesOf(one).includes(timeZone)) ?? spoken.region ?? 'US';
  const [currency = 'USD'] =
    Object.entries(regionsOfCurrency).find(([, list]) => list.split(' ').includes(region)) ?? [];
  return { timezone: timeZone, currency, locale: localeOf(spoken.language, region) };
}

/** American or British dates and money where these are the rule. */
function localeOf(language: string, region: string): Locale {
  if (language === 'fr') return 'fr';
  return locales.find((locale) => locale === `en-${region}`) ?? 'en';
}

/** Not in TypeScript's library yet: https://github.com/tc39/proposal-intl-locale-info */
function zonesOf(region: string): readonly string[] {
  const locale = new Intl.Locale(`und-${region}`) as Intl.Locale & {
    getTimeZones?(): string[] | undefined;
  };
  return locale.getTimeZones?.() ?? [];
}

/** What is wrong with a part of it; null: nothing. */
export function faultOfPlace(key: keyof Place, text: string): string | null {
  const fields = { timezone: Timezone, currency: Currency, locale: LocaleCode };
  const read = fields[key].safeParse(text);
  if (read.success) return null;
  return key === 'locale'
    ? `Use one of ${locales.join(', ')}.`
    : (read.error.issues[0]?.message ?? 'Not valid.');
}

/** What the flags say, and the guess for the rest. Throws `config` for what cannot be used. */
export function choosePlace(flags: Partial<Record<keyof Place, string>>, guess: Place): Place {
  const chosen = { ...guess };
  for (const key of ['timezone', 'currency', 'locale'] as const) {
    const text = flags[key];
    if (text === undefined) continue;
    const fault = faultOfPlace(key, text);
    if (fault !== null) throw new KindError('config', `--${key}: ${fault}`);
    Object.assign(chosen, { [key]: text });
  }
  return chosen;
}

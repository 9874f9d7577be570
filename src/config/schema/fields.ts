import { z } from 'zod';
import { secondsFromDecimalText } from '../../domain/duration.ts';
import { isKindError } from '../../domain/errors.ts';
import { locales } from '../../domain/format.ts';
import { nearest } from '../nearest.ts';

/**
 * Field types of the config file. Numbers arrive as the text in the file (yaml-tree.ts); `numeric`
 * tells the JSON Schema that a bare number is allowed.
 */
const NumberText = z.string().meta({ numeric: true });

/** A text that `read` can parse; it throws an Error whose message says how to fix it. */
function understood<T>(read: (text: string) => T, text = z.string()) {
  return text.transform((written, context) => {
    try {
      return read(written);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  });
}

const timesOfUnit = { h: 3600, m: 60, s: 1 } as const;

/** `15m`, `1h`, `1h30m`, `90s`, `0`: whole seconds. */
export const Duration = understood((text) => {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d{1,6})([hms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new Error(`"${text}" is not a valid duration; write, for example, 15m, 1h30m or 0`);
  }
  return parts.reduce((sum, [, count, unit]) => {
    return sum + Number(count) * timesOfUnit[unit as keyof typeof timesOfUnit];
  }, 0);
}, NumberText);

/** At most 12 hours. */
export const ShortDuration = Duration.refine(
  (seconds) => seconds <= 12 * 3600,
  'longer than 12 hours; use at most 12h',
);

/** Hours as a decimal that comes to whole seconds. */
export function hours(least: 'above zero' | 'zero or more') {
  return understood((text) => {
    if (!/^\d+(\.\d+)?$/.test(text)) {
      throw new Error(`"${text}" is not a number of hours; write, for example, 10 or 6.5`);
    }
    const seconds = wholeSeconds(text);
    if (seconds === 0 && least === 'above zero') {
      throw new Error('hours must be above 0; write, for example, 10 or 6.5');
    }
    return seconds;
  }, NumberText);
}

function wholeSeconds(text: string): number {
  try {
    return secondsFromDecimalText(text, 'hours');
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    if (Number(text) >= 1e6) throw new Error(`${text} hours is too large; the maximum is 1000000`);
    throw new Error(`${text} hours is not a whole number of seconds; use at most two decimals`);
  }
}

/** An amount for one hour, kept as text until its currency is known. */
export const Rate = understood((text) => {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  throw new Error(
    `"${text}" is not a valid amount; write a number such as 120.00, without a currency`,
  );
}, NumberText);

/** `1.25`, in thousandths. */
export const Factor = understood((text) => {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  const thousandths = Number(whole + fraction.padEnd(3, '0'));
  if (whole !== '' && thousandths > 0) return thousandths;
  throw new Error(
    `"${text}" is not a valid factor; use a number above 0 with at most 3 decimals, such as 1.5`,
  );
}, NumberText);

/** `12 months`, `1 month`, or just the number. */
export const Months = understood((text) => {
  const count = Number(/^(\d{1,3})(?: months?)?$/.exec(text)?.[1] ?? 0);
  if (count >= 1) return count;
  throw new Error(`"${text}" is not a number of months; write, for example, 12 months`);
}, NumberText);

export const Priority = understood((text) => {
  if (/^-?\d{1,6}$/.test(text)) return Number(text);
  throw new Error(
    `"${text}" is not a whole number; lower numbers are used first, the default is 0`,
  );
}, NumberText);

/** A whole number of something countable, within limits. */
export function whole(what: string, least: number, most: number) {
  return understood((text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= least && count <= most) return count;
    throw new Error(`"${text}" is not a whole number of ${what}; use one from ${least} to ${most}`);
  }, NumberText);
}

/** A client's ID at the vendor. */
export const SourceIdText = z.string().min(1).meta({ numeric: true });

/** A name that people read, such as a client's or a board's. */
export const NameText = z.string().trim().min(1);

/** A name that the admin gives to an entry of the file and refers to elsewhere. */
export const EntryName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
    'this is not a valid name; use letters, digits, - and _, at most 40',
  );

export const Day = understood((text) => {
  if (isDay(text)) return text;
  throw new Error(`"${text}" is not a valid date; write it as 2026-09-01`);
});

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const atMs = Date.parse(text);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

export const Timezone = understood((text) => {
  if (isTimezone(text)) return text;
  const near = nearest(text, Intl.supportedValuesOf('timeZone')) ?? 'Europe/Paris';
  throw new Error(`"${text}" is not a valid time zone; use an IANA name such as ${near}`);
});

/** Each client may name its own, of a few in all. */
const checkedZones = new Map<string, boolean>();

function isTimezone(text: string): boolean {
  const known = checkedZones.get(text) ?? isSpelledZone(text);
  checkedZones.set(text, known);
  return known;
}

function isSpelledZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const Currency = understood((text) => {
  if (isCurrency(text)) return text;
  const near = nearest(text, Intl.supportedValuesOf('currency')) ?? 'EUR';
  throw new Error(`"${text}" is not an ISO 4217 currency; use a code such as ${near}`);
});

let currencies: ReadonlySet<string> | undefined;

export function isCurrency(text: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(text);
}

export const LocaleCode = z.enum(locales);

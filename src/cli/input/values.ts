import { Temporal } from 'temporal-polyfill';
import { secondsFromDecimalText } from '../../domain/duration.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { amountFromText } from '../../domain/money.ts';
import type { DateText } from '../../domain/time.ts';

/** Hours as typed on the command line: `1.5`, `+2`, `-0.25`. Throws `config` on anything else. */
export function readHours(text: string, option = '--hours'): number {
  return asTyped(option, 'Write hours with a dot, for example 1.5 or -0.25.', () =>
    secondsFromDecimalText(text, 'hours'),
  );
}

/** A price or the size of a money block, in minor units. */
export function readAmount(option: string, text: string, currency: string): number {
  const minor = readChange(option, text, currency);
  if (minor < 0) throw new KindError('config', `${option}: an amount cannot be negative.`);
  return minor;
}

/** An amount that may be negative, in minor units. */
export function readChange(option: string, text: string, currency: string): number {
  return asTyped(option, 'Write an amount without its currency, for example 120.00.', () =>
    amountFromText(text, currency),
  );
}

export function readDate(option: string, text: string): DateText {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text).toString();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new KindError('config', `${option}: "${text}" is not a date.`, {
    fix: 'Write the date as 2026-03-31.',
  });
}

/**
 * The first and the last month of a report, as typed; null: not named. `last`: the one that counts where
 * none is named.
 */
export function readMonths(
  { from, to }: { from?: string; to?: string },
  last?: string,
): { from: string | null; to: string | null } {
  const months = { from: readMonth('--from', from), to: readMonth('--to', to) };
  const end = months.to ?? last ?? null;
  if (months.from === null || end === null || months.from <= end) return months;
  throw new KindError('config', `${months.from} is after ${end}.`, {
    fix: 'Choose a first month that is not after the last one: --from and --to.',
  });
}

function readMonth(option: string, text: string | undefined): string | null {
  if (text === undefined || /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return text ?? null;
  throw new KindError('config', `${option}: "${text}" is not a month.`, {
    fix: 'Write the month as 2026-03.',
  });
}

export function readWhole(option: string, text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new KindError('config', `${option}: "${text}" is not a whole number.`);
}

/** Why a balance was changed by hand. It is kept permanently, so it must not be empty. */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason !== '') return reason;
  throw new KindError('config', '--reason: give a reason; it is kept in the ledger.');
}

/** A bad value on the command line is a usage error, not a bad vendor row. */
function asTyped<Value>(option: string, fix: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    throw new KindError('config', `${option}: ${error.message}`, { fix, cause: error });
  }
}

import { Temporal } from 'temporal-polyfill';
import { secondsFromDecimalText } from '../../domain/duration.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { amountFromText } from '../../domain/money.ts';
import type { DateText } from '../../domain/time.ts';

/** Hours that a person typed: `1.5`, `+2`, `-0.25`. Throws `config` on anything else. */
export function readHours(text: string): number {
  return asTyped('--hours', 'Write hours with a dot, for example 1.5 or -0.25.', () =>
    secondsFromDecimalText(text, 'hours'),
  );
}

/** A price or the size of a block of money, in minor units. */
export function readAmount(option: string, text: string, currency: string): number {
  const minor = readChange(option, text, currency);
  if (minor < 0) throw new KindError('config', `${option}: an amount is not below zero.`);
  return minor;
}

/** An amount that may be below zero, in minor units. */
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
  throw new KindError('config', `${option}: "${text}" is not a day.`, {
    fix: 'Write the day as 2026-03-31.',
  });
}

export function readWhole(option: string, text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new KindError('config', `${option}: "${text}" is not a whole number.`);
}

/** Why a person changed a balance: kept for ever, so it must say something. */
export function readReason(text: string): string {
  const reason = text.trim();
  if (reason !== '') return reason;
  throw new KindError('config', '--reason: say why, it stays in the record.');
}

/** A typed value is no vendor's row: what is wrong with it is the command's fault, not theirs. */
function asTyped<Value>(option: string, fix: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    throw new KindError('config', `${option}: ${error.message}`, { fix, cause: error });
  }
}

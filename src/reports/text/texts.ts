import { type Format, type FormatOptions, formatIn, languageOf } from '../../domain/format.ts';
import type { Reason } from '../../domain/ledger/ledger.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

/** All texts of the reports in one language; what they format is passed to them. */
export type Words = typeof en;

/** The words, and the form of dates, numbers and money, of one reader. */
export type Texts = Words & Format;

/** Overage paid by a block is distinguished from work and corrections. */
export type MovementReason = Reason | 'overage-paid';

const words = { en, fr };

export function textsIn(reader: FormatOptions): Texts {
  return { ...formatIn(reader), ...words[languageOf(reader.locale)] };
}

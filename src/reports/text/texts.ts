import { type FormatOptions, formatIn, languageOf } from '../../domain/format.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Texts } from './shape.ts';

const words = { en, fr };

export function textsIn(reader: FormatOptions): Texts {
  return { ...formatIn(reader), ...words[languageOf(reader.locale)] };
}

import type { Locale } from '../../domain/agreements/terms.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import type { Texts } from './shape.ts';

export function textsIn(locale: Locale): Texts {
  return locale === 'fr' ? fr : en;
}

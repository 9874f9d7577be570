import { type Locale, languageOf } from '../../domain/format.ts';
import { pageEn } from './page-en.ts';
import { pageFr } from './page-fr.ts';

export type PageWords = typeof pageEn;

export function pageWordsIn(locale: Locale): PageWords {
  return languageOf(locale) === 'fr' ? pageFr : pageEn;
}

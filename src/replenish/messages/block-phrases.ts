import type { Offer } from '../../domain/agreements/terms.ts';
import { type Format, languageOf } from '../../domain/format.ts';
import { ofKind } from './phrases.ts';

/** One block as an invoice line names it, and the whole sale in a sentence. */
export function blockPhrases(
  { workTypes, amountMinor }: Pick<Offer, 'workTypes' | 'amountMinor'>,
  size: string,
  quantity: number,
  format: Format,
): { label: string; what: string } {
  const words = amountMinor === null ? blocks : credits;
  const { label, one, many } = words[languageOf(format.locale)];
  return {
    label: ofKind(label(size), workTypes),
    what: ofKind(quantity === 1 ? one(size) : many(quantity, size), workTypes),
  };
}

/** `12 months`. */
export function monthsPhrase(months: number, { locale }: Format): string {
  if (languageOf(locale) === 'fr') return `${months} mois`;
  return months === 1 ? '1 month' : `${months} months`;
}

const blocks = {
  en: {
    label: (size: string) => `${size} support block`,
    one: (size: string) => `a support block of ${size}`,
    many: (quantity: number, size: string) => `${quantity} support blocks of ${size}`,
  },
  fr: {
    label: (size: string) => `Forfait d’assistance de ${size}`,
    one: (size: string) => `un forfait d’assistance de ${size}`,
    many: (quantity: number, size: string) => `${quantity} forfaits d’assistance de ${size}`,
  },
};

const credits = {
  en: {
    label: (size: string) => `${size} support credit`,
    one: (size: string) => `a support credit of ${size}`,
    many: (quantity: number, size: string) => `${quantity} support credits of ${size}`,
  },
  fr: {
    label: (size: string) => `Crédit d’assistance de ${size}`,
    one: (size: string) => `un crédit d’assistance de ${size}`,
    many: (quantity: number, size: string) => `${quantity} crédits d’assistance de ${size}`,
  },
};

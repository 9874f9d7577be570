import { type Locale, languageOf } from '../../domain/format.ts';
import type { MovementKind } from '../../domain/revenue/movements.ts';

/** What the report says to the MSP's owner and accountant. */
const en = {
  title: 'Prepaid hours: revenue',
  deferredAt: (date: string) => `deferred at the end of ${date}`,
  retained: 'Clients retained',
  retainedOf: (retained: number, active: number) =>
    `of clients retained (${retained} of ${active})`,
  rollForward: 'Roll-forward of deferred revenue',
  byClient: 'By client',
  month: 'Month',
  client: 'Client',
  total: 'Total',
  opening: 'Opening',
  closing: 'Closing',
  hoursLeft: 'Hours left',
  kinds: {
    sold: 'Sold',
    takenOver: 'Taken over',
    earned: 'Earned',
    breakage: 'Expired',
    refunded: 'Refunded',
    reversed: 'Reversed',
    adjusted: 'Adjusted',
    rolledOver: 'Rolled over',
  } satisfies Record<MovementKind, string>,
  retention: 'Retention and recharge',
  figure: 'Figure',
  purchases: 'Purchases by client',
  bought: 'Blocks bought',
  daysBetween: 'Days between',
  stayed: 'Retained',
  yes: 'yes',
  no: 'no',
  isNew: 'new',
  figures: {
    daysBetween: 'From one purchase to the next (median)',
    lowToOrdered: 'From the alert to the order (median)',
    lowToPaid: 'From the alert to the payment (median)',
    moneyRetained: (currency: string) => `Money retained, ${currency}`,
  },
  days: (count: number) => (count === 1 ? '1 day' : `${count} days`),
  percent: (count: number) => `${count}%`,
  /** While the last month is not over. */
  running: (month: string) => `${month} is not over: its figures will change.`,
  notes: [
    'Deferred revenue is what is left in the blocks, at the price they were sold for. Opening plus sold and taken over, less earned, expired, refunded and reversed, plus adjusted and rolled over, is closing, to the cent.',
    'A month has what was posted in it; a later correction is in its own month. Taken over: sold before go-live. Amounts are before tax.',
    'Retained: clients that held hours at the start or bought in the equally long period before, and still hold some at the end or bought in the period.',
  ],
  narration: (month: string, currency: string) => `Prepaid hours, ${month}, ${currency}`,
};

export type RevenueWords = typeof en;

const fr: RevenueWords = {
  title: 'Heures prépayées\u00a0: chiffre d’affaires',
  deferredAt: (date) => `de produits constatés d’avance, fin ${date}`,
  retained: 'Clients fidèles',
  retainedOf: (retained, active) => `de clients fidèles (${retained} sur ${active})`,
  rollForward: 'Évolution des produits constatés d’avance',
  byClient: 'Par client',
  month: 'Mois',
  client: 'Client',
  total: 'Total',
  opening: 'Ouverture',
  closing: 'Clôture',
  hoursLeft: 'Heures restantes',
  kinds: {
    sold: 'Vendu',
    takenOver: 'Repris',
    earned: 'Consommé',
    breakage: 'Expiré',
    refunded: 'Remboursé',
    reversed: 'Annulé',
    adjusted: 'Ajusté',
    rolledOver: 'Reporté',
  },
  retention: 'Fidélité et recharge',
  figure: 'Indicateur',
  purchases: 'Achats par client',
  bought: 'Forfaits achetés',
  daysBetween: 'Jours entre achats',
  stayed: 'Fidèle',
  yes: 'oui',
  no: 'non',
  isNew: 'nouveau',
  figures: {
    daysBetween: 'D’un achat au suivant (médiane)',
    lowToOrdered: 'De l’alerte à la commande (médiane)',
    lowToPaid: 'De l’alerte au paiement (médiane)',
    moneyRetained: (currency) => `Montant conservé, ${currency}`,
  },
  days: (count) => (count <= 1 ? `${count} jour` : `${count} jours`),
  percent: (count) => `${count}\u00a0%`,
  running: (month) =>
    `Le mois en cours (${month}) n’est pas terminé\u00a0: ses chiffres vont changer.`,
  notes: [
    'Les produits constatés d’avance sont ce qui reste dans les forfaits, au prix auquel ils ont été vendus. Ouverture plus vendu et repris, moins consommé, expiré, remboursé et annulé, plus ajusté et reporté\u00a0: clôture, au centime près.',
    'Un mois contient ce qui y a été enregistré\u00a0; une correction ultérieure figure dans son propre mois. Repris\u00a0: vendu avant la mise en service. Montants hors taxes.',
    'Fidèles\u00a0: clients qui avaient des heures au début ou avaient acheté pendant la période précédente de même durée, et qui en ont encore à la fin ou ont acheté pendant la période.',
  ],
  narration: (month, currency) => `Heures prépayées, ${month}, ${currency}`,
};

export function revenueWordsIn(locale: Locale): RevenueWords {
  return { en, fr }[languageOf(locale)];
}

import { type Locale, languageOf } from '../../domain/format.ts';

/** What the draft proposal of a flat price says to the client. */
const en = {
  title: 'A fixed monthly price for your IT support',
  greeting: 'Hello,',
  looked: (months: string, from: string, to: string) =>
    `Thank you for working with us. We looked at the support that you used in ${months}, from ${from} to ${to}.`,
  used: (total: string, least: string, most: string) =>
    `It came to ${total}: between ${least} and ${most} a month.`,
  cost: (total: string, month: string) =>
    `At the prices of your prepaid blocks, these hours come to ${total}, or ${month} in an average month.`,
  regular: 'Your need is regular, so a fixed price may suit you better.',
  perMonth: 'a month',
  included: (hours: string) => `with ${hours} included each month`,
  everything: 'for the support that your agreement covers today',
  headings: { before: 'From blocks', after: 'Fixed price' },
  rows: {
    total: (count: number) => (count === 1 ? 'The month' : `All ${count} months`),
    least: 'Lowest month',
    most: 'Highest month',
  },
  /** Below zero: the flat price costs more. */
  difference: (saving: string | null, more: string | null) =>
    saving !== null
      ? `Over these months, the fixed price would have saved you ${saving}.`
      : more !== null
        ? `Over these months, the fixed price would have come to ${more} more.`
        : 'Over these months, both would have cost the same.',
  calm: 'There would be no block to reorder and no balance to watch.',
  beyond: (hours: string, rate: string) =>
    `Time beyond ${hours} in a month would be invoiced at ${rate} an hour.`,
  nextTitle: 'Next step',
  next: 'If this sounds right, tell us from which month you would like to start. We will send you the agreement, and discuss with you what happens to the hours left in your blocks. If not, everything stays as it is.',
  call: (sender: string, contact: string) =>
    `${sender} is happy to answer your questions: ${contact}`,
  source: (calculated: string | null) =>
    calculated === null
      ? 'Source: the time recorded on your tickets, as on your monthly statements.'
      : `Source: the time recorded on your tickets; for the months before ${calculated}, calculated by the same rules as on your statements.`,
  tax: 'Prices before tax. This proposal is a basis for our discussion.',
};

type ProposalWords = typeof en;

const fr: ProposalWords = {
  title: 'Un prix mensuel fixe pour votre assistance informatique',
  greeting: 'Bonjour,',
  looked: (months, from, to) =>
    `Merci de votre confiance. Nous avons examiné l’assistance que vous avez utilisée pendant ${months}, de ${from} à ${to}.`,
  used: (total, least, most) =>
    `Elle représente ${total}\u00a0: entre ${least} et ${most} par mois.`,
  cost: (total, month) =>
    `Au prix de vos forfaits prépayés, ces heures reviennent à ${total}, soit ${month} pour un mois moyen.`,
  regular: 'Vos besoins sont réguliers\u00a0: un prix fixe vous conviendrait peut-être mieux.',
  perMonth: 'par mois',
  included: (hours) => `avec ${hours} incluses chaque mois`,
  everything: 'pour l’assistance que couvre votre contrat actuel',
  headings: { before: 'En forfaits', after: 'Prix fixe' },
  rows: {
    total: (count) => (count === 1 ? 'Le mois' : `Les ${count} mois`),
    least: 'Mois le plus bas',
    most: 'Mois le plus élevé',
  },
  difference: (saving, more) =>
    saving !== null
      ? `Sur ces mois, le prix fixe vous aurait fait économiser ${saving}.`
      : more !== null
        ? `Sur ces mois, le prix fixe aurait représenté ${more} de plus.`
        : 'Sur ces mois, les deux auraient coûté autant.',
  calm: 'Vous n’auriez plus de forfait à racheter ni de solde à surveiller.',
  beyond: (hours, rate) =>
    `Le temps au-delà de ${hours} dans un mois serait facturé ${rate} de l’heure.`,
  nextTitle: 'Et ensuite',
  next: 'Si cette formule vous convient, dites-nous à partir de quel mois vous souhaitez commencer. Nous vous enverrons le contrat et verrons ensemble ce que deviennent les heures restantes de vos forfaits. Sinon, rien ne change.',
  call: (sender, contact) => `${sender} répond volontiers à toutes vos questions\u00a0: ${contact}`,
  source: (calculated) =>
    calculated === null
      ? 'Source\u00a0: le temps saisi sur vos tickets, tel qu’il figure sur vos relevés mensuels.'
      : `Source\u00a0: le temps saisi sur vos tickets\u00a0; pour les mois antérieurs au ${calculated}, calculé selon les mêmes règles que vos relevés.`,
  tax: 'Prix hors taxes. Cette proposition sert de base à notre échange.',
};

export function proposalWordsIn(locale: Locale): ProposalWords {
  return { en, fr }[languageOf(locale)];
}

/** `6 months`, `6 mois`. */
export function monthCount(count: number, locale: Locale): string {
  if (languageOf(locale) === 'fr') return `${count}\u00a0mois`;
  return count === 1 ? '1 month' : `${count} months`;
}

import { type Locale, languageOf } from '../../domain/format.ts';

/** What the comparison with a flat agreement says to the MSP. */
const en = {
  title: 'Would a flat agreement be better?',
  subtitle: (date: string) => `The last complete months, at most twelve; as of ${date}`,
  columns: {
    client: 'Client',
    months: 'Months',
    median: 'Median',
    half: 'Middle half',
    afterHours: 'After hours',
    reactive: 'Reactive',
    now: 'A month now',
    verdict: 'Verdict',
    month: 'Month',
    used: 'Used',
    worked: 'Worked',
    cost: 'From blocks',
    price: 'Flat, a month',
    flat: 'Flat',
    perHour: 'Per hour worked',
    margin: 'Margin',
    bestClient: 'Best for the client',
    bestMsp: 'Best for you',
    even: 'Break-even',
  },
  verdicts: {
    candidate: 'candidate',
    'few-months': 'fewer than 6 months',
    irregular: 'months without work',
    'wide-spread': 'wide spread',
    'no-rate': 'no rate known',
  },
  origins: {
    given: '',
    median: 'median month',
    mean: 'average month',
    'upper-quartile': 'upper quartile',
  },
  byMonth: 'By month',
  atPrice: 'All months at a flat price',
  range: (from: string, to: string) => `${from} to ${to}`,
  included: (hours: string) => `${hours} included`,
  calculated: (count: number) =>
    `${count === 1 ? 'One month is' : `${count} months are`} calculated from the PSA’s time by today’s agreement, as they are before the first day that is debited.`,
  notes: [
    'Used: hours as charged, with rounding and multipliers. From blocks: at the price of the block that paid, else of the block in use, else of the first offer. Before tax.',
    'Candidate: at least 6 months, work in each of them, and a middle half (lower to upper quartile) no wider than half the median.',
    'Break-even: the hours a month, and the flat price, at which both cost the same. Hours beyond those included cost the average price of an hour today.',
  ],
  moreOf: 'Months and prices: name a client, or write a page with --out bridge.html.',
};

export type BridgeWords = typeof en;

const fr: BridgeWords = {
  title: 'Un contrat à prix fixe serait-il préférable\u00a0?',
  subtitle: (date) => `Les derniers mois complets, douze au plus\u00a0; au ${date}`,
  columns: {
    client: 'Client',
    months: 'Mois',
    median: 'Médiane',
    half: 'Moitié centrale',
    afterHours: 'Hors horaires',
    reactive: 'Réactif',
    now: 'Par mois, actuel',
    verdict: 'Avis',
    month: 'Mois',
    used: 'Consommé',
    worked: 'Travaillé',
    cost: 'En forfaits',
    price: 'Prix fixe mensuel',
    flat: 'Prix fixe',
    perHour: 'Par heure travaillée',
    margin: 'Marge',
    bestClient: 'Le mieux pour le client',
    bestMsp: 'Le mieux pour vous',
    even: 'Seuil',
  },
  verdicts: {
    candidate: 'candidat',
    'few-months': 'moins de 6 mois',
    irregular: 'des mois sans travail',
    'wide-spread': 'trop variable',
    'no-rate': 'aucun tarif connu',
  },
  origins: {
    given: '',
    median: 'mois médian',
    mean: 'mois moyen',
    'upper-quartile': 'quartile supérieur',
  },
  byMonth: 'Par mois',
  atPrice: 'Tous les mois à prix fixe',
  range: (from, to) => `${from} à ${to}`,
  included: (hours) => `${hours} incluses`,
  calculated: (count) =>
    `${count === 1 ? 'Un mois est calculé' : `${count} mois sont calculés`} d’après le temps du PSA et le contrat actuel, car antérieur${count === 1 ? '' : 's'} au premier jour décompté.`,
  notes: [
    'Consommé\u00a0: heures décomptées, arrondis et majorations compris. En forfaits\u00a0: au prix du forfait qui a payé, à défaut du forfait en cours, à défaut de la première offre. Hors taxes.',
    'Candidat\u00a0: au moins 6 mois, du travail chaque mois, et une moitié centrale (entre les quartiles) qui ne dépasse pas la moitié de la médiane.',
    'Seuil\u00a0: les heures par mois, et le prix fixe, auxquels les deux coûtent autant. Les heures au-delà de celles incluses coûtent le prix moyen d’une heure aujourd’hui.',
  ],
  moreOf: 'Mois et prix\u00a0: nommez un client, ou écrivez une page avec --out bridge.html.',
};

export function bridgeWordsIn(locale: Locale): BridgeWords {
  return { en, fr }[languageOf(locale)];
}

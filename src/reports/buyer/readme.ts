import { type Language, type Locale, languageOf } from '../../domain/format.ts';
import type { RevenuePeriod } from '../../domain/revenue/account.ts';

interface Readme {
  title: string;
  period(from: string, to: string): string;
  intro: string;
  files: [name: string, text: string][];
  verify: string[];
  terms: string[];
  anonymous: string[];
}

const texts: Record<Language, Readme> = {
  en: {
    title: 'Prepaid hours: file for the buyer',
    period: (from, to) =>
      `Revenue from ${from} to ${to}; the ledger from its first entry to the end of ${to}.`,
    intro: 'Amounts named _minor are in the smallest unit of their currency; seconds are exact.',
    files: [
      [
        'revenue.csv, revenue.json',
        'per month, currency and client: opening, movements, closing; rows without a client are totals',
      ],
      ['roll-forward.csv', 'the same per month and currency: how the liability moved'],
      ['retention.csv', 'clients that stayed and bought again, and how fast they order and pay'],
      ['blocks.csv', 'every block sold: size, price, invoice, and what is left of it at the end'],
      ['ledger.csv', 'every entry ever posted, each with a hash over itself and the entry before'],
      ['charges.csv', 'the work behind each charge: ticket, technician, day, seconds'],
      ['clients.csv', 'names, and the time zones whose calendar decides the month'],
      ['manifest.json', 'the SHA-256 of each file, and one over all of them'],
    ],
    verify: [
      'To verify, offline and without the seller:',
      '  1. sha256sum all files but manifest.json, sorted by name; the SHA-256 of that list must be the one in the contract:',
      "     find . -type f ! -name manifest.json -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum",
      '  2. prepaid-hours verify --export FOLDER recomputes these hashes, the chain of every client, what is left of every',
      '     block, and every figure of revenue; it says OK or names the first line that disagrees.',
      'A hash of an entry is the SHA-256 of the hash before (64 zeros at first) followed by a JSON array of: client_id,',
      'client_seq, key, side, reason, block_id, seconds, minor, used_by, charge_id, reverses, worked_on, note, posted_at,',
      'run_id; empty cells are null, and numbers are numbers.',
    ],
    terms: [
      'The money of an entry is the value of its block after it minus the value before it; a block is worth its invoice,',
      'in proportion to what is left. Opening + sold + taken over - earned - breakage - refunded - reversed + adjusted +',
      'rolled over = closing. Taken over: sold before go-live. Breakage: expired. A reversal is in its own month.',
    ],
    anonymous: [
      'Technicians are numbered instead of named, in the order of their first charge, and notes that people wrote are taken',
      'out (the word removed). The hash of such an entry covers its note, so it cannot be recomputed from this file; the',
      'hash itself is here, and the next entry covers it. verify counts these entries.',
    ],
  },
  fr: {
    title: 'Heures prépayées : dossier pour l’acquéreur',
    period: (from, to) =>
      `Chiffre d’affaires de ${from} à ${to} ; le grand livre de sa première écriture à la fin de ${to}.`,
    intro:
      'Les montants nommés _minor sont dans la plus petite unité de leur devise ; les secondes sont exactes.',
    files: [
      [
        'revenue.csv, revenue.json',
        'par mois, devise et client : ouverture, mouvements, clôture ; les lignes sans client sont des totaux',
      ],
      [
        'roll-forward.csv',
        'de même par mois et devise : l’évolution de la dette envers les clients',
      ],
      [
        'retention.csv',
        'les clients restés et leurs rachats, et en combien de temps ils commandent et paient',
      ],
      ['blocks.csv', 'chaque forfait vendu : taille, prix, facture, et ce qui en reste à la fin'],
      [
        'ledger.csv',
        'toutes les écritures, chacune avec une empreinte d’elle-même et de la précédente',
      ],
      ['charges.csv', 'le travail derrière chaque décompte : ticket, technicien, jour, secondes'],
      ['clients.csv', 'les noms, et les fuseaux horaires dont le calendrier décide du mois'],
      ['manifest.json', 'le SHA-256 de chaque fichier, et un seul pour tous'],
    ],
    verify: [
      'Pour vérifier, hors ligne et sans le vendeur :',
      '  1. sha256sum de tous les fichiers sauf manifest.json, triés par nom ; le SHA-256 de cette liste doit être celui du contrat :',
      "     find . -type f ! -name manifest.json -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum",
      '  2. prepaid-hours verify --export DOSSIER recalcule ces empreintes, la chaîne de chaque client, ce qui reste de chaque',
      '     forfait et chaque chiffre ; il dit OK ou nomme la première ligne en désaccord.',
      'L’empreinte d’une écriture est le SHA-256 de l’empreinte précédente (64 zéros au début) suivie d’un tableau JSON :',
      'client_id, client_seq, key, side, reason, block_id, seconds, minor, used_by, charge_id, reverses, worked_on, note,',
      'posted_at, run_id ; une cellule vide est null, et les nombres sont des nombres.',
    ],
    terms: [
      'Le montant d’une écriture est la valeur de son forfait après elle moins la valeur avant elle ; un forfait vaut sa',
      'facture, en proportion de ce qui en reste. Ouverture + sold + taken_over - earned - breakage - refunded - reversed +',
      'adjusted + rolled_over = clôture. taken_over : vendu avant la mise en service. breakage : expiré. Une annulation est',
      'dans son propre mois.',
    ],
    anonymous: [
      'Les techniciens sont numérotés dans l’ordre de leur premier décompte, et les notes écrites à la main sont retirées (le',
      'mot removed). L’empreinte d’une telle écriture couvre sa note et ne peut être recalculée depuis ce dossier ; elle y',
      'figure, et l’écriture suivante la couvre. verify compte ces écritures.',
    ],
  },
};

/** What each file is, and how to verify it without the seller. */
export function spellReadme(locale: Locale, period: RevenuePeriod, isAnonymous: boolean): string {
  const text = texts[languageOf(locale)];
  const files = text.files.map(([name, meaning]) => `  ${name.padEnd(26)} ${meaning}`);
  const parts = [
    [text.title, text.period(period.from, period.to), text.intro],
    files,
    text.verify,
    text.terms,
    ...(isAnonymous ? [text.anonymous] : []),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

import { type Language, type Locale, languageOf } from '../../domain/format.ts';

/** What the report of unbilled work says to the MSP. Reasons by their code. */
export interface LeaksWords {
  title: string;
  asOf(date: string): string;
  period(from: string, to: string): string;
  observed: string;
  notBilled: string;
  addedByTerms: string;
  toCheck: string;
  byReason: string;
  byMonth: string;
  columns: Record<
    | 'client'
    | 'reason'
    | 'tickets'
    | 'hours'
    | 'amount'
    | 'month'
    | 'ticket'
    | 'explain'
    | 'rate'
    | 'worked'
    | 'charged'
    | 'free'
    | 'open'
    | 'setAside',
    string
  >;
  sections: Record<string, string>;
  reasons: Record<string, string>;
  rates: Record<string, string>;
  withoutTicket: string;
  noPrice: string;
  total: string;
  withoutClient: string;
  nothing: string;
  paidOn(date: string): string;
  expiredOn(date: string): string;
  notBefore(clients: string[], date: string | null): string;
  uncompared(hours: string): string;
  notes: string[];
  moreOf: string;
}

const words: Record<Language, LeaksWords> = {
  en: {
    title: 'Work that was not billed',
    asOf: (date) => `As of ${date}`,
    period: (from, to) => (from === to ? `Work of ${from}` : `Work from ${from} to ${to}`),
    observed: 'Observe mode: nothing was sent; this is what would have been billed or credited.',
    notBilled: 'not billed',
    addedByTerms: 'charged beyond the PSA’s billable time',
    toCheck: 'charged, to be checked',
    byReason: 'By reason',
    byMonth: 'All work by month',
    columns: {
      client: 'Client',
      reason: 'Reason',
      tickets: 'Rows',
      hours: 'Hours',
      amount: 'Amount',
      month: 'Month',
      ticket: 'Ticket',
      explain: 'Explain',
      rate: 'Rate',
      worked: 'Worked',
      charged: 'Charged',
      free: 'Free',
      open: 'Open',
      setAside: 'Set aside',
    },
    sections: {
      unbilled: 'Not billed',
      added: 'Charged beyond the PSA’s billable time',
      'paid-later': 'Paid by a later block: no leak',
      over: 'Charged: is it right?',
    },
    reasons: {
      'client-unmapped': 'client not in the config',
      'without-client': 'ticket or entry without a client',
      'ticket-unseen': 'ticket never read',
      'double-count': 'logged in two systems',
      quarantined: 'quarantined row',
      'held-without-ticket': 'held: no ticket',
      'no-hours': 'held: no hours left',
      'outside-dates': 'outside the agreement’s dates',
      'expired-open': 'still open; its hours expired',
      'free-not-billable': 'free: not billable in the PSA',
      'free-technician': 'free: technician excluded',
      'free-role': 'free: role not covered',
      'free-excluded': 'free: work type excluded',
      'free-unlisted': 'free: work type not listed',
      'after-expiry': 'after the last block had expired',
      overage: 'beyond the blocks',
      multiplier: 'multiplier',
      minimum: 'minimum time',
      rounding: 'rounding',
      'psa-shorter': 'PSA bills less than was worked',
      'paid-later': 'overage, paid later',
      'charged-deleted': 'deleted in the PSA',
      'charged-missing-there': 'not found by reconcile',
      'charged-not-billable': 'not billable in the PSA',
      'charged-outside-dates': 'outside the agreement’s dates',
      'charged-twice': 'entered twice',
      'charged-unlisted': 'work type not listed, charged by default',
      'native-block': 'the PSA’s own block disagrees',
    },
    rates: {
      block: 'block in use',
      rates: 'agreement’s rates',
      overage: 'overage rate',
      offer: 'first offer',
      'last-block': 'last block',
    },
    withoutTicket: 'no ticket',
    noPrice: 'no rate',
    total: 'Total',
    withoutClient: 'Without a client',
    nothing: 'Nothing leaked.',
    paidOn: (date) => `paid on ${date}`,
    expiredOn: (date) => `block expired on ${date}`,
    notBefore: (clients, date) =>
      `No past blocks (pastBlocks) are given for ${named(clients, 'clients')}: work before ${date ?? 'their first day'} is not reported.`,
    uncompared: (hours) =>
      `${hours} charged could not be compared: the PSA’s own billable time is not known.`,
    notes: [
      'Hours are priced at the rate of the block in use on the day of work, else of the agreement’s first offer, else of the last block. Free work counts as worked, without rounding or multipliers.',
      'Each second of an entry is in one row at most, under the first reason of the list that fits. Overage counts in the month of the charge’s first day.',
    ],
    moreOf: 'The tickets: name a client, or write a page with --out leaks.html.',
  },
  fr: {
    title: 'Travail non facturé',
    asOf: (date) => `Au ${date}`,
    period: (from, to) => (from === to ? `Travail de ${from}` : `Travail de ${from} à ${to}`),
    observed:
      'Mode observation\u00a0: rien n’a été envoyé\u00a0; voici ce qui aurait été facturé ou crédité.',
    notBilled: 'non facturés',
    addedByTerms: 'décomptés au-delà du temps facturable du PSA',
    toCheck: 'décomptés, à vérifier',
    byReason: 'Par motif',
    byMonth: 'Tout le travail par mois',
    columns: {
      client: 'Client',
      reason: 'Motif',
      tickets: 'Lignes',
      hours: 'Heures',
      amount: 'Montant',
      month: 'Mois',
      ticket: 'Ticket',
      explain: 'Explication',
      rate: 'Tarif',
      worked: 'Travaillé',
      charged: 'Décompté',
      free: 'Gratuit',
      open: 'En cours',
      setAside: 'Mis de côté',
    },
    sections: {
      unbilled: 'Non facturé',
      added: 'Décompté au-delà du temps facturable du PSA',
      'paid-later': 'Réglé par un forfait ultérieur\u00a0: rien n’est perdu',
      over: 'Décompté\u00a0: est-ce juste\u00a0?',
    },
    reasons: {
      'client-unmapped': 'client absent de la configuration',
      'without-client': 'ticket ou saisie sans client',
      'ticket-unseen': 'ticket jamais lu',
      'double-count': 'saisi dans deux systèmes',
      quarantined: 'ligne en quarantaine',
      'held-without-ticket': 'en attente\u00a0: sans ticket',
      'no-hours': 'en attente\u00a0: plus d’heures',
      'outside-dates': 'hors des dates du contrat',
      'expired-open': 'encore en cours, ses heures ont expiré',
      'free-not-billable': 'gratuit\u00a0: non facturable dans le PSA',
      'free-technician': 'gratuit\u00a0: technicien exclu',
      'free-role': 'gratuit\u00a0: rôle non couvert',
      'free-excluded': 'gratuit\u00a0: type de travail exclu',
      'free-unlisted': 'gratuit\u00a0: type de travail non listé',
      'after-expiry': 'après l’expiration du dernier forfait',
      overage: 'au-delà des forfaits',
      multiplier: 'majoration',
      minimum: 'durée minimale',
      rounding: 'arrondi',
      'psa-shorter': 'le PSA facture moins que le temps passé',
      'paid-later': 'dépassement, réglé plus tard',
      'charged-deleted': 'supprimé dans le PSA',
      'charged-missing-there': 'introuvable lors du rapprochement',
      'charged-not-billable': 'non facturable dans le PSA',
      'charged-outside-dates': 'hors des dates du contrat',
      'charged-twice': 'saisi deux fois',
      'charged-unlisted': 'type de travail non listé, décompté par défaut',
      'native-block': 'le forfait propre au PSA diffère',
    },
    rates: {
      block: 'forfait en cours',
      rates: 'tarifs du contrat',
      overage: 'tarif de dépassement',
      offer: 'première offre',
      'last-block': 'dernier forfait',
    },
    withoutTicket: 'sans ticket',
    noPrice: 'sans tarif',
    total: 'Total',
    withoutClient: 'Sans client',
    nothing: 'Rien n’a été perdu.',
    paidOn: (date) => `réglé le ${date}`,
    expiredOn: (date) => `forfait expiré le ${date}`,
    notBefore: (clients, date) =>
      `Sans forfaits passés (pastBlocks) pour ${named(clients, 'clients')}, le travail antérieur ${date === null ? 'à leur premier jour' : `au ${date}`} n’est pas analysé.`,
    uncompared: (hours) =>
      `${hours} décomptées sans comparaison possible\u00a0: le temps facturable propre au PSA n’est pas connu.`,
    notes: [
      'Les heures sont évaluées au tarif du forfait en cours le jour du travail, à défaut de la première offre du contrat, à défaut du dernier forfait. Le travail gratuit compte tel quel, sans arrondi ni majoration.',
      'Chaque seconde d’une saisie figure dans une ligne au plus, sous le premier motif de la liste qui convient. Un dépassement compte dans le mois du premier jour décompté.',
    ],
    moreOf: 'Les tickets\u00a0: nommez un client, ou écrivez une page avec --out leaks.html.',
  },
};

function named(clients: readonly string[], noun: string): string {
  return clients.length > 3 ? `${clients.length} ${noun}` : clients.join(', ');
}

export function leaksWordsIn(locale: Locale): LeaksWords {
  return words[languageOf(locale)];
}

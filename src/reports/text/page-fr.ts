import { spellHours } from './page-en.ts';
import type { PageWords } from './page-words.ts';

function ticketCount(count: number): string {
  return count < 2 ? `${count} ticket` : `${count} tickets`;
}

/** `d’octobre`, `de mars`. */
function ofMonth(month: string): string {
  return /^[ao]/.test(month) ? `d’${month}` : `de ${month}`;
}

export const pageFr: PageWords = {
  hours: (seconds) => spellHours(seconds, ','),
  left: (total) => (total === null ? 'restantes' : `restantes sur ${total}`),
  leftMoney: (total) => (total === null ? 'restants' : `restants sur ${total}`),
  over: 'de dépassement',
  used: 'consommées',
  leftOn: (date) => `Solde au ${date}`,
  overOn: (date) => `Consommé au-delà de vos forfaits au ${date}`,
  usedOf: (used) => `${used} consommées`,
  usedMoney: (used) => `${used} consommés`,
  burnDown: 'Solde par jour d’intervention',
  burnDownLabel: (from, to) => `Le solde au fil du mois\u00a0: ${from} au début, ${to} à la fin.`,
  belowZero: (hours) => `${hours} de dépassement`,
  balance: 'Évolution du solde',
  blockBought: 'Achat d’un forfait',
  block: (size, date) => `le forfait de ${size} du ${date}`,
  blockAt: (rate) => `un forfait à ${rate}`,
  otherBlock: 'un forfait',
  workIn: (month, tickets) => `Interventions décomptées en ${month} (${ticketCount(tickets)})`,
  workBefore: (month, tickets) =>
    `Interventions antérieures au mois ${ofMonth(month)} (${ticketCount(tickets)})`,
  seeCorrections: 'Corrections de relevés antérieurs, détaillées plus bas',
  summary: 'Répartition des heures',
  workType: 'Type de travail',
  technician: 'Technicien',
  otherWork: 'Autre travail',
  entries: (count) => (count < 2 ? `${count} intervention` : `${count} interventions`),
  freeTitle: 'Inclus, sans décompte',
  freeText: (worked) =>
    `Supervision et gestion incluses\u00a0: ${worked} de travail sans aucun décompte sur vos forfaits.`,
  takenFrom: (seconds, block) => `${seconds} sur ${block}`,
  takenBeyond: (seconds) => `${seconds} au-delà de vos forfaits`,
  ended: { expiry: 'expiré', refund: 'retiré' },
  leftNow: 'Reste',
  outlook: 'Et ensuite',
  openWork: 'Travail en cours',
  openText: 'Pas encore décompté, donc absent du solde ci-dessus.',
  wouldTake: 'Décompte prévu',
  leftAfter: (hours) => `Une fois tout décompté, il resterait ${hours}.`,
  overAfter: (hours) => `Une fois tout décompté, le dépassement serait de ${hours}.`,
  runOutTitle: 'Combien de temps encore',
  runOut: (from, to) =>
    from === to
      ? `Au rythme de vos dernières semaines, vos heures seront épuisées le ${from}.`
      : `Au rythme de vos dernières semaines, vos heures seront épuisées entre le ${from} et le ${to}.`,
  runOutFrom: (date) =>
    `Au rythme de vos dernières semaines, vos heures dureront jusqu’au ${date} ou plus longtemps.`,
  nextTitle: 'Prochain forfait',
  nextInvoice: (level, offer) =>
    `${level === null ? 'Lorsque votre solde sera bas' : level}, nous vous facturerons ${offer}.`,
  nextOffer: (offer) => `Lorsqu’il vous faudra d’autres heures, nous vous proposerons ${offer}.`,
  levelHours: (hours) => `Lorsqu’il restera ${hours} ou moins`,
  levelPercent: (percent) => `Lorsqu’il restera ${percent}\u00a0% ou moins`,
  offer: (size, rate, total) =>
    rate === null ? `un forfait de ${size}` : `un forfait de ${size} à ${total} (${rate})`,
  savingTitle: 'Un forfait plus grand',
  saving: (bought, amount, size, rate) =>
    `Les ${bought} achetées ces 12 derniers mois auraient coûté ${amount} de moins en forfaits de ${size} (${rate}).`,
  questions: 'Une question sur ce relevé\u00a0?',
  contact: (sender) => `${sender} se tient à votre disposition.`,
  postedNote: (zone) =>
    `Les dates suivent le fuseau horaire ${zone}. Une intervention figure au relevé du mois où elle a été décomptée.`,
  current: {
    title: 'Vos heures prépayées',
    updated: (date, time, zone) => `Mis à jour le ${date} à ${time.replace(':', ' h ')} (${zone})`,
    work: (month) => `Interventions ${ofMonth(month)}, les plus récentes d’abord`,
    earlierTickets: (count) => `${ticketCount(count)} avant cela`,
    earlierCorrections: (count) =>
      count < 2 ? `${count} correction antérieure` : `${count} corrections antérieures`,
    moreTickets: (count) => `${ticketCount(count)} de plus`,
    questions: 'Une question sur vos heures\u00a0?',
    bookmark:
      'Ajoutez cette page à vos favoris\u00a0: elle affiche toujours votre solde à jour. Toute personne qui en a l’adresse peut la lire\u00a0: merci de ne la partager qu’à bon escient.',
  },
  pageNumber: ['Page ', ' sur '],
};

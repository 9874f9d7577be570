import { type Locale, languageOf } from '../../domain/format.ts';

/** What the report on proactive work says to the MSP. */
const en = {
  title: 'Proactive and reactive work',
  subtitle: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
  columns: {
    client: 'Client',
    month: 'Month',
    proactive: 'Proactive',
    reactive: 'Reactive',
    emergency: 'Emergency',
    unknown: 'Unknown',
    share: 'Share',
    trend: 'Trend',
    alerts: 'Idle alerts',
    alertOn: 'Alert on',
    followedOn: 'Proactive work on',
    source: 'Source',
    connection: 'Connection',
    tickets: 'Tickets',
    hours: 'Hours',
    class: 'Class',
  },
  classes: { proactive: 'proactive', reactive: 'reactive', mixed: 'depends on the agreement' },
  total: 'Total',
  trend: (change: string) => `The share of three complete months, before and now: ${change}`,
  followed: (count: number, of: number) => `${count} of ${of}`,
  alertsCaption: 'Alerts about idle hours',
  notYet: 'none yet',
  nothing: 'No agreement says what is proactive: see `proactive` in config/guide/debits.md.',
  unknownNote:
    'Unknown: charged before `proactive` was set, so the source of its ticket was not stored. No share is shown for such months.',
  without: (count: number) =>
    `${count === 1 ? '1 client is' : `${count} clients are`} left out: the agreement has no \`proactive\`.`,
  moreOf: 'Name a client to see its months and alerts.',
  notes: [
    'Time worked for charged work, before rounding and multipliers, in the month of the statement that lists it. Emergency: reactive, outside business hours. Trend: the share of the last three complete months, after that of the three before.',
  ],
  sourcesTitle: 'Where tickets came from',
  sourcesSubtitle: (date: string) => `Tickets worked on since ${date}`,
  noSource: 'not reported',
  noSources: 'No ticket was worked on.',
  sourcesNotes: [
    'Class: by `ticketSources` alone. A ticket’s type or board, or a work type, may make its work proactive too. Sources are read with the tickets, so those last changed before an upgrade have none.',
  ],
};

export type ProactiveWords = typeof en;

const fr: ProactiveWords = {
  title: 'Travail préventif et réactif',
  subtitle: (from, to) => (from === to ? from : `De ${from} à ${to}`),
  columns: {
    client: 'Client',
    month: 'Mois',
    proactive: 'Préventif',
    reactive: 'Réactif',
    emergency: 'Urgence',
    unknown: 'Inconnu',
    share: 'Part',
    trend: 'Tendance',
    alerts: 'Alertes',
    alertOn: 'Alerte du',
    followedOn: 'Travail préventif le',
    source: 'Origine',
    connection: 'Connexion',
    tickets: 'Tickets',
    hours: 'Heures',
    class: 'Nature',
  },
  classes: { proactive: 'préventif', reactive: 'réactif', mixed: 'selon le contrat' },
  total: 'Total',
  trend: (change) => `Part sur trois mois complets, avant et maintenant\u00a0: ${change}`,
  followed: (count, of) => `${count} sur ${of}`,
  alertsCaption: 'Alertes d’heures inutilisées',
  notYet: 'aucun à ce jour',
  nothing:
    'Aucun contrat ne dit ce qui est préventif\u00a0: voir `proactive` dans config/guide/debits.md.',
  unknownNote:
    'Inconnu\u00a0: décompté avant que `proactive` soit défini, sans l’origine du ticket. Aucune part n’est indiquée pour ces mois.',
  without: (count) =>
    `${count === 1 ? '1 client n’est pas repris' : `${count} clients ne sont pas repris`}\u00a0: le contrat n’a pas de \`proactive\`.`,
  moreOf: 'Nommez un client pour voir ses mois et ses alertes.',
  notes: [
    'Temps passé sur le travail décompté, avant arrondis et coefficients, au mois du relevé qui le mentionne. Urgence\u00a0: réactif, hors heures ouvrées. Tendance\u00a0: part des trois derniers mois complets, après celle des trois précédents.',
  ],
  sourcesTitle: 'Origine des tickets',
  sourcesSubtitle: (date) => `Tickets traités depuis le ${date}`,
  noSource: 'non indiquée',
  noSources: 'Aucun ticket n’a été traité.',
  sourcesNotes: [
    'Nature\u00a0: selon `ticketSources` seulement. Le type ou la file du ticket, ou le type de travail, peuvent aussi rendre un travail préventif. L’origine est lue avec le ticket\u00a0: ceux modifiés pour la dernière fois avant une mise à jour n’en ont pas.',
  ],
};

export function proactiveWordsIn(locale: Locale): ProactiveWords {
  return { en, fr }[languageOf(locale)];
}

/** Who plays in the demo's month: an MSP in Brussels, its technicians and its clients. */

export const zone = 'Europe/Brussels';
export const holidays = 'BE';

export interface Technician {
  firstName: string;
  lastName: string;
}

export const technicians: readonly Technician[] = [
  { firstName: 'Anke', lastName: 'Peeters' },
  { firstName: 'Bilal', lastName: 'Haddad' },
  { firstName: 'Chloe', lastName: 'Renard' },
  { firstName: 'Daan', lastName: 'Wouters' },
  { firstName: 'Elif', lastName: 'Yilmaz' },
  { firstName: 'Frank', lastName: 'Claes' },
];

export interface DemoClient {
  name: string;
  locale: 'en' | 'fr';
  /** Tickets of the month in the PSA and in the RMM's own help desk. */
  psaTickets: number;
  rmmTickets: number;
  /** How many of the last tickets are still open. */
  openTickets: number;
  /** What the month leaves of the blocks once open work counts too; below zero: overdrawn. */
  projectedHours: number;
  rate: string;
  /** Hours in an older block beside the main one, and how soon a block ends. */
  olderBlockHours?: number;
  expiresInDays?: number;
  /** `on-payment`: bought hours may be used only once their invoice is paid. */
  activate?: 'on-payment';
  /** This client's own threshold and offer, in place of the agreement's. */
  buys?: { hoursLeft: number; offer: 'twenty' };
  /** Its statements show how much of the work was maintenance. */
  isProactive?: true;
}

const usual = { locale: 'en', rmmTickets: 0, openTickets: 3, rate: '120.00' } as const;

/**
 * Of twelve, five are low: two buy the usual ten hours, one buys twenty, one is overdrawn until its
 * invoice is paid, and one only comes into sight through work that is not yet due.
 */
export const clients: readonly DemoClient[] = [
  {
    ...usual,
    name: 'Dupont Plomberie',
    locale: 'fr',
    psaTickets: 34,
    openTickets: 0,
    projectedHours: 1.25,
  },
  {
    ...usual,
    name: 'Cabinet Martin',
    locale: 'fr',
    psaTickets: 48,
    rmmTickets: 15,
    projectedHours: 9.5,
  },
  {
    ...usual,
    name: 'Harbour Dental',
    psaTickets: 62,
    rmmTickets: 15,
    projectedHours: 12.75,
    olderBlockHours: 6,
  },
  {
    ...usual,
    name: 'Northgate Logistics',
    psaTickets: 80,
    projectedHours: 21.5,
    rate: '110.00',
    isProactive: true,
  },
  { ...usual, name: 'Vermeulen Notaries', psaTickets: 30, openTickets: 0, projectedHours: 0.5 },
  {
    ...usual,
    name: 'Eastside Veterinary',
    psaTickets: 44,
    openTickets: 0,
    projectedHours: -2.25,
    activate: 'on-payment',
  },
  { ...usual, name: 'Orchard Primary School', psaTickets: 36, openTickets: 5, projectedHours: 3.5 },
  {
    ...usual,
    name: 'Janssens Transport',
    psaTickets: 28,
    rmmTickets: 15,
    projectedHours: 8,
    expiresInDays: 9,
  },
  {
    ...usual,
    name: 'Lumen Architects',
    psaTickets: 55,
    openTickets: 0,
    projectedHours: 3.5,
    rate: '110.00',
    buys: { hoursLeft: 6, offer: 'twenty' },
  },
  { ...usual, name: 'De Smet Accountancy', psaTickets: 40, projectedHours: 14 },
  { ...usual, name: 'Riverside Hotel', psaTickets: 47, rmmTickets: 15, projectedHours: 17.25 },
  { ...usual, name: 'Bakker Construction', psaTickets: 36, projectedHours: 6.5 },
];

export const topics: { readonly [locale in DemoClient['locale']]: readonly string[] } = {
  en: [
    'Outlook asks for the password again and again',
    'New starter: account, mailbox and laptop',
    'Printer on the first floor prints blank pages',
    'Shared folder is read-only for one person',
    'Laptop does not wake up in its dock',
    'Backup of the file server failed',
    'Phishing mail reported by a colleague',
    'Teams has no sound in meetings',
    'VPN drops every ten minutes',
    'Server disk is almost full',
    'Scanner no longer finds its folder',
    'Leaver: close the account, forward the mail',
    'Wi-Fi is slow in the meeting room',
    'Till freezes when a receipt is printed',
    'Certificate of the intranet ends this month',
    'Phone has to be added to the mail',
    'Update of the accounting program',
    'Screen flickers since this morning',
  ],
  fr: [
    'Outlook redemande le mot de passe',
    'Nouvel arrivant : compte, messagerie et portable',
    'L’imprimante sort des pages blanches',
    'Le dossier partagé est en lecture seule',
    'La sauvegarde du serveur a échoué',
    'Courriel frauduleux signalé',
    'Pas de son dans les réunions Teams',
    'Le VPN se coupe toutes les dix minutes',
    'Le scanner ne trouve plus son dossier',
    'Départ : fermer le compte, rediriger la messagerie',
    'Le Wi-Fi est lent en salle de réunion',
    'Mise à jour du logiciel de comptabilité',
  ],
};

export const notes: { readonly [locale in DemoClient['locale']]: readonly string[] } = {
  en: [
    'Looked into it and called back.',
    'Found the cause and put it right.',
    'Tested together with the user.',
    'Waited for the restart, then checked again.',
    'Written down for next time.',
  ],
  fr: [
    'Analyse et rappel de l’utilisateur.',
    'Cause trouvée et corrigée.',
    'Essai avec l’utilisateur.',
    'Redémarrage, puis nouvelle vérification.',
    'Procédure notée.',
  ],
};

/** Who plays in the demo's seven weeks of recharges: an MSP in Boston and three of its clients. */

export const zone = 'America/New_York';

export interface RechargedClient {
  name: string;
  /** Who collects: Stripe from a bank account by ACH, or whatever collects the PSA's invoices. */
  collect: 'stripe' | 'psa';
  openingHours: number;
  /** The payer has the bank return the debit, so many days after it succeeded. */
  returnedAfterDays?: number;
}

export const clients: readonly RechargedClient[] = [
  { name: 'Beacon Dental', collect: 'stripe', openingHours: 10 },
  { name: 'Cobalt Robotics', collect: 'stripe', openingHours: 8, returnedAfterDays: 35 },
  { name: 'Maple Street School', collect: 'psa', openingHours: 12 },
];

export interface Work {
  /** Days since the story began. */
  day: number;
  client: number;
  hours: number;
  summary: string;
}

export const work: readonly Work[] = [
  { day: -12, client: 0, hours: 3, summary: 'New scanner at the front desk' },
  { day: -7, client: 0, hours: 2.5, summary: 'Mailbox of the office manager is full' },
  { day: -2, client: 0, hours: 3, summary: 'Backup of the practice software failed' },
  { day: -9, client: 1, hours: 4.25, summary: 'Move the file server to its new rack' },
  { day: -3, client: 1, hours: 2.5, summary: 'VPN drops every ten minutes' },
  { day: -11, client: 2, hours: 5.5, summary: 'Tablets for grade 4' },
  { day: -4, client: 2, hours: 5.5, summary: 'Wi-Fi is slow in the library' },
  { day: 10, client: 1, hours: 3, summary: 'License server does not start' },
  { day: 12, client: 0, hours: 4, summary: 'New starter: account, mailbox and laptop' },
  { day: 20, client: 0, hours: 3.5, summary: 'Phone system update' },
  { day: 25, client: 1, hours: 2, summary: 'Screen of the test bench flickers' },
  { day: 29, client: 0, hours: 2.5, summary: 'Certificate of the web site ends this month' },
  { day: 50, client: 1, hours: 1, summary: 'Shared folder is read-only for one person' },
];

/** The run of the first day finds all three low; the story ends with the last one. */
export const lastDay = 51;

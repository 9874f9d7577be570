import { z } from 'zod';
import { isPostgres } from '../../domain/store-address.ts';
import { AgreementTerms } from './agreement-schema.ts';
import { Calendar } from './business-hours.ts';
import { ClientEntry, Purpose, TechnicianEntry } from './client-schema.ts';
import { Contract } from './contract-schema.ts';
import {
  Currency,
  EntryName,
  hours,
  LocaleCode,
  Months,
  NameText,
  Rate,
  SourceIdText,
  Timezone,
  whole,
} from './fields.ts';
import { Accounting, Notify, Web } from './service-schema.ts';

/** The default of `store`. */
export const usualStore = './data/prepaid-hours.db';

const Store = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    if (isPostgres(text) || !/^[a-z]+:\/\//.test(text)) return;
    const message = `must be an SQLite file such as ${usualStore}, or the address of a PostgreSQL database`;
    context.addIssue({ code: 'custom', message });
  });

const Connection = z.looseObject({
  vendor: z.string().min(1).describe('The vendor’s product'),
});

const Backup = z.strictObject({
  cron: z.string().describe('When, such as `45 2 * * *`; runs in `start`'),
  folder: z
    .string()
    .min(1)
    .default('./backups')
    .describe('Relative like `store`; best on another disk'),
  keep: whole('backups', 1, 10_000)
    .prefault('14')
    .describe('Backups of this database to keep there; older ones are deleted'),
});

const Schedule = z.strictObject({
  pull: z.string().default('*/10 * * * *').describe('When to pull from every connection'),
  debit: z.string().default('2-59/10 * * * *').describe('When to debit'),
  replenish: z.string().default('4-59/10 * * * *').describe('When to check the balances'),
  push: z.string().default('*/2 * * * *').describe('When to deliver alerts and invoices'),
  sweep: z.string().default('15 3 * * *').describe('When to look for deleted time entries'),
  reconcile: z
    .string()
    .default('30 3 * * *')
    .describe('When to compare everything with the vendors'),
  publish: z
    .string()
    .default('6 * * * *')
    .describe('When to publish the clients’ pages, if there is `publish`'),
  backup: Backup.optional().describe('Backups of the database. Default: none are made'),
});

const Publish = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('A folder of its own. Relative like `store`; a web server shows its folder `pages`'),
  url: z
    .string()
    .regex(/^https?:\/\/[^\s<>"?#]+$/, 'not a web address; start it with https://')
    .optional()
    .describe('Where the folder `pages` is on the web, such as https://hours.example.com'),
});

const Sweep = z.strictObject({
  days: whole('days', 1, 3660).prefault('62').describe('How many days back, by date of work'),
  percentMax: whole('per cent', 1, 100)
    .prefault('10')
    .describe(
      'Maximum percentage of mirrored time that one sweep may delete; more than that, or most of one client’s time, needs `sweep --accept`',
    ),
});

const Reconcile = z.strictObject({
  days: whole('days', 1, 3660).prefault('31').describe('How many days back, by last-modified date'),
});

const Offer = z.strictObject({
  hours: hours('above zero').optional().describe('Size of the block; requires a rate'),
  rate: Rate.optional().describe('Price of one hour'),
  amount: Rate.optional().describe(
    'Size and price of a money block, instead of hours and rate; hours are charged at the agreement’s `rates`',
  ),
  currency: Currency.optional().describe('Default: the file’s currency'),
  product: SourceIdText.optional().describe('PSA product (catalogue item) for the invoice'),
  productUnit: z
    .enum(['block', 'hour'])
    .default('block')
    .describe(
      'What one unit of the product means on an invoice created by hand in the PSA: a whole block, or an hour',
    ),
  validFor: Months.optional().describe(
    'How long the block is valid after purchase. Default: it never expires',
  ),
  workTypes: z
    .array(NameText)
    .min(1)
    .optional()
    .describe('The block only pays for these work types. Default: all'),
  maxPerSale: whole('blocks', 1, 1000)
    .prefault('10')
    .describe(
      'Maximum blocks per sale. A sale covers overage and pending work; if that takes more blocks, the alert says so',
    ),
  ...Purpose,
});

const Sender = z.strictObject({
  name: NameText.describe('Your company’s name'),
  address: z.array(NameText).prefault([]).describe('Postal address, line by line'),
  email: z
    .string()
    .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'not an email address')
    .optional()
    .describe('Where clients write to with questions'),
  phone: NameText.optional().describe('As people dial it'),
  website: z
    .string()
    .regex(/^https?:\/\/[^\s<>"]+$/, 'not a web address; start it with https://')
    .optional()
    .describe('Such as https://example.com'),
  logo: z
    .string()
    .min(1)
    .optional()
    .describe('PNG, JPEG, GIF, WebP or SVG file of at most 200 kB, relative to this file’s folder'),
});

/** The whole config file. Each vendor checks its own `connections`. */
export const ConfigFile = z.strictObject({
  mode: z
    .enum(['observe', 'live'])
    .default('observe')
    .describe('observe: decide and show everything, send nothing; live: send'),
  timezone: Timezone.describe('IANA time zone, such as Europe/Paris'),
  locale: LocaleCode.default('en').describe(
    'Language of messages and statements, and the form of dates, numbers and money in them and in tables. `en`: for any country',
  ),
  durations: z
    .enum(['decimal', 'clock'])
    .optional()
    .describe(
      'How durations are shown: 1.25 h or 1 h 15. Default: decimal for `en-US`, clock otherwise',
    ),
  currency: Currency.describe('ISO 4217 code, such as EUR'),
  sender: Sender.optional().describe('Your company, as statements name it to clients'),
  store: Store.default(usualStore).describe(
    `The database file, on a local disk. Relative to the folder above \`config/\`, or to this file’s folder if it is not in \`config/\`. Or a PostgreSQL database, \`postgres://hours:\${STORE_PASSWORD}@db.example.com/hours\`, with which a second instance may stand by`,
  ),
  pushTo: EntryName.optional().describe(
    'The connection that gets alerts and invoices; required if there is more than one',
  ),
  history: Months.prefault('12 months').describe('How far back the first pull goes'),
  blocksSoldByHand: z
    .enum(['propose', 'book'])
    .default('propose')
    .describe(
      'Invoices created by hand in the PSA with an offer’s product. propose: `reconcile` and `balances` list them for `block accept INVOICE`; book: they are booked as blocks automatically',
    ),
  balanceField: z
    .strictObject({
      connection: EntryName.describe('One of `connections`'),
      field: NameText.describe('Name of the custom field'),
    })
    .optional()
    .describe(
      'A custom field of the client in the PSA or RMM that shows the hours left. A text field shows each kind of hours and money; a number field shows one figure: hours for any work, or the kind with the fewest left',
    ),
  connections: z
    .record(EntryName, Connection)
    .describe('Your PSA and RMM accounts, by names that you choose'),
  schedule: Schedule.prefault({}).describe('Cron expressions for the service, in `timezone`'),
  sweep: Sweep.prefault({}).describe(
    'Detection of deleted time entries in a PSA whose API does not report deletions',
  ),
  reconcile: Reconcile.prefault({}).describe(
    'Comparison of hours, invoices and alerts with the vendors’ data',
  ),
  publish: Publish.optional().describe(
    'A page for each client with its current balance, at an address that nobody can guess, written by `start` and `publish`. Default: none',
  ),
  web: Web.optional().describe(
    'A status page for admins, `/readyz` and `/metrics`, served by `start`. Default: none',
  ),
  notify: Notify.optional().describe('Who is notified when the service has trouble'),
  accounting: Accounting.optional().describe(
    'Accounts for `report revenue --format journal-…`, as your accounting has them: names for QuickBooks, codes for Xero. Default: none',
  ),
  recharge: z
    .strictObject({
      perDay: Rate.optional().describe('Maximum per day'),
      perMonth: Rate.optional().describe('Maximum per calendar month'),
    })
    .optional()
    .describe(
      'Limits on the recharges of all clients together that pay in `currency`. Default: none',
    ),
  contract: Contract.optional().describe(
    'What the written agreement with a client says besides its terms, for `agreement`',
  ),
  offers: z.record(EntryName, Offer).prefault({}).describe('Blocks that can be sold'),
  businessHours: z.record(EntryName, Calendar).prefault({}).describe('Calendars for multipliers'),
  agreements: z
    .record(EntryName, AgreementTerms)
    .describe("Terms under which clients' time is paid"),
  technicians: z
    .array(TechnicianEntry)
    .prefault([])
    .describe(
      'Technicians whose sessions and time are in several systems, if neither e-mail nor name shows who is who',
    ),
  clients: z.array(ClientEntry).min(1).describe('The clients with prepaid hours'),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

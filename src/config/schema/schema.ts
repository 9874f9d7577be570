import { z } from 'zod';
import { AgreementTerms } from './agreement-schema.ts';
import { Calendar } from './business-hours.ts';
import {
  Currency,
  Day,
  EntryName,
  hours,
  LocaleCode,
  Months,
  NameText,
  Priority,
  Rate,
  SourceIdText,
  Timezone,
  whole,
} from './fields.ts';

const Store = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    if (!/^[a-z]+:\/\//.test(text)) return;
    const message =
      'only an SQLite file is possible in this version; write a path such as ./data/prepaid-hours.db';
    context.addIssue({ code: 'custom', message });
  });

const Connection = z.looseObject({
  vendor: z.string().min(1).describe('Which product it is'),
});

const Schedule = z.strictObject({
  pull: z.string().default('*/10 * * * *').describe('When to read from every connection'),
  debit: z.string().default('2-59/10 * * * *').describe('When to debit what is due'),
  replenish: z.string().default('4-59/10 * * * *').describe('When to look at the balances'),
  push: z.string().default('*/2 * * * *').describe('When to deliver alerts and invoices'),
  sweep: z.string().default('15 3 * * *').describe('When to look for deleted time'),
  reconcile: z
    .string()
    .default('30 3 * * *')
    .describe('When to compare everything with the vendors'),
});

const Sweep = z.strictObject({
  days: whole('days', 1, 3660).prefault('62').describe('How far back, by the day of work'),
  percentMax: whole('per cent', 1, 100)
    .prefault('10')
    .describe(
      'Share of the mirrored time that may be found deleted at once; more, or most of one client’s, waits for `sweep --accept`',
    ),
});

const Reconcile = z.strictObject({
  days: whole('days', 1, 3660)
    .prefault('31')
    .describe('How far back, by the day of the last change'),
});

const Offer = z.strictObject({
  hours: hours('above zero').optional().describe('Size of the block; with a rate'),
  rate: Rate.optional().describe('Price of one hour'),
  amount: Rate.optional().describe(
    'Size and price of a block of money, in place of hours and rate: its hours cost what `rates` say',
  ),
  currency: Currency.optional().describe("The file's currency unless told"),
  product: SourceIdText.optional().describe("The PSA's product (catalogue item) for the invoice"),
  productUnit: z
    .enum(['block', 'hour'])
    .default('block')
    .describe(
      'What one unit of the product is on an invoice written by hand in the PSA: a whole block, or an hour',
    ),
  validFor: Months.optional().describe(
    'The block expires so long after its purchase; never unless told',
  ),
  workTypes: z
    .array(NameText)
    .min(1)
    .optional()
    .describe('The block pays for charges of these work types alone; for all unless told'),
  maxPerSale: whole('blocks', 1, 1000)
    .prefault('10')
    .describe(
      'The most blocks of one sale, which otherwise covers overage and pending work; where more are needed, the alert says so',
    ),
});

const OpeningBlock = z.strictObject({
  hours: hours('above zero').optional().describe('Hours that were left on that day; with a rate'),
  rate: Rate.optional().describe('What one hour was sold for'),
  amount: Rate.optional().describe('Money that was left on that day, in place of hours and rate'),
  purchasedOn: Day.describe('The day from which it counts'),
  expiresOn: Day.optional().describe('Its last day; never unless told'),
  priority: Priority.prefault('0').describe('Blocks with lower numbers are used first'),
  currency: Currency.optional().describe("The client's currency unless told"),
  workTypes: z
    .array(NameText)
    .min(1)
    .optional()
    .describe('It pays for charges of these work types alone; for all unless told'),
});

const ClientEntry = z.strictObject({
  name: NameText.describe('As commands, reports and messages show it'),
  ids: z
    .record(EntryName, SourceIdText)
    .refine(
      (ids) => Object.keys(ids).length > 0,
      'no id; add one for a connection, such as psa: 1234',
    )
    .describe("The client's id in each connection: `connection: id`"),
  formerIds: z
    .record(EntryName, SourceIdText)
    .prefault({})
    .describe(
      'For a client that was re-created in its PSA: `connection: id` as it was before. It keeps its ledger, and work under that id stays its own',
    ),
  agreement: EntryName.describe('One of `agreements`'),
  timezone: Timezone.optional().describe("The file's time zone unless told"),
  locale: LocaleCode.optional().describe("The file's language unless told"),
  currency: Currency.optional().describe("The file's currency unless told"),
  startOn: Day.optional().describe(
    'Work before this day is never debited; unless told, the day of the earliest opening block, else of the first run',
  ),
  movedOn: z
    .record(EntryName, Day)
    .prefault({})
    .describe(
      'For a client that changed its PSA: `connection: day`. What the new one shows of work before the day was done, and counted, in the old one',
    ),
  pushTo: EntryName.optional().describe("The connection for this client's alerts and invoices"),
  paidBy: NameText.optional().describe(
    'The client whose blocks pay for this one’s work, such as its parent company. Overage, rollover, levels and sales are then that one’s',
  ),
  share: z
    .strictObject({
      percent: whole('per cent', 1, 100).optional().describe('Of the size of each block'),
      hours: hours('above zero').optional().describe('Of each block of hours'),
    })
    .optional()
    .describe('The most that this client takes of each block it shares; no limit unless told'),
  openingBlocks: z
    .array(OpeningBlock)
    .prefault([])
    .describe(
      'Hours the client already owns. Changed later, a size is posted as an adjustment and a last day is moved; any other change is refused by every run and by `check`',
    ),
  overrides: AgreementTerms.optional().describe('Only what differs from the agreement'),
});

/** The whole config file. `connections` are checked further by their vendors. */
export const ConfigFile = z.strictObject({
  mode: z
    .enum(['observe', 'live'])
    .default('observe')
    .describe('observe: decide and show everything, send nothing; live: send'),
  timezone: Timezone.describe('IANA time zone, such as Europe/Paris'),
  locale: LocaleCode.default('en').describe('Language of messages and statements'),
  currency: Currency.describe('ISO 4217 code, such as EUR'),
  store: Store.default('./data/prepaid-hours.db').describe(
    'The database file, on a local disk; from the folder above `config/`, or else from that of this file',
  ),
  pushTo: EntryName.optional().describe(
    'The connection that gets alerts and invoices; needed with more than one',
  ),
  history: Months.prefault('12 months').describe('How far back the first pull goes'),
  blocksSoldByHand: z
    .enum(['propose', 'book'])
    .default('propose')
    .describe(
      'What becomes of an invoice that somebody wrote in the PSA with the product of an offer: `reconcile` and `balances` propose it for `block accept INVOICE`, or it is booked as a block without asking',
    ),
  balanceField: z
    .strictObject({
      connection: EntryName.describe('One of `connections`'),
      field: NameText.describe('Name of the custom field'),
    })
    .optional()
    .describe(
      'A field of the client in the PSA or RMM that shows the hours left: a text field each kind of hours and money, a number field one figure (hours for any work, or else those of the kind with the fewest)',
    ),
  connections: z
    .record(EntryName, Connection)
    .describe('Your PSA and RMM accounts, by names of yours'),
  schedule: Schedule.prefault({}).describe('Cron expressions, in `timezone`, for the service'),
  sweep: Sweep.prefault({}).describe(
    'Looking for time that was deleted, in a PSA that does not tell of it',
  ),
  reconcile: Reconcile.prefault({}).describe(
    'Comparing hours, invoices and alerts with what the vendors show',
  ),
  offers: z.record(EntryName, Offer).prefault({}).describe('Blocks that can be bought'),
  businessHours: z.record(EntryName, Calendar).prefault({}).describe('Calendars for multipliers'),
  agreements: z
    .record(EntryName, AgreementTerms)
    .describe("Terms under which clients' time is paid"),
  clients: z.array(ClientEntry).min(1).describe('The clients with prepaid hours'),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

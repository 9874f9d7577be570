import { z } from 'zod';
import {
  Day,
  Duration,
  EntryName,
  Factor,
  hours,
  Months,
  NameText,
  Rate,
  ShortDuration,
  SourceIdText,
  whole,
} from './fields.ts';

const Names = z.array(NameText).min(1);

const Rounding = z.strictObject({
  per: z
    .enum(['entry', 'ticket', 'day'])
    .default('ticket')
    .describe(
      'What is rounded together: each time entry, all time on a ticket, or all of the client’s time on a day',
    ),
  increment: Duration.prefault('15m').describe('Time is rounded up to a multiple of this'),
  minimum: Duration.prefault('0').describe('Minimum charge once any time is worked'),
  grace: Duration.prefault('0').describe(
    'Up to this much time over a full increment is not rounded up',
  ),
});

const WorkTypes = z.strictObject({
  covered: z.array(NameText).default([]).describe('Work types that are debited from blocks'),
  excluded: z.array(NameText).default([]).describe('Work types that are never debited'),
  unlisted: z
    .enum(['covered', 'excluded'])
    .default('covered')
    .describe('How a work type in neither list is treated, with a warning'),
  minimums: z
    .record(NameText, Duration.describe('Minimum time for this work type'))
    .prefault({})
    .describe('Minimum time per work type within a rounding group; other work is added on top'),
});

const Applies = z.strictObject({
  boards: Names.optional().describe('Only tickets on these boards (queues)'),
  ticketTypes: Names.optional().describe('Only tickets of these types'),
  agreements: Names.optional().describe('Only work under these PSA agreements'),
});

const Multiplier = z.strictObject({
  workType: NameText.optional().describe('For this work type'),
  role: NameText.optional().describe('For this technician role'),
  outside: EntryName.optional().describe('For time outside these business hours'),
  factor: Factor.describe('Hours charged per hour worked: 1.5, 2'),
});

const OverageInvoice = z
  .strictObject({
    rate: Rate.describe('Price of one hour of overage'),
    when: z
      .enum(['at-once', 'monthly'])
      .default('at-once')
      .describe(
        'at-once: with the next run; monthly: one invoice per month, for overage that no block has paid by then',
      ),
    daysAfter: whole('days', 0, 27)
      .prefault('3')
      .describe(
        'With monthly: days after the end of the month before the invoice is created; work debited later goes on the next invoice, with its date',
      ),
    product: SourceIdText.optional().describe('PSA product for the invoice line'),
  })
  .describe('Invoice overage at its own rate, with one line per ticket');

const Rollover = z.strictObject({
  hours: hours('above zero')
    .optional()
    .describe('Maximum hours that a block rolls over. Default: all'),
  validFor: Months.optional().describe(
    'How long rolled-over hours stay valid. Default: as long as their block was',
  ),
});

const When = z
  .strictObject({
    hoursLeft: hours('zero or more')
      .optional()
      .describe('Reached when this many hours or fewer are left'),
    amountLeft: Rate.optional().describe(
      'Reached when this much or less is left in money blocks, in the client’s currency',
    ),
    percentLeft: whole('per cent', 1, 99)
      .optional()
      .describe(
        'Reached when this percentage or less is left of the blocks that still have hours (or of the last block bought, if none has)',
      ),
    expiresWithinDays: whole('days', 1, 365)
      .optional()
      .describe(
        'Reached when a block with hours left expires within this many days; alerts once per block',
      ),
    runOutWithinDays: whole('days', 1, 365)
      .optional()
      .describe('Reached when the forecast run-out date is at most this many days away'),
    idleDays: whole('days', 1, 3650)
      .optional()
      .describe(
        'Reached when no time has been charged for this many days although hours are left and none is pending; only with do: [alert], which proposes maintenance work. Fires again only after new work',
      ),
    usedHours: hours('above zero')
      .optional()
      .describe(
        'Reached when this many hours or more were worked within `withinHours`, charged or not, by when they were worked; only with do: [alert]. Fires again once fewer were',
      ),
    withinHours: whole('hours', 1, 744)
      .optional()
      .describe('Window of `usedHours`, up to now; required with it'),
    ticketHours: hours('above zero')
      .optional()
      .describe(
        'Reached when this many hours or more were worked on a single open ticket, charged or not; only with do: [alert]. Fires once per ticket',
      ),
    balance: z
      .enum(['settled', 'projected'])
      .default('settled')
      .describe('settled: debited work only; projected: also pending work and overage'),
  })
  .meta({ notYet: ['daysToExpiry'] });

const ReplenishRule = z.strictObject({
  when: When.describe('The threshold; exactly one of the following'),
  do: z
    .array(z.enum(['alert', 'invoice', 'recharge']))
    .min(1)
    .describe(
      'alert: open a ticket; invoice: sell the offer; recharge: sell the offer and have it collected, see `recharge`',
    ),
  offer: EntryName.optional().describe(
    'The offer to sell or propose; required for invoice and recharge',
  ),
  tell: z
    .array(z.enum(['msp', 'client']))
    .min(1)
    .default(['msp'])
    .describe('msp: a ticket on your own board; client: also a note visible to the client'),
});

const Limit = Rate.optional();

const Recharge = z.strictObject({
  collect: z
    .union([z.literal('psa'), EntryName])
    .describe(
      'psa: by whatever collects the PSA’s invoices (ConnectBooster, Alternative Payments, Wise-Pay …); or the connection of a payment provider',
    ),
  autopayUpTo: Rate.optional().describe(
    'With `collect: psa`: the collector leaves larger invoices alone; alerts and `check` say when one is',
  ),
  noticeDays: whole('days', 0, 30)
    .prefault('14')
    .describe(
      'With a payment provider: days between the note that announces a charge and the charge. As agreed in the mandate; 14 is the rule for SEPA without an agreement',
    ),
  chaseAfterDays: whole('days', 1, 90)
    .prefault('7')
    .describe('Days after the invoice before an unpaid one opens an alert; it is never sold again'),
  perCharge: Limit.describe('Maximum price of one recharge, before tax. Default: no limit'),
  perDay: Limit.describe('Maximum per client and day. Default: no limit'),
  perMonth: Limit.describe('Maximum per client and calendar month. Default: no limit'),
});

const UnloggedAction = z.enum(['ignore', 'report', 'propose', 'debit']);

export const UnloggedTime = z.strictObject({
  do: UnloggedAction.describe(
    'ignore; report: `report unlogged` lists it; propose: also a note on the session’s ticket, or an alert ticket, for each technician and day; debit: it is debited like logged time, and taken back once it is logged',
  ),
  workType: NameText.optional().describe('Work type of the debited time; required for debit'),
  minimum: Duration.prefault('5m').describe('Less time than this in a row is left alone'),
  tolerance: ShortDuration.prefault('15m').describe(
    'Logged time covers sessions up to this long before its start and after its end',
  ),
  after: whole('days', 0, 31)
    .prefault('3')
    .describe('Days that the technician has to log it before it is proposed or debited'),
  from: Day.optional().describe(
    'Sessions before this day are reported, neither proposed nor debited. Default: all are treated alike',
  ),
});

const Proactive = z
  .strictObject({
    workTypes: z.array(NameText).default([]).describe('Work of these types'),
    ticketSources: z
      .array(NameText)
      .default([])
      .describe(
        'Tickets from these sources, as the PSA calls them; `monitoring`: made from an alert. `report proactive --sources` lists them',
      ),
    ticketTypes: z.array(NameText).default([]).describe('Tickets of these types'),
    boards: z.array(NameText).default([]).describe('Tickets on these boards (queues)'),
  })
  .describe(
    'Which work counts as proactive; one match is enough, other work is reactive. Changes no price: for `report proactive` and the statements',
  );

/** Everything has a default, so a client's `overrides` have this shape too. */
export const AgreementTerms = z.strictObject({
  applies: Applies.prefault({}).describe('Which work the agreement covers. Default: all'),
  debitWhen: z
    .enum(['ticket-closed', 'approved', 'logged'])
    .default('ticket-closed')
    .describe('When worked time is debited'),
  timeFrom: z
    .enum(['worked', 'billed'])
    .default('worked')
    .describe('Which time is debited: hours worked, or billable hours where the PSA keeps them'),
  withoutTicket: z
    .enum(['debit', 'hold'])
    .default('debit')
    .describe('Time without a ticket: debited at once, or kept pending'),
  rounding: Rounding.prefault({}).describe('How worked time is rounded to charged time'),
  workTypes: WorkTypes.prefault({}).describe('Which work types are covered, by name'),
  technicians: z
    .strictObject({
      excluded: z.array(NameText).default([]).describe('Their time is never debited'),
    })
    .prefault({})
    .describe('Technicians, by their name in the PSA'),
  roles: z
    .strictObject({
      covered: z
        .array(NameText)
        .default([])
        .describe('Only time of these roles is debited. Default: all roles'),
      excluded: z.array(NameText).default([]).describe('Their time is never debited'),
    })
    .prefault({})
    .describe('Technician roles, by their name in the PSA'),
  from: Day.optional().describe('First day of the agreement'),
  until: Day.optional().describe(
    'Last day of the agreement. Later work is mirrored but never debited, and no block is sold that could not be used up by then',
  ),
  multipliers: z
    .array(Multiplier)
    .prefault([])
    .describe('Higher-rate time. If several match, the highest applies'),
  stack: z.boolean().default(false).describe('true: matching multipliers are multiplied together'),
  rates: z
    .strictObject({
      hour: Rate.describe('For all other work types'),
      workTypes: z
        .record(NameText, Rate.describe('For this work type'))
        .prefault({})
        .describe('Rates of specific work types'),
    })
    .optional()
    .describe('Price of a charged hour paid from a money block; required if a client has one'),
  overage: z
    .union([z.enum(['carry', 'hold']), z.strictObject({ invoice: OverageInvoice })])
    .default('carry')
    .describe(
      'Hours used beyond all blocks. carry: the next block pays them first; hold: work that the blocks cannot pay in full stays pending until they can; or invoice',
    ),
  rollover: z
    .union([z.enum(['none', 'all']), Rollover])
    .default('none')
    .describe(
      'Hours left in an expiring block. none: they are lost; all: they move to a new block at the same price; or limits. Hours roll over only once',
    ),
  replenish: z
    .array(ReplenishRule)
    .prefault([])
    .describe(
      'What happens when a balance runs low. Each kind of hours (blocks limited to certain work types) is checked separately; a rule fires once, and again when hours are used after a purchase or an upward adjustment',
    ),
  activate: z
    .enum(['on-invoice', 'on-payment'])
    .default('on-invoice')
    .describe('When a sold block becomes usable: once invoiced, or once the invoice is paid'),
  recharge: Recharge.optional().describe(
    'How the next block is collected without the client; required if a rule has `recharge`. The client is informed of every step. The first recharge of a client, and one of more than twice the largest so far, wait for `outbox approve`',
  ),
  proactive: Proactive.optional(),
  unloggedTime: z
    .union([UnloggedAction, UnloggedTime])
    .default('report')
    .describe(
      'Remote sessions recorded by the RMM that no time entry of the technician covers: what to do with them, with its terms if needed. Evidence for a conversation, not billing time',
    ),
});
export type AgreementTerms = z.infer<typeof AgreementTerms>;

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
  SourceIdText,
  whole,
} from './fields.ts';

const Names = z.array(NameText).min(1);

const Rounding = z.strictObject({
  per: z
    .enum(['entry', 'ticket', 'day'])
    .default('ticket')
    .describe(
      'What is rounded: each time entry, all the time of a ticket, or all of the client’s time of a day',
    ),
  increment: Duration.prefault('15m').describe('Rounded up to a multiple of this'),
  minimum: Duration.prefault('0').describe('The least that is debited once any time is worked'),
  grace: Duration.prefault('0').describe('A last, begun increment of at most this is forgiven'),
});

const WorkTypes = z.strictObject({
  covered: z.array(NameText).default([]).describe('Work types that come off the block'),
  excluded: z.array(NameText).default([]).describe('Work types that never do'),
  unlisted: z
    .enum(['covered', 'excluded'])
    .default('covered')
    .describe('What happens, with a warning, to a work type in neither list'),
  minimums: z
    .record(NameText, Duration.describe('Time of this work type counts as at least this much'))
    .prefault({})
    .describe(
      'The least that some work type counts in what is rounded as one; other work is added',
    ),
});

const Applies = z.strictObject({
  boards: Names.optional().describe('Only tickets on these boards or queues'),
  ticketTypes: Names.optional().describe('Only tickets of these types'),
  agreements: Names.optional().describe("Only work under these agreements of the PSA's own"),
});

const Multiplier = z.strictObject({
  workType: NameText.optional().describe('For this work type'),
  role: NameText.optional().describe("For this role of the technician's"),
  outside: EntryName.optional().describe('For time outside these business hours'),
  factor: Factor.describe('An hour costs this many hours: 1.5, 2'),
});

const OverageInvoice = z
  .strictObject({
    rate: Rate.describe('Price of one hour beyond the blocks'),
    when: z
      .enum(['at-once', 'monthly'])
      .default('at-once')
      .describe('at-once; or monthly: one bill a month, unless a block has paid them by then'),
    daysAfter: whole('days', 0, 27)
      .prefault('3')
      .describe(
        'With monthly: the bill is made so many days after the end of the month; what is debited later goes onto the next bill, with its day of work',
      ),
    product: SourceIdText.optional().describe("The PSA's product for the invoice line"),
  })
  .describe('Bill these hours at a rate of their own, with one line for each ticket');

const Rollover = z.strictObject({
  hours: hours('above zero')
    .optional()
    .describe('The most that a block passes on; all unless told'),
  validFor: Months.optional().describe(
    'How long the hours stay good from then on; as long again as their block was, unless told',
  ),
});

const When = z
  .strictObject({
    hoursLeft: hours('zero or more')
      .optional()
      .describe('Reached when this many hours are left, or fewer'),
    amountLeft: Rate.optional().describe(
      'Reached when blocks of money have this much left, or less, in the client’s currency',
    ),
    percentLeft: whole('per cent', 1, 99)
      .optional()
      .describe(
        'Reached at this share, or less, of the size of the blocks that still have hours, or else of the last one bought',
      ),
    expiresWithinDays: whole('days', 1, 365)
      .optional()
      .describe('Reached when a block with hours left ends within so many days; told once a block'),
    runOutWithinDays: whole('days', 1, 365)
      .optional()
      .describe('Reached when the forecast day of run-out is at most so many days away'),
    balance: z
      .enum(['settled', 'projected'])
      .default('settled')
      .describe('settled: what is debited; projected: also work that is not yet due, and overage'),
  })
  .meta({ notYet: ['daysToExpiry'] });

const ReplenishRule = z.strictObject({
  when: When.describe('The threshold: exactly one level'),
  do: z
    .array(z.enum(['alert', 'invoice']).meta({ notYet: ['recharge'] }))
    .min(1)
    .describe('alert: open a ticket; invoice: sell the offer'),
  offer: EntryName.optional().describe('What is sold or proposed; needed for invoice'),
  tell: z
    .array(z.enum(['msp', 'client']))
    .min(1)
    .default(['msp'])
    .describe('msp: a ticket on your board; client: also a note that the client sees'),
});

/** Everything has a default, so a client's `overrides` have this shape too. */
export const AgreementTerms = z
  .strictObject({
    applies: Applies.prefault({}).describe('Which work the agreement is about; all unless told'),
    debitWhen: z
      .enum(['ticket-closed', 'approved', 'logged'])
      .default('ticket-closed')
      .describe('When worked time is due'),
    timeFrom: z
      .enum(['worked', 'billed'])
      .default('worked')
      .describe('Which time is debited: hours worked, or hours to bill where the PSA keeps them'),
    withoutTicket: z
      .enum(['debit', 'hold'])
      .default('debit')
      .describe('Time that hangs on no ticket: due at once, or kept pending'),
    rounding: Rounding.prefault({}).describe('How worked time becomes charged time'),
    workTypes: WorkTypes.prefault({}).describe('Which kinds of labour are covered, by name'),
    technicians: z
      .strictObject({
        excluded: z.array(NameText).default([]).describe('Their time never comes off a block'),
      })
      .prefault({})
      .describe('Technicians, by the name that the PSA shows'),
    roles: z
      .strictObject({
        covered: z
          .array(NameText)
          .default([])
          .describe('Only the time of these roles comes off a block; of every role unless told'),
        excluded: z.array(NameText).default([]).describe('Their time never comes off a block'),
      })
      .prefault({})
      .describe('Roles of technicians, by the name that the PSA shows'),
    from: Day.optional().describe('First day of work under the agreement'),
    until: Day.optional().describe(
      'Its last day; work after it is mirrored and never debited, and no block is sold that could not be used by then',
    ),
    multipliers: z
      .array(Multiplier)
      .prefault([])
      .describe('Dearer time. Where several fit, the highest applies'),
    stack: z
      .boolean()
      .default(false)
      .describe('true: multipliers that fit are multiplied together'),
    rates: z
      .strictObject({
        hour: Rate.describe('For work types that are not named'),
        workTypes: z
          .record(NameText, Rate.describe('For this work type'))
          .prefault({})
          .describe('Work types that cost something else'),
      })
      .optional()
      .describe('What a charged hour costs off a block of money; needed where a client has one'),
    overage: z
      .union([z.enum(['carry', 'hold']), z.strictObject({ invoice: OverageInvoice })])
      .default('carry')
      .describe(
        'Hours beyond every block. carry: the next block pays them off first; hold: work that the blocks cannot pay in full stays pending until they can; or invoice',
      ),
    rollover: z
      .union([z.enum(['none', 'all']), Rollover])
      .default('none')
      .describe(
        'Hours left in a block that expires. none: lost; all: they go on in a new block at the same price; or limits. Hours roll over once',
      ),
    replenish: z
      .array(ReplenishRule)
      .prefault([])
      .describe(
        'What happens when a balance runs low. A rule looks at each kind of hours (blocks for some work types alone) by itself, fires once, and fires again when hours are used after a purchase or a gift',
      ),
    activate: z
      .enum(['on-invoice', 'on-payment'])
      .default('on-invoice')
      .describe('When a sold block may be used: once invoiced, or once that invoice is paid'),
  })
  .meta({ notYet: ['proactive', 'unloggedTime', 'recharge'] });
export type AgreementTerms = z.infer<typeof AgreementTerms>;

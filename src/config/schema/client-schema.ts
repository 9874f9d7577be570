import { z } from 'zod';
import { AgreementTerms } from './agreement-schema.ts';
import { ClientContract } from './contract-schema.ts';
import {
  Currency,
  Day,
  EntryName,
  hours,
  LocaleCode,
  NameText,
  Priority,
  Rate,
  SourceIdText,
  Timezone,
  whole,
} from './fields.ts';

/** What a block is for, if it is to be followed by something. */
export const Purpose = {
  purpose: z
    .enum(['onboarding'])
    .optional()
    .describe(
      'onboarding: when it is used up, or its work is done, an alert proposes `followedBy`',
    ),
  followedBy: EntryName.optional().describe(
    'The one of `agreements` that is to follow; required for a purpose',
  ),
};

const OpeningBlock = z.strictObject({
  hours: hours('above zero').optional().describe('Hours left on that day; requires a rate'),
  rate: Rate.optional().describe('Price at which one hour was sold'),
  amount: Rate.optional().describe('Money left on that day, instead of hours and rate'),
  purchasedOn: Day.describe('First day on which it can be used'),
  expiresOn: Day.optional().describe('Last day on which it can be used. Default: it never expires'),
  priority: Priority.prefault('0').describe('Blocks with lower numbers are used first'),
  currency: Currency.optional().describe('Default: the client’s currency'),
  workTypes: z
    .array(NameText)
    .min(1)
    .optional()
    .describe('It only pays for these work types. Default: all'),
  ...Purpose,
});

const PastBlock = z.strictObject({
  hours: hours('above zero').describe('Size of the block when it was sold'),
  rate: Rate.describe('Price at which one hour was sold'),
  purchasedOn: Day.describe('First day on which it could be used'),
  expiresOn: Day.optional().describe('Last day on which it could be used. Default: none'),
});

/** One of the MSP’s customers, with the blocks that it brings along. */
export const ClientEntry = z.strictObject({
  name: NameText.describe('As shown in commands, reports and messages'),
  ids: z
    .record(EntryName, SourceIdText)
    .refine(
      (ids) => Object.keys(ids).length > 0,
      'no ID; add one for a connection, such as psa: 1234',
    )
    .describe('The client’s ID in each connection: `connection: id`'),
  formerIds: z
    .record(EntryName, SourceIdText)
    .prefault({})
    .describe(
      'For a client that was re-created in the PSA: its previous `connection: id`. It keeps its ledger, and work under the previous ID still belongs to it',
    ),
  agreement: EntryName.describe('One of `agreements`'),
  timezone: Timezone.optional().describe('Default: the file’s time zone'),
  locale: LocaleCode.optional().describe('Default: the file’s language'),
  currency: Currency.optional().describe('Default: the file’s currency'),
  startOn: Day.optional().describe(
    'Work before this day is never debited. Default: the date of the earliest opening block, or of the first run',
  ),
  movedOn: z
    .record(EntryName, Day)
    .prefault({})
    .describe(
      'For a client that moved to another PSA: `connection: day`. Work in the new PSA before that day was already counted in the old one and is not debited',
    ),
  pushTo: EntryName.optional().describe('Connection for this client’s alerts and invoices'),
  paidBy: NameText.optional().describe(
    'The client whose blocks pay for this client’s work, such as its parent company. Overage, rollover, thresholds and sales then belong to that client',
  ),
  share: z
    .strictObject({
      percent: whole('per cent', 1, 100).optional().describe('Percentage of each block'),
      hours: hours('above zero').optional().describe('Hours of each block'),
    })
    .optional()
    .describe('Maximum that this client may use of each shared block. Default: no limit'),
  openingBlocks: z
    .array(OpeningBlock)
    .prefault([])
    .describe(
      'Hours the client already owns. If you change the size later, an adjustment is posted; a changed last day is applied; any other change is reported as an error by every run and by `check`',
    ),
  contract: ClientContract.optional().describe(
    'Only what differs from `contract` in this client’s written agreement, and its legal details',
  ),
  pastBlocks: z
    .array(PastBlock)
    .prefault([])
    .describe(
      'Blocks sold before the first day that counts. `report leaks` compares the work of those months with them; nothing is debited',
    ),
  overrides: AgreementTerms.optional().describe('Only the terms that differ from the agreement'),
});

/** A technician whose sessions and time are in several systems. */
export const TechnicianEntry = z.strictObject({
  name: NameText.describe('For you; it may differ from the names in the systems'),
  ids: z
    .record(EntryName, SourceIdText)
    .refine((ids) => Object.keys(ids).length > 0, 'no ID; add one, such as psa: 12')
    .describe('The technician’s ID in each connection: `connection: id`'),
});

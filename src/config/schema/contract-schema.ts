import { z } from 'zod';
import { Day, NameText, whole } from './fields.ts';

/** One text for all clients, or one for each language that they read. */
const Wording = z.union([
  NameText,
  z.strictObject({
    en: NameText.describe('For clients that read English'),
    fr: NameText.describe('For clients that read French'),
  }),
]);

const terms = {
  noticeDays: whole('days', 0, 365)
    .optional()
    .describe('Days of notice to end the agreement. Default: 30'),
  refunds: Wording.optional().describe(
    'What becomes of paid hours when the agreement ends, as sentences. Default: no such clause',
  ),
  travel: Wording.optional().describe(
    'How travel is charged, as sentences. Default: by its work type, if a work type for travel is listed',
  ),
  law: Wording.optional().describe(
    'As in “governed by …”: Belgian law (`le droit belge`). Default: a line to fill in by hand',
  ),
  jurisdiction: Wording.optional().describe(
    'As in “brought before …”: the courts of Brussels. Default: a line to fill in by hand',
  ),
  extraClauses: z
    .array(
      z.strictObject({
        title: Wording.describe('Its heading'),
        text: Wording.describe('Its paragraph'),
      }),
    )
    .optional()
    .describe('Clauses of your own, before the last one'),
};

/** Of one client: only what differs from the file's `contract`. */
export const ClientContract = z.strictObject({
  legal: z
    .array(NameText)
    .optional()
    .describe('The client as a contract names it, line by line: legal form, number, address'),
  ...terms,
});
export type ClientContract = z.infer<typeof ClientContract>;

export const Contract = z.strictObject({
  registration: z
    .array(NameText)
    .prefault([])
    .describe('Your legal form, company number, VAT number …, line by line'),
  reviewedOn: Day.optional().describe(
    'The day on which your counsel approved the document; until there is one, `agreement` asks for it',
  ),
  ...terms,
});
export type Contract = z.infer<typeof Contract>;

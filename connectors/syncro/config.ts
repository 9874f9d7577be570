import { z } from 'zod';
import { DueInDays, HostUrl, Name, Names, toggle, upTo } from '../http/settings.ts';

const Alerts = z.strictObject({
  status: Name.default('New').describe('Status, by name, of low-balance tickets.'),
  withdrawnStatus: Name.default('Resolved').describe(
    'Status, by name, that closes a low-balance ticket on `undo`.',
  ),
  issueType: Name.default('Other').describe('Issue type, by name, of low-balance tickets.'),
  priority: Name.optional().describe('Priority, by name, of low-balance tickets.'),
});

const Notes = z.strictObject({
  subject: Name.optional().describe('Subject of notes. Default: that of the message template.'),
  email: toggle(false, 'Whether Syncro e-mails a note for the client to the ticket’s contact.'),
});

const Billing = z.strictObject({
  product: Name.optional().describe(
    'Product, by name, for offers without their own; not of the categories Labor or Prepay Hours.',
  ),
  taxable: toggle(true, 'Whether a line without a product is taxable; a product says so itself.'),
  dueInDays: DueInDays,
});

/** The settings of a connection with `vendor: syncro`. */
export const SyncroConfig = z.strictObject({
  baseUrl: HostUrl.describe('Address of your Syncro: https://SUBDOMAIN.syncromsp.com.'),
  apiToken: Name.meta({ secret: true }).describe('API token.'),
  alerts: Alerts.prefault({}).describe('How low-balance tickets are made.'),
  notes: Notes.prefault({}).describe('How notes on tickets are made.'),
  billing: Billing.prefault({}).describe('How sales are billed.'),
  closedStatuses: Names.default(['Resolved', 'Invoiced']).describe(
    'Statuses, by name, in which a ticket counts as closed.',
  ),
  showsNotes: toggle(false, 'Whether notes in the labor log may be shown to clients.'),
  prepayOffSince: z.iso
    .date()
    .optional()
    .describe(
      'Date since which Prepay Hours tracking is off for the whole Syncro account. Earlier sales of prepaid hours no longer fail check; later ones do.',
    ),
  requestsPerMinute: upTo(
    60_000,
    150,
    'Maximum requests, evenly spaced; Syncro allows 180 a minute per IP address.',
  ),
});

export type SyncroConfig = z.infer<typeof SyncroConfig>;

import { z } from 'zod';
import { HostUrl, Name, upTo } from '../http/settings.ts';

/** Numbers of SuperOps have up to 19 digits: as a plain number one would be another. */
const IdText = z
  .union([z.int(), z.string().trim()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a SuperOps ID; put it in quotes'));

const Names = z.array(Name).min(1);

const Alerts = z.strictObject({
  status: Name.default('Open').describe('Status of a new ticket, as SuperOps spells it.'),
  priority: Name.optional().describe('Its priority. Default: SuperOps’ own choice.'),
  techGroup: IdText.optional().describe('Id of the group that gets it, in quotes.'),
  withdrawnStatus: Name.optional().describe(
    'Status that closes a ticket taken back. Default: the last of closedStatuses.',
  ),
});

const Billing = z.strictObject({
  route: z
    .enum(['ticket', 'invoice'])
    .default('ticket')
    .describe(
      'What a sale becomes: a ticket that says what to invoice, or an invoice in draft, whose input SuperOps does not document.',
    ),
  serviceItem: IdText.optional().describe(
    'Id of the service item that is invoiced, in quotes, for offers without a product of their own.',
  ),
});

/** The settings of a connection with `vendor: superops`. */
export const SuperopsConfig = z
  .strictObject({
    baseUrl: HostUrl.default('https://api.superops.ai').describe(
      'Host of the API. Default: https://api.superops.ai; https://euapi.superops.ai for a tenant in the EU.',
    ),
    subdomain: Name.describe('First label of your SuperOps address, as MSP Information shows it.'),
    apiToken: Name.meta({ secret: true }).describe('API token of a user of its own.'),
    closedStatuses: Names.default(['Resolved', 'Closed']).describe(
      'Ticket statuses that count as closed, as SuperOps spells them.',
    ),
    paidStatuses: Names.default(['PAID']).describe(
      'Invoice statuses that mean paid in full, as the API spells them.',
    ),
    voidStatuses: z
      .array(Name)
      .default(['VOID', 'VOIDED', 'CANCELLED'])
      .describe('Invoice statuses that mean that it no longer counts.'),
    alerts: Alerts.prefault({}).describe('How alert tickets are made.'),
    billing: Billing.prefault({}).describe('How sales are billed.'),
    invoiceDays: upTo(
      730,
      92,
      'Days back by the invoice’s date in which a payment or change is still seen.',
    ),
    pageSize: upTo(100, 100, 'Rows per page; SuperOps allows at most 100.'),
    requestsPerMinute: upTo(
      60_000,
      90,
      'Maximum requests, evenly spaced; readings of the limit are 100 and 800.',
    ),
  })
  .superRefine(({ billing }, ctx) => {
    if (billing.route === 'ticket' || billing.serviceItem !== undefined) return;
    const message = 'is needed for route: invoice';
    ctx.addIssue({ code: 'custom', path: ['billing', 'serviceItem'], message });
  });

export type SuperopsConfig = z.infer<typeof SuperopsConfig>;

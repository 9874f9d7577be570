import { z } from 'zod';
import { HostUrl, Name, Names, upTo } from '../http/settings.ts';

/** SuperOps IDs have up to 19 digits: as a plain number, one would be rounded. */
const IdText = z
  .union([z.int(), z.string().trim()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'is not a SuperOps ID; put it in quotes'));

const Alerts = z.strictObject({
  status: Name.default('Open').describe('Status of a new ticket, as SuperOps spells it.'),
  priority: Name.optional().describe('Priority. Default: SuperOps’ choice.'),
  techGroup: IdText.optional().describe('ID of the technician group that gets it, in quotes.'),
  withdrawnStatus: Name.optional().describe(
    'Status that closes a withdrawn ticket. Default: the last of closedStatuses.',
  ),
});

const Billing = z.strictObject({
  route: z
    .enum(['ticket', 'invoice'])
    .default('ticket')
    .describe(
      'What a sale becomes: a ticket that says what to invoice, or a draft invoice, whose input SuperOps does not document.',
    ),
  serviceItem: IdText.optional().describe(
    'ID of the service item to invoice, in quotes, for offers without their own product.',
  ),
  dueInDays: upTo(365, 30, 'Days until a draft invoice is due; SuperOps requires a due date.'),
});

/** The settings of a connection with `vendor: superops`. */
export const SuperopsConfig = z
  .strictObject({
    baseUrl: HostUrl.default('https://api.superops.ai').describe(
      'Host of the API. Default: https://api.superops.ai; https://euapi.superops.ai for a tenant in the EU.',
    ),
    subdomain: Name.describe('First label of your SuperOps address, as MSP Information shows it.'),
    apiToken: Name.meta({ secret: true }).describe('API token of a dedicated user.'),
    closedStatuses: Names.default(['Resolved', 'Closed']).describe(
      'Ticket statuses that count as closed, as SuperOps spells them.',
    ),
    alerts: Alerts.prefault({}).describe('How alert tickets are made.'),
    billing: Billing.prefault({}).describe('How sales are billed.'),
    invoiceDays: upTo(
      730,
      92,
      'Days back, by invoice date, in which payments and changes are still detected.',
    ),
    pageSize: upTo(100, 100, 'Rows per page; SuperOps allows at most 100.'),
    requestsPerMinute: upTo(
      60_000,
      90,
      'Maximum requests, evenly spaced; the documented limit is 100 or 800, depending on the page.',
    ),
  })
  .superRefine(({ billing }, ctx) => {
    if (billing.route === 'ticket' || billing.serviceItem !== undefined) return;
    const message = 'is needed for route: invoice';
    ctx.addIssue({ code: 'custom', path: ['billing', 'serviceItem'], message });
  });

export type SuperopsConfig = z.infer<typeof SuperopsConfig>;

import { z } from 'zod';
import { contactsBy, DueInDays, HostUrl, Name, toggle, upTo } from '../http/settings.ts';

const Alerts = z.strictObject({
  board: Name.describe('Service board, by name, on which low-balance tickets are made.'),
  type: Name.optional().describe('Ticket type on that board, by name.'),
  status: Name.optional().describe('Status of a new ticket, by name. Default: the board’s own.'),
  withdrawnStatus: Name.optional().describe(
    'Status of a withdrawn ticket, by name. Default: the board’s first closing status.',
  ),
});

const Billing = z.strictObject({
  invoiceRoute: z
    .enum(['invoice', 'ticket-product'])
    .default('invoice')
    .describe(
      'How a sale becomes an invoice: `invoice` makes a miscellaneous invoice with its product line; ' +
        '`ticket-product` puts the product on a renewal ticket, billed by ConnectWise’s own run.',
    ),
  product: Name.optional().describe('Product (catalog item id) for offers without their own.'),
  board: Name.optional().describe('Service board of renewal tickets (route `ticket-product`).'),
  department: Name.optional().describe('Department of invoices, by name, if one is required.'),
  dueInDays: DueInDays,
  paidWhen: z
    .enum(['balance', 'closed-status'])
    .default('balance')
    .describe(
      'When an invoice counts as paid: its balance is zero, or its billing status is a closed one ' +
        '(where payments are kept in the accounting system only).',
    ),
  voidStatuses: z
    .array(Name)
    .default(['Void', 'Voided', 'Cancelled'])
    .describe('Billing statuses, by name, that mean void.'),
});

export const ConnectwiseConfig = z
  .strictObject({
    baseUrl: HostUrl.describe(
      'The API host: https://api-na.myconnectwise.net, api-eu, api-au, or your own server’s address.',
    ),
    companyId: z
      .string()
      .regex(/^[\w.-]+$/)
      .describe('The company name used to sign in.'),
    publicKey: Name.meta({ secret: true }).describe(
      'Public key of the API member (System > Members > API Members > API Keys).',
    ),
    privateKey: Name.meta({ secret: true }).describe(
      'Private key of the API member; shown once, when the key is created.',
    ),
    clientId: Name.describe('The GUID of your integration, from developer.connectwise.com.'),
    version: z
      .string()
      .regex(/^\d{4}\.\d+$/)
      .default('2026.4')
      .describe('API version requested, so that an upgrade changes nothing.'),
    alerts: Alerts.describe('Where low-balance tickets go.'),
    contacts: contactsBy(z.int().positive(), 'the ID of the contact'),
    billing: Billing.prefault({}).describe('How sales are billed.'),
    approvedFrom: z
      .enum(['tier-one', 'tier-two'])
      .default('tier-two')
      .describe('Approval level from which time counts as approved.'),
    naiveDateTimes: toggle(
      false,
      'For an older server that refuses timestamps with a zone in conditions: they are sent without one.',
    ),
    pageSize: upTo(1000, 1000, 'Rows per page; some older servers allow only 100.'),
  })
  .superRefine(({ billing }, ctx) => {
    if (billing.invoiceRoute !== 'ticket-product' || billing.board !== undefined) return;
    const message = 'is needed by invoiceRoute: ticket-product';
    ctx.addIssue({ code: 'custom', path: ['billing', 'board'], message });
  });

export type ConnectwiseConfig = z.infer<typeof ConnectwiseConfig>;

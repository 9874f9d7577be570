import { z } from 'zod';
import { HostUrl } from '../http/settings.ts';

const BaseUrl = HostUrl.describe(
  'The API host: https://api-na.myconnectwise.net, api-eu, api-au, or an own server’s address.',
);

const Alerts = z.strictObject({
  board: z
    .string()
    .min(1)
    .describe('Service board, by name, on which low-balance tickets are made.'),
  type: z.string().min(1).optional().describe('Ticket type on that board, by name.'),
  status: z
    .string()
    .min(1)
    .optional()
    .describe('Status of a new ticket, by name; the board’s own default unless told.'),
  withdrawnStatus: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Status of a ticket whose run was undone, by name; the board’s first that closes unless told.',
    ),
});

const Billing = z.strictObject({
  invoiceRoute: z
    .enum(['invoice', 'ticket-product', 'agreement'])
    .default('invoice')
    .describe(
      'How a sale becomes an invoice: `invoice` makes a miscellaneous invoice with its product line; ' +
        '`ticket-product` puts the product on a renewal ticket, billed by ConnectWise’s own run; ' +
        '`agreement` adds the money as an addition and the hours as an adjustment.',
    ),
  product: z
    .string()
    .min(1)
    .optional()
    .describe('Product (catalog item id) for offers that name none of their own.'),
  board: z
    .string()
    .min(1)
    .optional()
    .describe('Route `ticket-product`: service board of the renewal tickets, by name.'),
  agreement: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Route `agreement`: name of each client’s agreement; a `*` at the end stands for any rest.',
    ),
  department: z
    .string()
    .min(1)
    .optional()
    .describe('Department of new invoices, by name, where ConnectWise asks for one.'),
  paidWhen: z
    .enum(['balance', 'closed-status'])
    .default('balance')
    .describe(
      'When an invoice counts as paid: its balance is nothing, or its billing status is a closed one ' +
        '(where payments are kept in the accounting system only).',
    ),
  voidStatuses: z
    .array(z.string().min(1))
    .default(['Void', 'Voided', 'Cancelled'])
    .describe('Billing statuses, by name, of invoices that no longer count.'),
});

export const ConnectwiseConfig = z
  .strictObject({
    baseUrl: BaseUrl,
    companyId: z
      .string()
      .regex(/^[\w.-]+$/)
      .describe('The company name that technicians type when they sign in.'),
    publicKey: z
      .string()
      .min(1)
      .describe('Public key of the API member (System > Members > API Members > API Keys).')
      .meta({ secret: true }),
    privateKey: z
      .string()
      .min(1)
      .describe('Private key of the API member; shown once, when the key is made.')
      .meta({ secret: true }),
    clientId: z
      .string()
      .min(1)
      .describe('The clientId (a GUID) of your integration, from developer.connectwise.com.'),
    version: z
      .string()
      .regex(/^\d{4}\.\d+$/)
      .default('2026.4')
      .describe('API version that answers are asked in, so that an upgrade changes nothing.'),
    codebase: z
      .string()
      .regex(/^[\w.-]+\/?$/)
      .optional()
      .describe('Fixed codebase (`v4_6_release`) of an own server; discovered unless told.'),
    alerts: Alerts.describe('Where low-balance tickets go.'),
    billing: Billing.prefault({}).describe('How sales are billed.'),
    approvedFrom: z
      .enum(['tier-one', 'tier-two'])
      .default('tier-two')
      .describe('The approval from which time counts as approved.'),
    naiveDateTimes: z
      .boolean()
      .default(false)
      .describe(
        'For an older server that refuses moments with a zone: moments are sent without one, and those that come without one are read as UTC.',
      ),
    pageSize: z
      .int()
      .min(1)
      .max(1000)
      .default(1000)
      .describe('Rows asked for at once; some older servers allow 100.'),
  })
  .superRefine(({ billing }, ctx) => {
    const needs = { 'ticket-product': 'board', agreement: 'agreement', invoice: null } as const;
    const needed = needs[billing.invoiceRoute];
    if (needed === null || billing[needed] !== undefined) return;
    ctx.addIssue({
      code: 'custom',
      path: ['billing', needed],
      message: `is needed by invoiceRoute: ${billing.invoiceRoute}`,
    });
  });

export type ConnectwiseConfig = z.infer<typeof ConnectwiseConfig>;

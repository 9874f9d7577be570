import { z } from 'zod';
import { secretLengthMin } from '../../domain/redaction.ts';
import { NameText, SourceIdText, whole } from './fields.ts';

/** Sections of the file, besides `connections`, in which `${NAME}` is substituted. */
export const serviceSections = ['web', 'notify'] as const;

/** A token that a stranger could guess would protect nothing. */
export const tokenLengthMin = Math.max(16, secretLengthMin);

/** `HOST:PORT`; an IPv6 address is in brackets. Null: it is not one. */
export function readListen(text: string): { host: string; port: number } | null {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? null : { host, port };
}

export const Web = z.strictObject({
  listen: z
    .string()
    .default('127.0.0.1:8080')
    .superRefine((text, context) => {
      if (readListen(text) !== null) return;
      const message = `"${text}" is not an address to listen on; write HOST:PORT, such as 127.0.0.1:8080`;
      context.addIssue({ code: 'custom', message });
    })
    .describe('Address and port. Anything but a loopback address can be reached by others'),
  token: z
    .string()
    .meta({ secret: true })
    .describe(
      `What people enter to see the page, and monitoring sends; at least ${tokenLengthMin} characters`,
    ),
  url: z
    .string()
    .optional()
    .describe(
      'Public https address of the page, behind a reverse proxy, to which a vendor’s callbacks are sent: `init callbacks` registers them. Default: none can be registered',
    ),
});
export type Web = z.infer<typeof Web>;

export const Notify = z.strictObject({
  webhook: z
    .string()
    .meta({ secret: true })
    .optional()
    .describe(
      'URL that gets a JSON POST when something fails or a message is stuck, and when it recovers',
    ),
  ping: z
    .string()
    .meta({ secret: true })
    .optional()
    .describe(
      'URL that gets a GET after each successful run while nothing fails, for a dead-man switch',
    ),
  client: z
    .string()
    .trim()
    .min(1)
    .optional()
    .describe(
      'Your own company: a client of this file by name, or the ID of one in the PSA that gets alerts. In live mode, a ticket is opened under it for what the webhook gets, while that PSA can be reached, and closed when it recovers',
    ),
  after: whole('runs', 1, 1000)
    .prefault('3')
    .describe(
      'Failed runs in a row of a step or connection before the webhook is called or the ticket opened',
    ),
});
export type Notify = z.infer<typeof Notify>;

export const Accounting = z.strictObject({
  deferredRevenue: SourceIdText.describe('Liability: hours that were sold and not used yet'),
  revenue: SourceIdText.describe('Income: hours that were used'),
  breakage: SourceIdText.describe('Income: hours that expired unused'),
  refunds: SourceIdText.describe('What was left of blocks that were withdrawn'),
  adjustments: SourceIdText.describe('Hours given or taken by hand'),
  receivable: SourceIdText.optional().describe(
    'Where the invoices of blocks are booked now; the journal moves them from there to deferred revenue. Default: they are booked as deferred revenue by themselves, and the journal has no sales',
  ),
  perClient: z
    .boolean()
    .default(false)
    .describe('Lines per client, with its name (QuickBooks) or tracking option (Xero)'),
  trackingCategory: NameText.default('Client').describe('Xero’s tracking category of clients'),
  taxRate: NameText.default('Tax Exempt').describe('Xero’s tax rate without tax, by its name'),
});

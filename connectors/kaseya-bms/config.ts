import { z } from 'zod';
import { BaseUrl, Name, Names, neededFor, upTo, Zone } from '../http/settings.ts';

const Alerts = z.strictObject({
  queue: Name.describe('Queue, by name, in which low-balance tickets are made.'),
  type: Name.describe(
    'Ticket type, by name; BMS lists no types, so there must be a ticket of this type already.',
  ),
  priority: Name.default('Medium').describe('Priority of a new ticket, by name.'),
  status: Name.default('New').describe('Status of a new ticket, by name.'),
  withdrawnStatus: Name.default('Completed').describe(
    'Status, by name, in which a withdrawn ticket is resolved.',
  ),
});

const Billing = z.strictObject({
  queue: Name.optional().describe(
    'Queue, by name, of the tickets that carry sales. Default: that of alerts.',
  ),
  product: Name.optional().describe('Product, by name, for offers without their own.'),
});

/** The settings of a connection with `vendor: kaseya-bms`. */
export const KaseyaBmsConfig = z.strictObject({
  baseUrl: BaseUrl.default('https://api.bms.kaseya.com').describe(
    'Address of the API: that of your region, such as https://api.bmsemea.kaseya.com, https://api.bmsapac.kaseya.com or https://api.vorexlogin.com.',
  ),
  tenant: Name.describe('Company name used to log in to BMS.'),
  username: Name.describe('User name of the API user.'),
  password: Name.meta({ secret: true }).describe('Password of the API user.'),
  timezone: Zone.optional().describe(
    'Zone of the day and the times of work, which BMS shows without one. Default: the file’s timezone.',
  ),
  alerts: neededFor(Alerts, 'alerts or invoices', 'How tickets are made'),
  notes: z
    .strictObject({
      typeId: z.int().min(1).default(1).describe('Number of the note type; BMS lists no types.'),
    })
    .prefault({})
    .describe('How notes on tickets are made.'),
  billing: Billing.prefault({}).describe('How sales are charged to tickets.'),
  balance: z
    .strictObject({
      moduleId: z
        .int()
        .min(1)
        .describe('Number of the accounts module, whose custom fields are used.'),
    })
    .optional()
    .describe('Custom fields of accounts; needed only for a balance field.'),
  closedStatuses: Names.optional().describe(
    'Ticket statuses, by name, that count as closed. Default: completed and not reopened since.',
  ),
  pageSize: upTo(100, 100, 'Rows per page; BMS reportedly allows at most 100.'),
});

export type KaseyaBmsConfig = z.infer<typeof KaseyaBmsConfig>;

import { z } from 'zod';
import { BaseUrl, DueInDays, Name, Names, neededFor, toggle, upTo } from '../http/settings.ts';

const Alerts = z.strictObject({
  queue: Name.describe('Queue, by name, in which low-balance tickets are made.'),
  priority: Name.default('Medium').describe('Priority of a new ticket, by name.'),
  status: Name.default('New').describe('Status of a new ticket, by name.'),
  withdrawnStatus: Name.optional().describe(
    'Status, by name, of a ticket that `undo` withdraws. Default: the first of closedStatuses.',
  ),
  dueInDays: DueInDays.describe('Due date of a new ticket, if your Autotask requires one.'),
});

const Notes = z.strictObject({
  client: Name.default('All Autotask Users').describe('Publish level of notes for the client.'),
  internal: Name.default('Internal Project Team').describe('Publish level of internal notes.'),
});

const Billing = z.strictObject({
  contract: Name.describe('Name of each client’s contract for sales; `*` at its end matches any.'),
  billingCode: Name.optional().describe(
    'Billing code, by name, for offers without their own product; on a block-hour contract it must be of type block purchase.',
  ),
  chargeType: Name.default('Operational').describe('Charge type, by name.'),
  nativeBlock: toggle(
    true,
    'Whether a sale also adds a block to the block-hour contract; `false` writes only the charge.',
  ),
});

/** The settings of a connection with `vendor: autotask`. */
export const AutotaskConfig = z.strictObject({
  username: Name.describe('User name (e-mail form) of the API-only user.'),
  secret: Name.describe('Password (secret) of the API-only user.').meta({ secret: true }),
  integrationCode: Name.describe('API tracking identifier of that user.').meta({ secret: true }),
  zoneUrl: BaseUrl.default('https://webservices.autotask.net/ATServicesRest').describe(
    'Address for discovering the zone of your database; no need to change it.',
  ),
  alerts: neededFor(Alerts, 'alerts', 'How low-balance tickets are made'),
  notes: Notes.prefault({}).describe('How ticket notes are made.'),
  billing: neededFor(Billing, 'invoices', 'How a sale is billed'),
  closedStatuses: Names.default(['Complete']).describe('Statuses, by name, that count as closed.'),
  requestShare: upTo(
    95,
    50,
    'Percentage of the 10,000 hourly requests, shared by all integrations, at which this connection pauses.',
  ),
  pageSize: upTo(500, 500, 'Rows per page; Autotask allows at most 500.'),
});

export type AutotaskConfig = z.infer<typeof AutotaskConfig>;

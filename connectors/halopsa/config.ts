import { z } from 'zod';
import { BaseUrl, DueInDays, HostUrl, Name, Names, toggle, upTo } from '../http/settings.ts';

const Alerts = z.strictObject({
  ticketType: Name.describe('Ticket type, by name, of low-balance tickets.'),
  withdrawnStatus: Name.optional().describe(
    'Status, by name, of a ticket that `undo` withdraws. Default: the first of closedStatuses, else Closed.',
  ),
  team: Name.optional().describe('Team, by name, that gets them. Default: Halo’s choice.'),
});

const Notes = z.strictObject({
  internal: Name.default('Private Note').describe('Outcome of an internal note, by name.'),
  client: Name.default('Public Note').describe('Outcome of a note that the client sees, by name.'),
  email: toggle(false, 'Whether Halo sends the note to the ticket’s user as an e-mail.'),
});

const Billing = z.strictObject({
  product: Name.optional().describe('Item, by name, for offers without their own.'),
  dueInDays: DueInDays,
});

/** The settings of a connection with `vendor: halopsa`. */
export const HalopsaConfig = z.strictObject({
  baseUrl: HostUrl.describe('Address of your Halo as people open it: https://msp.halopsa.com.'),
  clientId: Name.describe('Client ID of the API application.'),
  clientSecret: Name.meta({ secret: true }).describe('Client secret of the API application.'),
  tenant: Name.optional().describe('Tenant name for the token. Default: as Halo reports it.'),
  authUrl: BaseUrl.optional().describe(
    'Authorisation server, if it is not on the host of baseUrl: the secret is sent there.',
  ),
  scope: Name.default('all').describe('Permissions that the token asks for, as Halo spells them.'),
  alerts: Alerts.optional().describe(
    'How alert tickets are made; needed only where alerts go to this connection.',
  ),
  notes: Notes.prefault({}).describe('How notes on tickets are made.'),
  billing: Billing.prefault({}).describe('How sales are billed.'),
  closedStatuses: Names.optional().describe(
    'Statuses, by name, that count as closed. Default: what Halo flags as closed and has a closing date.',
  ),
  billableBy: z
    .enum(['charge-type', 'flag'])
    .default('charge-type')
    .describe('What makes time billable: a charge type, or just the billable flag of the action.'),
  remoteSessions: toggle(false, 'Whether the remote sessions that Halo holds are read.'),
  pageSize: upTo(100, 100, 'Rows per page; Halo allows at most 100.'),
  requestsPerMinute: upTo(60_000, 140, 'Evenly spaced; 700 in five minutes is often cited.'),
});

export type HalopsaConfig = z.infer<typeof HalopsaConfig>;

import { z } from 'zod';
import { contactsBy, HostUrl, Name, Names, upTo } from '../http/settings.ts';

/** The settings of a connection with `vendor: ninjaone`. */
export const NinjaoneConfig = z.strictObject({
  baseUrl: HostUrl.describe(
    'The host of your region: https://app.ninjarmm.com (US), https://us2.ninjarmm.com, https://eu.ninjarmm.com, https://ca.ninjarmm.com or https://oc.ninjarmm.com; or your own, https://NAME.rmmservices.net.',
  ),
  clientId: Name.describe('Client ID of the API application.'),
  clientSecret: Name.meta({ secret: true }).describe('Client secret of the API application.'),
  alerts: z
    .strictObject({
      ticketForm: Name.describe('Name of the ticket form that our tickets use.'),
      status: Name.describe('Status of a new ticket, as shown in NinjaOne: New.'),
    })
    .optional()
    .describe(
      'How alert tickets and invoice request tickets are created; needed only if they go to this connection.',
    ),
  contacts: contactsBy(Name, 'the uid of the contact'),
  boards: Names.optional().describe(
    'Names of the ticket boards to read. Default: all that the API application sees. One board that shows every ticket is best.',
  ),
  closedStatuses: Names.optional().describe(
    'Statuses that count as closed, as shown in NinjaOne. Default: the built-in Closed and all that inherit from it.',
  ),
  remoteTools: z
    .array(z.enum(['splashtop', 'teamviewer', 'quick-connect']))
    .min(1)
    .default(['splashtop', 'teamviewer', 'quick-connect'])
    .describe('Remote-control tools whose sessions are read; one request each on a quiet run.'),
  pageSize: upTo(1000, 200, 'Rows per page; the API allows at most 1000.'),
});

export type NinjaoneConfig = z.infer<typeof NinjaoneConfig>;

export type RemoteTool = NinjaoneConfig['remoteTools'][number];

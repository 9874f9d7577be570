import type {
  Connector,
  ConnectorContext,
  Push,
  SourceId,
  VendorModule,
} from '../../src/contract/connector.ts';
import { namesAlone } from '../http/rows.ts';
import { createAlertTicket } from './alert-ticket.ts';
import { createApi } from './api.ts';
import { createBoards } from './boards.ts';
import { checkConnection } from './check.ts';
import { NinjaoneConfig } from './config.ts';
import { createDirectory } from './directory.ts';
import { workTypes } from './mapping.ts';
import { probeConnection } from './probe.ts';
import { createBalanceField, createTicketNote } from './push.ts';
import { createSale } from './sale.ts';
import { pullSessions } from './sessions.ts';
import { createStatuses } from './statuses.ts';
import { pullTicketTime } from './ticket-time.ts';
import { pullTickets } from './tickets.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

/** NinjaOne, public API v2. See the README beside this file. */
export const ninjaone: VendorModule<NinjaoneConfig> = {
  id: 'ninjaone',
  title: 'NinjaOne',
  config: NinjaoneConfig,
  pulls: ['clients', 'tickets', 'sessions', 'ticketTime'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: false, deletions: 'with their ticket', sale: 'ticket', ownBlocks: null },
  readsBy: ({ closedStatuses, boards }) => ({ tickets: [closedStatuses, boards] }),
  create: createNinjaone,
};

function createNinjaone(config: NinjaoneConfig, context: ConnectorContext): Connector {
  const api = createApi(config, context);
  const directory = createDirectory(api, context);
  const rooms = {
    api,
    config,
    context,
    directory,
    organizations: directory.organizations,
    boards: createBoards(api, config, context),
    statuses: createStatuses(api, config, context),
    trackedSeconds: new Map<SourceId, number>(),
  };
  const alertTicket = createAlertTicket(rooms);
  const ticketNote = createTicketNote(rooms);
  const tickets: Required<Push<'alert-ticket'>> = {
    find: alertTicket.find,
    create: alertTicket.create,
    inspect: alertTicket.inspect,
    withdraw: (message, withdrawal, signal) => withdrawTicket(rooms, message, withdrawal, signal),
  };
  return {
    check: (clientIds, signal) => checkConnection({ ...rooms, alertTicket }, clientIds, signal),
    probe: (clientId, signal) =>
      probeConnection({ ...rooms, alertTicket, ticketNote }, clientId, signal),
    listClients: (signal) => rooms.organizations.reread(signal),
    listNames: async (_, signal) => ({
      boards: (await rooms.boards.toRead(signal)).map(({ id, name }) => ({ sourceId: id, name })),
      workTypes: namesAlone(workTypes),
    }),
    pull: {
      clients: (request) => directory.organizations.pages(request),
      tickets: (request) => pullTickets(rooms, request),
      sessions: (request) => pullSessions(rooms, request),
      ticketTime: (ticketIds, signal) => pullTicketTime(rooms, ticketIds, signal),
    },
    push: {
      'alert-ticket': tickets,
      invoice: createSale(tickets),
      'ticket-note': ticketNote,
      'balance-field': createBalanceField(rooms),
    },
  };
}

import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { check } from './check.ts';
import { PlainDeskConfig } from './config.ts';
import { fromClient, fromTicket, fromTime } from './mapping.ts';
import { createAlertPush, createNotePush } from './push.ts';
import { ClientWire, TicketWire, TimeWire } from './schema.ts';

/** An invented help desk. What it cannot do is left out of `pulls` and `pushes`, not stubbed. */
export const plainDesk: VendorModule<PlainDeskConfig> = {
  id: '_template',
  title: 'Plain Desk',
  config: PlainDeskConfig,
  pulls: ['clients', 'tickets', 'timeEntries'],
  pushes: ['alert-ticket', 'ticket-note'],
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  create(config, context) {
    const api = createApi(config, context);
    return {
      check: (clientIds, signal) => check(api, clientIds, signal),
      pull: {
        clients: (request) => api.list('/clients', request, ClientWire, fromClient),
        tickets: (request) => api.list('/tickets', request, TicketWire, fromTicket),
        timeEntries: (request) => api.list('/time', request, TimeWire, fromTime),
      },
      push: { 'alert-ticket': createAlertPush(api), 'ticket-note': createNotePush(api) },
    };
  },
};

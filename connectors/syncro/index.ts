import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection, listNames } from './check.ts';
import { SyncroConfig } from './config.ts';
import { createNames } from './names.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { saleProduct } from './products.ts';
import { createClientPull, createInvoicePull, createTicketPull, listClients } from './pull.ts';
import { createTimePull } from './pull-time.ts';
import { createBalancePush } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';
import { createRecentTickets } from './recent-tickets.ts';

/** Syncro (SyncroMSP). What it can, cannot and needs is in README.md. */
export const syncro: VendorModule<SyncroConfig> = {
  id: 'syncro',
  title: 'Syncro',
  config: SyncroConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: {
    approval: false,
    deletions: 'changed tickets and sweep',
    sale: 'invoice',
    ownBlocks: 'refused',
  },
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  create(config, context) {
    const api = createApi(config, context);
    const recent = createRecentTickets();
    return {
      check: (clientIds, signal) => checkConnection(api, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, clientId, signal),
      listNames: (clientIds, signal) => listNames(api, clientIds, signal),
      listClients: (signal) => listClients(api, signal),
      proveProduct: async (name, signal) => {
        await saleProduct(api, { product: name }, signal);
      },
      pull: {
        clients: createClientPull(api),
        tickets: createTicketPull(api, recent),
        timeEntries: createTimePull(api, createNames(api), recent),
        invoices: createInvoicePull(api),
        present: createPresence(api),
      },
      push: {
        'alert-ticket': createAlertPush(api),
        'ticket-note': createNotePush(api),
        invoice: createInvoicePush(api),
        'balance-field': createBalancePush(api),
      },
    };
  },
};

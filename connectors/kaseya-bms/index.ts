import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check.ts';
import { KaseyaBmsConfig } from './config.ts';
import { listNames, productOf } from './names.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { listClients, pullClients, pullTickets } from './pull.ts';
import { pullInvoices } from './pull-invoices.ts';
import { pullTime } from './pull-time.ts';
import { createBalancePush } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';

/** Kaseya BMS, also sold as Vorex. What it can, cannot and needs is in README.md. */
export const kaseyaBms: VendorModule<KaseyaBmsConfig> = {
  id: 'kaseya-bms',
  title: 'Kaseya BMS',
  config: KaseyaBmsConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: true, deletions: 'sweep', sale: 'ticket charge', ownBlocks: 'warned of' },
  readsBy: ({ closedStatuses, timezone, moments }) => ({
    tickets: [closedStatuses, moments],
    time: [timezone, moments],
  }),
  needsProduct: ({ billing }) => billing.product === undefined,
  create(config, context) {
    const api = createApi(config, context);
    return {
      check: (clientIds, signal) => checkConnection(api, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, clientId, signal),
      listNames: (clientIds, signal) => listNames(api, clientIds, signal),
      listClients: (signal) => listClients(api, signal),
      proveProduct: async (name, signal) => {
        await productOf(api, name, signal);
      },
      pull: {
        clients: (request) => pullClients(api, request),
        tickets: (request) => pullTickets(api, request),
        timeEntries: (request) => pullTime(api, request),
        invoices: (request) => pullInvoices(api, request),
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

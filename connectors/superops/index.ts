import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check.ts';
import { SuperopsConfig } from './config.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import {
  createClientPull,
  createInvoicePull,
  createTicketPull,
  createTimePull,
  listClients,
} from './pull.ts';
import { createBalancePush } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';

/** SuperOps PSA. What it can, cannot and needs is in README.md. */
export const superops: VendorModule<SuperopsConfig> = {
  id: 'superops',
  title: 'SuperOps',
  config: SuperopsConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: {
    approval: false,
    deletions: 'sweep',
    sale: 'ticket or invoice',
    ownBlocks: 'contracts warned of',
  },
  readsBy: ({ closedStatuses, paidStatuses, voidStatuses }) => ({
    tickets: [closedStatuses, paidStatuses, voidStatuses],
  }),
  // A ticket that says what to invoice leads to an invoice without our key.
  showsPayment: (config) => config.billing.route === 'invoice',
  create(config, context) {
    const api = createApi(config, context);
    return {
      check: (clientIds, signal) => checkConnection(api, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, clientId, signal),
      listClients: (signal) => listClients(api, signal),
      pull: {
        clients: createClientPull(api),
        tickets: createTicketPull(api),
        timeEntries: createTimePull(api),
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

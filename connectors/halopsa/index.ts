import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection, listNames } from './check.ts';
import { createClientPull, listClients } from './clients.ts';
import { HalopsaConfig } from './config.ts';
import { createInvoicePull } from './invoices.ts';
import { createNames, itemNumber } from './names.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { createBalancePush } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';
import { pullTicketTime } from './ticket-time.ts';
import { createTicketPull } from './tickets.ts';

/** HaloPSA. What it can, cannot and needs is in README.md. */
export const halopsa: VendorModule<HalopsaConfig> = {
  id: 'halopsa',
  title: 'HaloPSA',
  config: HalopsaConfig,
  pulls: ['clients', 'tickets', 'ticketTime', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: true, deletions: 'sweep', sale: 'prepay and invoice', ownBlocks: 'warned of' },
  readsBy: ({ closedStatuses, timeUnit, billableBy }) => ({
    tickets: closedStatuses,
    time: [timeUnit, billableBy],
  }),
  create(config, context) {
    const api = createApi(config, context);
    const names = createNames(api);
    return {
      check: (clientIds, signal) => checkConnection(api, names, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, names, clientId, signal),
      listNames: (clientIds, signal) => listNames(api, names, clientIds, signal),
      listClients: (signal) => listClients(api, signal),
      proveProduct: async (name, signal) => {
        await itemNumber(api, name, signal);
      },
      pull: {
        clients: createClientPull(api),
        tickets: createTicketPull(api, names),
        ticketTime: (ticketIds, signal) => pullTicketTime(api, names, ticketIds, signal),
        invoices: createInvoicePull(api),
        present: createPresence(api),
      },
      push: {
        'alert-ticket': createAlertPush(api, names),
        'ticket-note': createNotePush(api),
        invoice: createInvoicePush(api),
        'balance-field': createBalancePush(api),
      },
    };
  },
};

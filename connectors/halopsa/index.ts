import type { VendorModule } from '../../src/contract/connector.ts';
import { countedPresence } from '../kit/presence.ts';
import { createHalo } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { HalopsaConfig } from './config.ts';
import { facts } from './facts.ts';
import { itemNumber, listClients } from './lists.ts';
import { pullClients, pullInvoices, pullTickets } from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush } from './push.ts';
import { createInvoicePush } from './sales.ts';
import { presentTime, pullTicketTime, ticketOf } from './ticket-time.ts';
import { probeConnection } from './verify.ts';

/** HaloPSA. What it can, cannot and needs is in README.md. */
export const halopsa: VendorModule<HalopsaConfig> = {
  id: 'halopsa',
  title: 'HaloPSA',
  config: HalopsaConfig,
  pulls: ['clients', 'tickets', 'ticketTime', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: true, deletions: 'sweep', sale: 'prepay and invoice', ownBlocks: 'warned of' },
  facts: facts.rows,
  readsBy: ({ closedStatuses, timeUnit, billableBy }) => ({
    tickets: closedStatuses,
    time: [timeUnit, billableBy],
  }),
  create(config, context) {
    const open = createHalo(config, context);
    const itemNames = new Map<string, string | null>();
    return {
      check: (clientIds, signal) => checkConnection(open(signal), clientIds),
      probe: (clientId, signal) => probeConnection(open(signal), clientId),
      listNames: (clientIds, signal) => listNames(open(signal), clientIds),
      listClients: (signal) => listClients(open(signal)),
      proveProduct: async (name, signal) => void (await itemNumber(open(signal), name)),
      pull: {
        clients: (request) => pullClients(open(request.signal), request),
        tickets: (request) => pullTickets(open(request.signal), request),
        ticketTime: (ticketIds, signal) => pullTicketTime(open(signal), ticketIds),
        invoices: (request) => pullInvoices(open(request.signal), request, itemNames),
        present: countedPresence((request) => presentTime(open(request.signal), request), {
          ticketOf,
        }),
      },
      push: {
        'alert-ticket': createAlertPush(open),
        'ticket-note': createNotePush(open),
        invoice: createInvoicePush(open),
        'balance-field': createBalancePush(open),
      },
    };
  },
};

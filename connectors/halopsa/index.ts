import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
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

/** HaloPSA. See README.md. */
export const halopsa: VendorModule<HalopsaConfig> = {
  id: 'halopsa',
  title: 'HaloPSA',
  config: HalopsaConfig,
  pulls: ['clients', 'tickets', 'ticketTime', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: true, deletions: 'sweep', sale: 'prepay and invoice', ownBlocks: 'warned of' },
  facts: facts.rows,
  evidence: ['schema', 'recorded'],
  readsBy: ({ closedStatuses, timeUnit, billableBy }) => ({
    tickets: closedStatuses,
    time: [timeUnit, billableBy],
  }),
  create: (config, context) =>
    bindConnector(createHalo(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      proveProduct: itemNumber,
      pull: { clients: pullClients, tickets: pullTickets, invoices: pullInvoices },
      ticketTime: pullTicketTime,
      presentTime,
      ticketOf,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
        'balance-field': createBalancePush,
      },
    }),
};

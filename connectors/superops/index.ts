import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createSuperOps } from './call.ts';
import { checkConnection } from './check.ts';
import { SuperopsConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import {
  countTime,
  presentTime,
  pullClients,
  pullInvoices,
  pullTickets,
  pullTime,
} from './pull.ts';
import {
  createAlertPush,
  createBalancePush,
  createInvoicePush,
  createNotePush,
  createRequestPush,
} from './push.ts';
import { probeConnection } from './verify.ts';

/** SuperOps PSA. See README.md. */
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
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ closedStatuses, paidStatuses, voidStatuses }) => ({
    tickets: [closedStatuses, paidStatuses, voidStatuses],
  }),
  // An invoice request ticket leads to an invoice without our key.
  showsPayment: (config) => config.billing.route === 'invoice',
  create(config, context) {
    const isInvoiced = config.billing.route === 'invoice';
    return bindConnector(createSuperOps(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listClients,
      pull: {
        clients: pullClients,
        tickets: pullTickets,
        timeEntries: pullTime,
        invoices: pullInvoices,
      },
      presentTime,
      countTime,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: isInvoiced ? createInvoicePush : createRequestPush,
        'balance-field': createBalancePush,
      },
    });
  },
};

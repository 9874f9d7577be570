import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createSyncro } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { SyncroConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { saleProduct } from './prepay-products.ts';
import { pullClients, pullInvoices, pullTickets } from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush } from './push.ts';
import { createInvoicePush } from './sales.ts';
import { presentTime, pullTime } from './timers.ts';
import { probeConnection } from './verify.ts';

/** Syncro (SyncroMSP). See README.md. */
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
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  create: (config, context) =>
    bindConnector(createSyncro(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      proveProduct: saleProduct,
      pull: {
        clients: pullClients,
        tickets: pullTickets,
        timeEntries: pullTime,
        invoices: pullInvoices,
      },
      presentTime,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
        'balance-field': createBalancePush,
      },
    }),
};

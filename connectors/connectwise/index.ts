/** ConnectWise PSA (formerly Manage). What it can, cannot and needs is in README.md. */
import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection } from './check.ts';
import { ConnectwiseConfig } from './config.ts';
import { listClients, listNames } from './name-lists.ts';
import { lookUpName } from './names.ts';
import { readBlocks } from './native-blocks.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { createPulls } from './pull.ts';
import { createBalancePush } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush } from './push-ticket.ts';

export const connectwise: VendorModule<ConnectwiseConfig> = {
  id: 'connectwise',
  title: 'ConnectWise PSA',
  config: ConnectwiseConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present', 'blocks'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: {
    approval: true,
    billedTime: true,
    deletions: 'sweep',
    sale: 'invoice',
    ownBlocks: 'compared',
  },
  readsBy: ({ approvedFrom }) => ({ time: approvedFrom }),
  // The other routes are billed by ConnectWise's own run, whose invoices do not bear our reference.
  showsPayment: (config) => config.billing.invoiceRoute === 'invoice',
  needsProduct: ({ billing }) => billing.product === undefined,
  create(config, context) {
    const api = createApi(config, context);
    return {
      check: (clientIds, signal) => checkConnection(api, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, clientId, signal),
      listNames: (clientIds, signal) => listNames(api, clientIds, signal),
      listClients: (signal) => listClients(api, signal),
      proveProduct: async (name, signal) => {
        await lookUpName(api, 'product', name, signal);
      },
      pull: {
        ...createPulls(api),
        present: createPresence(api),
        blocks: (clientIds, signal) => readBlocks(api, clientIds, signal),
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

import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { readBlocks } from './agreements.ts';
import { createPsa } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { ConnectwiseConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients, lookUpName } from './lists.ts';
import {
  countTime,
  presentTime,
  pullClients,
  pullInvoices,
  pullTickets,
  pullTime,
} from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush } from './push.ts';
import { createInvoicePush } from './sales.ts';
import { probeConnection } from './verify.ts';

/** ConnectWise PSA (formerly Manage). See README.md. */
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
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ approvedFrom }) => ({ time: approvedFrom }),
  // The other routes are billed by ConnectWise's own run, whose invoices do not have our reference.
  showsPayment: (config) => config.billing.invoiceRoute === 'invoice',
  needsProduct: ({ billing }) => billing.product === undefined,
  create: (config, context) =>
    bindConnector(createPsa(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      proveProduct: (psa, name) => lookUpName(psa, 'product', name),
      pull: {
        clients: pullClients,
        tickets: pullTickets,
        timeEntries: pullTime,
        invoices: pullInvoices,
      },
      presentTime,
      countTime,
      blocks: readBlocks,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
        'balance-field': createBalancePush,
      },
    }),
};

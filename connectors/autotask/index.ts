import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createAutotask } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { AutotaskConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { pullClients, pullInvoices, pullTickets } from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush } from './push.ts';
import { createInvoicePush, findBillingCode } from './sales.ts';
import { countTime, presentTime, pullTime } from './time.ts';
import { probeConnection } from './verify.ts';

/** Autotask PSA (Datto, Kaseya). See README.md. */
export const autotask: VendorModule<AutotaskConfig> = {
  id: 'autotask',
  title: 'Autotask PSA',
  config: AutotaskConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: {
    approval: true,
    billedTime: true,
    deletions: 'deletion log and sweep',
    sale: 'block and charge',
    ownBlocks: 'warned of',
  },
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  needsProduct: ({ billing }) => billing?.billingCode === undefined,
  create: (config, context) =>
    bindConnector(createAutotask(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      proveProduct: (api, product) => findBillingCode(api, { product, offer: '' }),
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
        invoice: createInvoicePush,
        'balance-field': createBalancePush,
      },
    }),
};

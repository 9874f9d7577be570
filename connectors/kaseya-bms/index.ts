import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createBms } from './call.ts';
import { checkConnection } from './check.ts';
import { KaseyaBmsConfig } from './config.ts';
import { facts } from './facts.ts';
import { findProduct, listClients, listNames } from './lists.ts';
import { presentTime, pullClients, pullInvoices, pullTickets, pullTime } from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush } from './push.ts';
import { createInvoicePush } from './sales.ts';
import { probeConnection } from './verify.ts';

/** Kaseya BMS, also sold as Vorex. See README.md. */
export const kaseyaBms: VendorModule<KaseyaBmsConfig> = {
  id: 'kaseya-bms',
  title: 'Kaseya BMS',
  config: KaseyaBmsConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'invoices', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: true, deletions: 'sweep', sale: 'ticket charge', ownBlocks: 'warned of' },
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ closedStatuses, timezone, timestamps }) => ({
    tickets: [closedStatuses, timestamps],
    time: [timezone, timestamps],
  }),
  needsProduct: ({ billing }) => billing.product === undefined,
  create: (config, context) =>
    bindConnector(createBms(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      proveProduct: findProduct,
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

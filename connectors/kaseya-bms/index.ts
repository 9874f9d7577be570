import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createBms } from './call.ts';
import { checkConnection } from './check.ts';
import { KaseyaBmsConfig } from './config.ts';
import { facts } from './facts.ts';
import { findProduct, listClients, listNames, listProducts } from './lists.ts';
import { presentTime, pullClients, pullInvoices, pullTickets, pullTime } from './pull.ts';
import { accountField, alertRecord, notes } from './push.ts';
import { saleRecord } from './sales.ts';
import { probeConnection } from './verify.ts';

/** Kaseya BMS, also sold as Vorex. See README.md. */
export const kaseyaBms = describeVendor({
  id: 'kaseya-bms',
  title: 'Kaseya BMS',
  config: KaseyaBmsConfig,
  table: { approval: true, deletions: 'sweep', sale: 'ticket charge', ownBlocks: 'warned of' },
  facts,
  evidence: ['schema'],
  // Compared with what is stored, where `utc` was once a setting.
  readsBy: ({ closedStatuses, timezone }) => ({
    tickets: [closedStatuses, 'utc'],
    time: [timezone, 'utc'],
  }),
  needsProduct: ({ billing }) => billing.product === undefined,
  open: createBms,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    listProducts,
    proveProduct: findProduct,
    pull: {
      clients: pullClients,
      tickets: pullTickets,
      timeEntries: pullTime,
      invoices: pullInvoices,
    },
    presentTime,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: keyedPush(facts, saleRecord),
      'balance-field': balancePush(facts, accountField),
    },
  },
});

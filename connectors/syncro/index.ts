import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createSyncro } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { SyncroConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { listProducts, saleProduct } from './prepay-products.ts';
import { pullClients, pullInvoices, pullTickets } from './pull.ts';
import { alertRecord, clientFields, notes } from './push.ts';
import { saleRecord } from './sales.ts';
import { presentTime, pullTime } from './timers.ts';
import { probeConnection } from './verify.ts';

/** Syncro (SyncroMSP). See README.md. */
export const syncro = describeVendor({
  id: 'syncro',
  title: 'Syncro',
  config: SyncroConfig,
  table: {
    approval: false,
    deletions: 'changed tickets and sweep',
    sale: 'invoice',
    ownBlocks: 'refused',
  },
  facts,
  evidence: ['schema'],
  readsBy: ({ closedStatuses }) => ({ tickets: closedStatuses }),
  open: createSyncro,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    listProducts,
    proveProduct: saleProduct,
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
      'balance-field': balancePush(facts, clientFields),
    },
  },
});

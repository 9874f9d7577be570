import { describeVendor } from '../kit/connector.ts';
import { balancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { createHalo } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { HalopsaConfig } from './config.ts';
import { facts } from './facts.ts';
import { itemNumber, listClients, listProducts } from './lists.ts';
import { pullClients, pullInvoices, pullTickets } from './pull.ts';
import { alertRecord, clientFields, notes } from './push.ts';
import { paymentRecord, saleRecord } from './sales.ts';
import { pullSessions } from './sessions.ts';
import { presentTime, pullTicketTime, ticketOf } from './ticket-time.ts';
import { probeConnection } from './verify.ts';

/** HaloPSA. See README.md. */
export const halopsa = describeVendor({
  id: 'halopsa',
  title: 'HaloPSA',
  config: HalopsaConfig,
  table: { approval: true, deletions: 'sweep', sale: 'invoice', ownBlocks: 'warned of' },
  facts,
  evidence: ['schema', 'recorded'],
  readsBy: ({ closedStatuses, billableBy }) => ({
    tickets: closedStatuses,
    // null keeps the place of a setting that was removed: a shorter list would read all time again.
    time: [null, billableBy],
  }),
  open: createHalo,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    listProducts,
    proveProduct: itemNumber,
    pull: {
      clients: pullClients,
      tickets: pullTickets,
      invoices: pullInvoices,
      sessions: pullSessions,
    },
    ticketTime: pullTicketTime,
    presentTime,
    ticketOf,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: keyedPush(facts, saleRecord),
      'invoice-payment': keyedPush(facts, paymentRecord),
      'balance-field': balancePush(facts, clientFields),
    },
  },
});

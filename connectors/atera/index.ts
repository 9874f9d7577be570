import { describeVendor } from '../kit/connector.ts';
import { plainBalancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { saleTicketPush } from '../kit/writing/sale-text.ts';
import { createAtera } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { AteraConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { presentTime, pullClients, pullTickets, pullTime } from './pull.ts';
import { alertRecord, clientFields, notes, saleRecord } from './push.ts';
import { probeConnection } from './verify.ts';

/** Atera. See README.md. */
export const atera = describeVendor({
  id: 'atera',
  title: 'Atera',
  config: AteraConfig,
  table: { approval: false, deletions: 'sweep', sale: 'ticket', ownBlocks: 'warned of' },
  facts,
  evidence: ['schema'],
  readsBy: ({ closedStatuses, workHoursIn, timezone }) => ({
    tickets: closedStatuses,
    time: [workHoursIn, timezone],
  }),
  open: createAtera,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    pull: { clients: pullClients, tickets: pullTickets, timeEntries: pullTime },
    presentTime,
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: saleTicketPush(facts, saleRecord),
      'balance-field': plainBalancePush(clientFields),
    },
  },
});

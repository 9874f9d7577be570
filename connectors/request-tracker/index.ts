import { describeVendor } from '../kit/connector.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { saleTicketPush } from '../kit/writing/sale-text.ts';
import { createCall } from './call.ts';
import { checkConnection } from './check.ts';
import { RequestTrackerConfig } from './config.ts';
import { facts } from './facts.ts';
import { listNames } from './lists.ts';
import { listClients, pullClients, pullTickets, pullTime } from './pull.ts';
import { alertRecord, notes, saleRecord } from './push.ts';
import { probeConnection } from './verify.ts';

/** Best Practical's Request Tracker 5, over its REST 2.0. */
export const requestTracker = describeVendor({
  id: 'request-tracker',
  title: 'Request Tracker',
  config: RequestTrackerConfig,
  table: { approval: false, deletions: 'cannot be deleted', sale: 'ticket', ownBlocks: null },
  facts,
  evidence: ['real server'],
  readsBy: ({ closedStatuses, clientFrom, clientField }) => ({
    tickets: [closedStatuses, clientFrom, clientField],
  }),
  open: createCall,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients,
    pull: { clients: pullClients, tickets: pullTickets, timeEntries: pullTime },
    push: {
      'alert-ticket': keyedPush(facts, alertRecord),
      'ticket-note': notePush(notes),
      invoice: saleTicketPush(facts, saleRecord),
    },
  },
});

import type { VendorModule } from '../../src/contract/connector.ts';
import { createCall } from './call.ts';
import { checkConnection } from './check.ts';
import { RequestTrackerConfig } from './config.ts';
import { facts } from './facts.ts';
import { listQueues } from './lists.ts';
import { listClients, pullClients, pullTickets, pullTime } from './pull.ts';
import { createAlertPush, createInvoicePush, createNotePush } from './push.ts';
import { probeConnection } from './verify.ts';

/** Best Practical's Request Tracker 5, over its REST 2.0. */
export const requestTracker: VendorModule<RequestTrackerConfig> = {
  id: 'request-tracker',
  title: 'Request Tracker',
  config: RequestTrackerConfig,
  pulls: ['clients', 'tickets', 'timeEntries'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice'],
  table: { approval: false, deletions: 'cannot be deleted', sale: 'ticket', ownBlocks: null },
  facts: facts.rows,
  readsBy: ({ closedStatuses, clientFrom, clientField }) => ({
    tickets: [closedStatuses, clientFrom, clientField],
  }),
  create(config, context) {
    const open = createCall(config, context);
    return {
      check: (clientIds, signal) => checkConnection(open(signal), clientIds),
      probe: (clientId, signal) => probeConnection(open(signal), clientId),
      listNames: async (_, signal) => ({ boards: await listQueues(open(signal)) }),
      listClients: (signal) => listClients(open(signal)),
      pull: {
        clients: (request) => pullClients(open(request.signal), request),
        tickets: (request) => pullTickets(open(request.signal), request),
        timeEntries: (request) => pullTime(open(request.signal), request),
      },
      push: {
        'alert-ticket': createAlertPush(open),
        'ticket-note': createNotePush(open),
        invoice: createInvoicePush(open),
      },
    };
  },
};

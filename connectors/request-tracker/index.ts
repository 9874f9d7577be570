import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createCall } from './call.ts';
import { checkConnection } from './check.ts';
import { RequestTrackerConfig } from './config.ts';
import { facts } from './facts.ts';
import { listNames } from './lists.ts';
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
  evidence: ['real server'],
  readsBy: ({ closedStatuses, clientFrom, clientField }) => ({
    tickets: [closedStatuses, clientFrom, clientField],
  }),
  create: (config, context) =>
    bindConnector(createCall(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      pull: { clients: pullClients, tickets: pullTickets, timeEntries: pullTime },
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
      },
    }),
};

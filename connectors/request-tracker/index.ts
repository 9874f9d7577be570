import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkRequestTracker } from './check.ts';
import { listClients, listQueues } from './clients.ts';
import { RequestTrackerConfig } from './config.ts';
import { probeRequestTracker } from './probe.ts';
import { createPulls } from './pull.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush, createInvoicePush } from './push-ticket.ts';

/** Best Practical's Request Tracker 5, over its REST 2.0. */
export const requestTracker: VendorModule<RequestTrackerConfig> = {
  id: 'request-tracker',
  title: 'Request Tracker',
  config: RequestTrackerConfig,
  pulls: ['clients', 'tickets', 'timeEntries'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice'],
  table: { approval: false, deletions: 'cannot be deleted', sale: 'ticket', ownBlocks: null },
  readsBy: ({ closedStatuses, clientFrom, clientField }) => ({
    tickets: [closedStatuses, clientFrom, clientField],
  }),
  create(config, context) {
    const api = createApi(config, context);
    return {
      check: (clientIds, signal) => checkRequestTracker(api, clientIds, signal),
      probe: (clientId, signal) => probeRequestTracker(api, clientId, signal),
      listNames: async (_, signal) => ({ boards: await listQueues(api, signal) }),
      listClients: (signal) => listClients(api, signal),
      pull: createPulls(api),
      push: {
        'alert-ticket': createAlertPush(api),
        'ticket-note': createNotePush(api),
        invoice: createInvoicePush(api),
      },
    };
  },
};

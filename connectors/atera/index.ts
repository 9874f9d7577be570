/** Atera. What it can, cannot and needs is in README.md. */
import type { VendorModule } from '../../src/contract/connector.ts';
import { createApi } from './api.ts';
import { checkConnection, listNames } from './check.ts';
import { AteraConfig } from './config.ts';
import { createContracts } from './contracts.ts';
import { createPresence } from './presence.ts';
import { probeConnection } from './probe.ts';
import { createClientPull, createTicketPull, listClients } from './pull.ts';
import { createTimePull } from './pull-time.ts';
import { createBalancePush } from './push-balance.ts';
import { createNotePush } from './push-note.ts';
import { createAlertPush, createSalePush } from './push-ticket.ts';

export const atera: VendorModule<AteraConfig> = {
  id: 'atera',
  title: 'Atera',
  config: AteraConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: false, deletions: 'sweep', sale: 'ticket', ownBlocks: 'warned of' },
  readsBy: ({ closedStatuses, workHoursIn, timezone }) => ({
    tickets: closedStatuses,
    time: [workHoursIn, timezone],
  }),
  create(config, context) {
    const api = createApi(config, context);
    const contracts = createContracts(api);
    return {
      check: (clientIds, signal) => checkConnection(api, contracts, clientIds, signal),
      probe: (clientId, signal) => probeConnection(api, clientId, signal),
      listNames: (_, signal) => listNames(api, contracts, signal),
      listClients: (signal) => listClients(api, signal),
      pull: {
        clients: createClientPull(api),
        tickets: createTicketPull(api, contracts),
        timeEntries: createTimePull(api),
        present: createPresence(api),
      },
      push: {
        'alert-ticket': createAlertPush(api),
        'ticket-note': createNotePush(api),
        invoice: createSalePush(api),
        'balance-field': createBalancePush(api),
      },
    };
  },
};

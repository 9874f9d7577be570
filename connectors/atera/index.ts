import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createAtera } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { AteraConfig } from './config.ts';
import { facts } from './facts.ts';
import { listClients } from './lists.ts';
import { presentTime, pullClients, pullTickets, pullTime } from './pull.ts';
import { createAlertPush, createBalancePush, createNotePush, createSalePush } from './push.ts';
import { probeConnection } from './verify.ts';

/** Atera. See README.md. */
export const atera: VendorModule<AteraConfig> = {
  id: 'atera',
  title: 'Atera',
  config: AteraConfig,
  pulls: ['clients', 'tickets', 'timeEntries', 'present'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: false, deletions: 'sweep', sale: 'ticket', ownBlocks: 'warned of' },
  facts: facts.rows,
  evidence: ['schema'],
  readsBy: ({ closedStatuses, workHoursIn, timezone }) => ({
    tickets: closedStatuses,
    time: [workHoursIn, timezone],
  }),
  create: (config, context) =>
    bindConnector(createAtera(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients,
      pull: { clients: pullClients, tickets: pullTickets, timeEntries: pullTime },
      presentTime,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createSalePush,
        'balance-field': createBalancePush,
      },
    }),
};

import type { VendorModule } from '../../src/contract/connector.ts';
import { bindConnector } from '../kit/connector.ts';
import { createNinja } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { NinjaoneConfig } from './config.ts';
import { facts } from './facts.ts';
import { pullTickets, pullTicketTime } from './pull.ts';
import { createAlertPush, createBalancePush, createInvoicePush, createNotePush } from './push.ts';
import { pullSessions } from './sessions.ts';
import { probeConnection } from './verify.ts';

/** NinjaOne, public API v2. See the README beside this file. */
export const ninjaone: VendorModule<NinjaoneConfig> = {
  id: 'ninjaone',
  title: 'NinjaOne',
  config: NinjaoneConfig,
  pulls: ['clients', 'tickets', 'sessions', 'ticketTime'],
  pushes: ['alert-ticket', 'ticket-note', 'invoice', 'balance-field'],
  table: { approval: false, deletions: 'with their ticket', sale: 'ticket', ownBlocks: null },
  facts: facts.rows,
  evidence: ['schema', 'recorded'],
  readsBy: ({ closedStatuses, boards }) => ({ tickets: [closedStatuses, boards] }),
  create: (config, context) =>
    bindConnector(createNinja(config, context), {
      check: checkConnection,
      probe: probeConnection,
      listNames,
      listClients: (ninja) => ninja.lists.organizations.reread(ninja),
      pull: {
        clients: (ninja, { resume }) => ninja.lists.organizations.pages(ninja, resume),
        tickets: pullTickets,
        sessions: pullSessions,
      },
      ticketTime: pullTicketTime,
      push: {
        'alert-ticket': createAlertPush,
        'ticket-note': createNotePush,
        invoice: createInvoicePush,
        'balance-field': createBalancePush,
      },
    }),
};

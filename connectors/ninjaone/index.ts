import { describeVendor } from '../kit/connector.ts';
import { plainBalancePush } from '../kit/writing/balance-field.ts';
import { notePush } from '../kit/writing/notes.ts';
import { keyedPush } from '../kit/writing/push.ts';
import { saleTicketPush } from '../kit/writing/sale-text.ts';
import { createNinja } from './call.ts';
import { checkConnection, listNames } from './check.ts';
import { NinjaoneConfig } from './config.ts';
import { facts } from './facts.ts';
import { pullClients } from './lists.ts';
import { pullTickets, pullTicketTime } from './pull.ts';
import { notes, organizationFields, ticketRecord } from './push.ts';
import { pullSessions } from './sessions.ts';
import { probeConnection } from './verify.ts';

/** NinjaOne, public API v2. See the README beside this file. */
export const ninjaone = describeVendor({
  id: 'ninjaone',
  title: 'NinjaOne',
  config: NinjaoneConfig,
  table: { approval: false, deletions: 'with their ticket', sale: 'ticket', ownBlocks: null },
  facts,
  evidence: ['schema', 'recorded'],
  readsBy: ({ closedStatuses, boards }) => ({ tickets: [closedStatuses, boards] }),
  open: createNinja,
  parts: {
    check: checkConnection,
    probe: probeConnection,
    listNames,
    listClients: (ninja) => ninja.lists.organizations.reread(ninja),
    pull: {
      clients: pullClients,
      tickets: pullTickets,
      sessions: pullSessions,
    },
    ticketTime: pullTicketTime,
    push: {
      'alert-ticket': keyedPush(facts, ticketRecord),
      'ticket-note': notePush(notes),
      invoice: saleTicketPush(facts, ticketRecord),
      'balance-field': plainBalancePush(organizationFields),
    },
  },
});

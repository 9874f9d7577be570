import { requestTracker } from '../../../connectors/request-tracker/index.ts';
import { addSeconds } from '../../../src/domain/time.ts';
import { startRequestTrackerSandbox } from '../../sandbox/request-tracker/index.ts';
import type { ContractSubject } from '../contract-bench.ts';

const pageSize = 4;

export const requestTrackerSubject: ContractSubject = {
  vendor: requestTracker,
  requests: { pageSize: 100, setup: 0 },
  essential: ['id', 'Name', 'LastUpdated', 'Status', 'Queue', 'ObjectId', 'Created', 'TimeTaken'],
  async start() {
    const sandbox = await startRequestTrackerSandbox();
    const { state } = sandbox;
    const clientIds = ['Dupont', 'Martin'].map((name) => state.addQueue(name));
    for (const name of ['Dupont', 'Martin']) {
      state.addTicket(name, `Printer of ${name}`);
    }
    return {
      sandbox,
      settings: { ...sandbox.config, pageSize },
      wrongSecretSettings: { ...sandbox.config, pageSize, token: '1-27-wrong0wrong' },
      clientIds,
      async addWork(count) {
        return Array.from({ length: count }, (_, index) => {
          const ticketId = state.addTicket('Dupont', `Ticket ${index}`);
          const minutes = 10 + index;
          const entryId = state.addMessage(ticketId, 'Comment', 'tess', { minutes });
          return { ticketId, entryId, seconds: minutes * 60 };
        });
      },
      async putWork({ client, summary, startedAt, seconds }) {
        const ticketId = state.addTicket(client === 0 ? 'Dupont' : 'Martin', summary);
        const made = { minutes: seconds / 60, at: addSeconds(startedAt, seconds) };
        const entryId = state.addMessage(ticketId, 'Comment', 'tess', made);
        state.setStatus(ticketId, 'resolved', 'tess');
        return { ticketId, entryId };
      },
      countPushed(kind, key) {
        const isMarked = (text: string): boolean => text.endsWith(`[${key}]`);
        if (kind === 'ticket-note') {
          return state.transactions.filter((one) => isMarked(one.content ?? '')).length;
        }
        const queue = kind === 'invoice' ? 'Billing' : 'Alerts';
        return state.tickets.filter((one) => one.queue.name === queue && isMarked(one.subject))
          .length;
      },
      noteTicketId: '1',
      pageSize,
      pageStreams: [
        { stream: 'clients', path: /\/queues\/all$/ },
        { stream: 'tickets', path: /\/tickets$/ },
        { stream: 'timeEntries', path: /\/transactions$/ },
      ],
    };
  },
};

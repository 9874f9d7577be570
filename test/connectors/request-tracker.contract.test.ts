import { requestTracker } from '../../connectors/request-tracker/index.ts';
import { startRequestTrackerSandbox } from '../sandbox/request-tracker/index.ts';
import { runContractSuite } from './contract-suite.ts';

const pageSize = 4;

runContractSuite({
  vendor: requestTracker,
  async start() {
    const sandbox = await startRequestTrackerSandbox();
    const { state } = sandbox;
    const clientIds = ['Dupont', 'Martin'].map((name) => state.addQueue(name));
    for (const name of ['Dupont', 'Martin']) {
      const id = state.addTicket(name, `Printer of ${name}`);
      state.addMessage(id, 'Comment', 'tess', { minutes: 20 });
      state.setStatus(id, 'resolved', 'tess');
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
});

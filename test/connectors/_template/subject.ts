import { plainDesk } from '../../../connectors/_template/index.ts';
import { startPlainDeskSandbox } from '../../sandbox/_template/index.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 4;

export const plainDeskSubject: ContractSubject = {
  vendor: plainDesk,
  requests: { pageSize: 100, setup: 0 },
  essential: ['id', 'name', 'ticketId', 'startedAt', 'hours', 'updatedAt'],
  start: startBench,
};

/** Two clients. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startPlainDeskSandbox();
  const { state } = sandbox;
  const clients = ['Dupont', 'Martin'].map((name) => state.addClient(name));
  const [first = 0] = clients;
  const noteTicketId = state.addTicket(first, 'Note here');
  const settings = { ...sandbox.settings, pageSize };
  const work = { startedAt: '2026-03-02T09:00:00.000Z', seconds: 4500, billable: true };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, token: 'not-the-token' },
    clientIds: clients.map(String),
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const ticketId = state.addTicket(clients[client] ?? first, summary);
      const entryId = state.addTime(ticketId, { startedAt, seconds, billable: isBillable });
      state.closeTicket(ticketId);
      return { ticketId: String(ticketId), entryId: String(entryId) };
    },
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const ticketId = state.addTicket(first, `Work ${index}`);
        const entryId = state.addTime(ticketId, work);
        state.closeTicket(ticketId);
        return { ticketId: String(ticketId), entryId: String(entryId), seconds: work.seconds };
      }),
    countPushed: (kind, key) => {
      if (kind === 'invoice') return state.invoices.filter((one) => one.reference === key).length;
      const texts =
        kind === 'alert-ticket'
          ? state.tickets.map(({ subject }) => String(subject))
          : state.notes.map(({ text }) => text);
      return texts.filter((text) => text.endsWith(`[${key}]`)).length;
    },
    noteTicketId: String(noteTicketId),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /^\/tickets$/ },
      { stream: 'timeEntries', path: /^\/time$/ },
    ],
  };
}

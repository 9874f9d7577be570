import { superops } from '../../../connectors/superops/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { startSuperopsSandbox } from '../../sandbox/superops/index.ts';
import type { SuperopsState } from '../../sandbox/superops/state.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 4;

/** All requests go to one address. */
const path = /^\/msp$/;

export const superopsSubject: ContractSubject = {
  vendor: superops,
  requests: { pageSize: 100, setup: 0 },
  essential: [
    'accountId',
    'name',
    'ticketId',
    'status',
    'createdTime',
    'updatedTime',
    'itemId',
    'billDate',
    'qty',
    'invoiceId',
    'invoiceDate',
  ],
  start: startBench,
};

/** Two clients. Each ticket of `addWork` has its entry; a client and an invoice come beside it. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startSuperopsSandbox();
  const { state } = sandbox;
  const [first = '', second = ''] = ['Dupont', 'Martin'].map((name) => state.addClient(name));
  const noteTicketId = state.addTicket({ clientId: first, subject: 'Note here' });
  state.addTicket({ clientId: second, subject: 'Printer' });
  const settings = { ...sandbox.settings, pageSize };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, apiToken: 'not-the-token' },
    clientIds: [first, second],
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const clientId = client === 0 ? first : second;
      const ticketId = state.addTicket({ clientId, subject: summary, status: 'Closed' });
      const work = { ticketId, clientId, seconds, start: startedAt, isBillable };
      return { ticketId, entryId: state.addWork(work) };
    },
    removeTime: async (entryId) => state.removeWork(entryId),
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const seconds = 600 + index * 60;
        const subject = `Work ${index}`;
        const ticketId = state.addTicket({ clientId: first, subject, status: 'Closed' });
        const work = { ticketId, clientId: first, seconds, start: '2026-03-02T10:00:00Z' };
        const invoiceDate = new Date().toISOString().slice(0, 10);
        state.addInvoice({ clientId: first, invoiceDate });
        state.addClient(`Other ${index}`);
        return { ticketId, entryId: state.addWork(work), seconds };
      }),
    countPushed: (kind, key) => countPushed(state, kind, key),
    noteTicketId,
    pageSize,
    pageStreams: [
      { stream: 'tickets', path },
      { stream: 'timeEntries', path },
    ],
    balanceField: 'hoursLeft',
  };
}

function countPushed(state: SuperopsState, kind: PushKind, key: string): number {
  const texts =
    kind === 'ticket-note'
      ? state.notes.map(({ content }) => content)
      : state.tickets.map(({ subject }) => subject);
  return texts.filter((text) => text.includes(`[${key}]`)).length;
}

/** An Atera sandbox with two customers, for the contract suite and whatever else runs every vendor. */
import { atera } from '../../../connectors/atera/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { startAteraSandbox } from '../../sandbox/atera/index.ts';
import type { AteraState } from '../../sandbox/atera/state.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 4;
const dayMs = 86_400_000;

export const ateraSubject: ContractSubject = {
  vendor: atera,
  requests: { pageSize: 50, setup: 2 },
  essential: [
    'CustomerID',
    'CustomerName',
    'TicketID',
    'TicketStatus',
    'WorkHoursID',
    'StartWorkHour',
    'EndWorkHour',
  ],
  start: startBench,
};

async function startBench(): Promise<ContractBench> {
  const sandbox = await startAteraSandbox();
  const { state } = sandbox;
  const customers = ['Dupont Plomberie', 'Cabinet Martin'].map((name) => state.addCustomer(name));
  const [first = 0] = customers;
  const contacts = Object.fromEntries(
    customers.map((id) => [String(id), state.addContact(id, 'Prepaid Hours')]),
  );
  state.customerFields.set('Prepaid hours left', 'Numeric');
  const work = (customerId: number, title: string, start: string, seconds: number) => {
    const ticketId = state.addTicket({ customerId, title });
    const entryId = state.addWorkHours(ticketId, { start, seconds });
    state.setStatus(ticketId, 'Closed');
    return { ticketId: String(ticketId), entryId: String(entryId), seconds };
  };
  const [noteTicketId] = customers.map((customerId) =>
    state.addTicket({ customerId, title: 'Printer jams' }),
  );
  const settings = { ...sandbox.settings, contacts, pageSize };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, apiKey: 'not0the0key' },
    clientIds: customers.map(String),
    // Within the look-back of today, and before that of a week later.
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) =>
        work(first, `Work ${index}`, daysAgo(41), 600 + index * 60),
      ),
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const customerId = customers[client] ?? 0;
      const ticketId = state.addTicket({ customerId, title: summary });
      const entryId = state.addWorkHours(ticketId, { start: startedAt, seconds, isBillable });
      state.setStatus(ticketId, 'Closed');
      return { ticketId: String(ticketId), entryId: String(entryId) };
    },
    removeTime: async (entryId) => void state.workHours.delete(Number(entryId)),
    countPushed: (kind, key) => countPushed(state, kind, key),
    noteTicketId: String(noteTicketId),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /\/tickets\/lastmodified$/ },
      { stream: 'timeEntries', path: /\/workhours$/ },
    ],
    balanceField: 'Prepaid hours left',
  };
}

function daysAgo(days: number): string {
  return new Date(
    Math.floor(Date.now() / dayMs) * dayMs - days * dayMs + 9 * 3_600_000,
  ).toISOString();
}

function countPushed(state: AteraState, kind: PushKind, key: string): number {
  if (kind === 'ticket-note') {
    return state.comments.filter(({ text }) => text.includes(`[${key}]`)).length;
  }
  return [...state.tickets.values()].filter(({ title }) => title.endsWith(`[${key}]`)).length;
}

/** Syncro for the suites that ask the same of every connector. */
import { createHash } from 'node:crypto';
import { syncro } from '../../../connectors/syncro/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { startSyncroSandbox } from '../../sandbox/syncro/index.ts';
import type { SyncroState } from '../../sandbox/syncro/state.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

export const syncroSubject: ContractSubject = {
  vendor: syncro,
  requests: { pageSize: 25, setup: 3 },
  essential: ['id', 'customer_id', 'status', 'updated_at', 'ticket_id', 'start_time', 'end_time'],
  start: startBench,
};

/** Two customers, and a third that nobody asks about. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startSyncroSandbox();
  const { state, settings } = sandbox;
  const [first = 0, second = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addCustomer(name),
  );
  const remote = state.addProduct('Remote', 'Labor');
  const putWork = (customerId: number, work: Omit<Parameters<Put>[0], 'client'>) => {
    const { summary: subject, startedAt: start, seconds, isBillable } = work;
    const ticketId = state.addTicket(customerId, { subject });
    const entryId = state.addTimer(ticketId, { seconds, start, isBillable, productId: remote });
    state.setStatus(ticketId, 'Resolved');
    return { ticketId: String(ticketId), entryId: String(entryId) };
  };
  const start = '2026-03-02T09:00:00.000Z';
  const [noteTicketId = 0, , strangers = 0] = [first, second, stranger].map((customerId) =>
    state.addTicket(customerId, { subject: 'Printer' }),
  );
  state.addTimer(strangers, { seconds: 1800, start, productId: remote });
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, apiToken: 'not-the-token' },
    clientIds: [String(first), String(second)],
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const seconds = 600 + index * 60;
        const work = { summary: `Work ${index}`, startedAt: start, seconds, isBillable: true };
        state.addInvoice(first, { lines: [state.lineOf(remote, 12_050)] });
        state.addCustomer(`Other ${index}`);
        return { ...putWork(first, work), seconds };
      }),
    putWork: async ({ client, ...work }) => putWork([first, second][client] ?? stranger, work),
    removeTime: async (entryId) => state.deleteTimer(Number(entryId)),
    countPushed: (kind, key) => countPushed(state, kind, key),
    noteTicketId: String(noteTicketId),
    // The vendor's own, which no parameter changes.
    pageSize: 25,
    pageStreams: [
      { stream: 'tickets', path: /\/tickets$/ },
      { stream: 'timeEntries', path: /\/ticket_timers$/ },
      { stream: 'clients', path: /\/customers$/ },
      { stream: 'invoices', path: /\/invoices$/ },
    ],
    balanceField: 'Prepaid hours left',
  };
}

type Put = ContractBench['putWork'];

function countPushed(state: SyncroState, kind: PushKind, key: string): number {
  const tickets = [...state.tickets.values()];
  if (kind === 'alert-ticket') return tickets.filter(({ tags }) => tags.includes(key)).length;
  if (kind === 'invoice') {
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 16).toUpperCase();
    const invoices = state.invoices.filter(({ number }) => number === `PH-${hash}`);
    // One that still lacks its line is not a sale yet.
    return invoices.flatMap(({ lines }) => lines).length;
  }
  const comments = tickets.flatMap((ticket) => ticket.comments);
  return comments.filter(({ body }) => body.includes(`[${key}]`)).length;
}

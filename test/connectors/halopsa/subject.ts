import { halopsa } from '../../../connectors/halopsa/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { startHalopsaSandbox } from '../../sandbox/halopsa/index.ts';
import type { HalopsaState } from '../../sandbox/halopsa/state.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 4;

export const halopsaSubject: ContractSubject = {
  vendor: halopsa,
  requests: { pageSize: 100, lists: { tickets: 2 }, setup: 2 },
  // A start and an end show the unit of all time.
  essential: [
    ...['id', 'name', 'ticket_id', 'timetaken', 'actionarrivaldate', 'actioncompletiondate'],
    ...['remotesessions unum', 'remotesessions sessionstartdate', 'remotesessions sessionenddate'],
  ],
  start: startBench,
};

/** Two clients. Each ticket of `addWork` has its entry; a client and an invoice come beside it. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startHalopsaSandbox();
  const { state } = sandbox;
  const [first = 0, second = 0] = ['Dupont', 'Martin'].map((name) => state.addClient(name));
  const noteTicketId = state.addTicket({ clientId: first, summary: 'Note here' });
  state.addTicket({ clientId: second, summary: 'Printer' });
  const settings = { ...sandbox.settings, pageSize, remoteSessions: true };
  const invoiceId = state.addInvoice({ clientId: first, total: 120 });
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, clientSecret: 'not-the-secret' },
    clientIds: [String(first), String(second)],
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const ticketId = state.addTicket({ clientId: client === 0 ? first : second, summary });
      const action = state.addAction(ticketId, { seconds, start: startedAt, isBillable });
      state.closeTicket(ticketId);
      return { ticketId: String(ticketId), entryId: `${ticketId}-${action}` };
    },
    removeTime: async (entryId) => {
      const [ticketId, action] = entryId.split('-').map(Number);
      state.deleteAction(ticketId ?? 0, action ?? 0);
    },
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const seconds = 600 + index * 60;
        const ticketId = state.addTicket({ clientId: first, summary: `Work ${index}` });
        const action = state.addAction(ticketId, { seconds, start: '2026-03-02T10:00:00Z' });
        state.closeTicket(ticketId);
        state.addInvoice({ clientId: first, total: 120.5 });
        state.addClient(`Other ${index}`);
        const sessionStart = new Date(Date.now() - (index + 2) * 60_000).toISOString();
        state.addSession(sessionStart, 60, { clientId: first, ticketId });
        return { ticketId: String(ticketId), entryId: `${ticketId}-${action}`, seconds };
      }),
    countPushed: (kind, key) => countPushed(state, kind, key),
    noteTicketId: String(noteTicketId),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /\/api\/Tickets$/ },
      { stream: 'clients', path: /\/api\/Client$/ },
      { stream: 'invoices', path: /\/api\/Invoice$/ },
      { stream: 'sessions', path: /\/api\/RemoteSession$/ },
    ],
    balanceField: 'Prepaid hours left',
    // A part of it, so that the invoice stays open.
    payment: { invoiceId: String(invoiceId), amountMinor: 100 },
  };
}

function countPushed(state: HalopsaState, kind: PushKind, key: string): number {
  if (kind === 'alert-ticket') return state.tickets.filter((one) => one.key === key).length;
  if (kind === 'invoice-payment') {
    return state.payments.filter(({ reference }) => reference === key).length;
  }
  if (kind === 'invoice') return state.invoices.filter((one) => one.reference === key).length;
  return state.actions.filter((one) => one.noteHtml.includes(`[${key}]`)).length;
}

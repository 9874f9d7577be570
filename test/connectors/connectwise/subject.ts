import { connectwise } from '../../../connectors/connectwise/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { type ConnectwiseState, startConnectwiseSandbox } from '../../sandbox/connectwise/index.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 10;

export const connectwiseSubject: ContractSubject = {
  vendor: connectwise,
  requests: { pageSize: 1000, lists: { tickets: 2 }, setup: 1 },
  essential: ['id', 'name', '_info', 'timeStart', 'actualHours'],
  start: startBench,
};

async function startBench(): Promise<ContractBench> {
  const sandbox = await startConnectwiseSandbox();
  const { state, config } = sandbox;
  const member = state.addMember({ name: 'Ann Roy' });
  const workType = state.addWorkType({ name: 'Remote' });
  const board = state.addBoard({ name: 'Help Desk' });
  const projectBoard = state.addBoard({ name: 'Projects', isProject: true });
  state.addCustomField({ caption: 'Region' });
  state.addCustomField({ caption: 'Prepaid hours left', type: 'Number' });
  const companies = ['Dupont Plomberie', 'Cabinet Martin'].map((name) =>
    state.addCompany({ name }),
  );
  const tickets = companies.map((company) =>
    state.addTicket({ company, board, summary: 'Printer jams' }),
  );
  const [company = 0] = companies;
  state.addTicket({ company, board: projectBoard, summary: 'New server', kind: 'project' });
  const settings = { ...config, pageSize };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, privateKey: 'not-the-private-key' },
    clientIds: companies.map(String),
    noteTicketId: String(tickets[0]),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /\/service\/tickets$/ },
      { stream: 'timeEntries', path: /\/time\/entries$/ },
    ],
    balanceField: 'Prepaid hours left',
    countPushed: (kind, key) => countPushed(state, kind, key),
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const ticket = state.addTicket({ company: companies[client] ?? company, board, summary });
      const entry = state.addTime({
        ticket,
        member,
        workType,
        start: startedAt,
        hours: String(seconds / 3600),
        billableOption: isBillable ? 'Billable' : 'DoNotBill',
        at: new Date().toISOString(),
      });
      state.closeTicket(ticket);
      return { ticketId: String(ticket), entryId: String(entry) };
    },
    removeTime: async (entryId) => state.deleteTime(Number(entryId)),
    addWork: async (count) =>
      Array.from({ length: count }, () => {
        const ticket = state.addTicket({ company, board, summary: 'Mail bounces' });
        const start = '2026-03-02T10:00:00Z';
        const at = new Date().toISOString();
        const entry = state.addTime({ ticket, member, workType, start, hours: '1.25', at });
        state.closeTicket(ticket);
        return { ticketId: String(ticket), entryId: String(entry), seconds: 4500 };
      }),
  };
}

/** A sale is complete when its invoice has its line. */
function countPushed(state: ConnectwiseState, kind: PushKind, key: string): number {
  const { tickets, notes, invoices, products } = state.tables;
  if (kind === 'alert-ticket') return tickets.list((row) => row.externalXRef === key).length;
  if (kind === 'ticket-note') {
    return notes.list((row) => String(row.text).includes(`[${key}]`)).length;
  }
  return invoices.list(
    (invoice) =>
      invoice.reference === key &&
      products.list(
        (product) =>
          product.integrationXRef === key &&
          (product.invoice as { id: number } | undefined)?.id === invoice.id,
      ).length === 1,
  ).length;
}

import { autotask } from '../../../connectors/autotask/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { type AutotaskState, startAutotaskSandbox } from '../../sandbox/autotask/index.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 10;

export const autotaskSubject: ContractSubject = {
  vendor: autotask,
  requests: { pageSize: 500, lists: {}, setup: 6 },
  essential: ['id', 'companyName', 'status', 'ticketID', 'hoursWorked', 'fields name'],
  start: startBench,
};

/** Two companies, and a third that nobody asks about. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startAutotaskSandbox();
  const { state, config } = sandbox;
  state.addResource('Ann', 'Roy');
  state.addRole('Engineer');
  const billingCode = state.addBillingCode('Remote');
  const [company = 0, other = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addCompany(name),
  );
  state.addContract(company, 'Prepaid Dupont');
  state.addContract(other, 'Prepaid Martin');
  const [noteTicket = 0, , strangers = 0] = [company, other, stranger].map((owner) =>
    state.addTicket({ company: owner }),
  );
  state.addTime({ ticket: strangers, billingCode, hours: 0.5 });
  const settings = { ...config, pageSize };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, secret: 'not-the-secret' },
    clientIds: [String(company), String(other)],
    noteTicketId: String(noteTicket),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /\/Tickets\/query(?:\/next)?$/ },
      { stream: 'timeEntries', path: /\/TimeEntries\/query(?:\/next)?$/ },
    ],
    balanceField: 'Prepaid hours left',
    countPushed: (kind, key) => countPushed(state, kind, key),
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const owner = [company, other][client] ?? company;
      const ticket = state.addTicket({ company: owner, title: summary });
      const hours = seconds / 3600;
      const time = { ticket, billingCode, hours, start: startedAt, isNonBillable: !isBillable };
      const entry = state.addTime({ ...time, at: new Date().toISOString() });
      state.closeTicket(ticket);
      return { ticketId: String(ticket), entryId: String(entry) };
    },
    removeTime: async (entryId) => state.deleteTime(Number(entryId)),
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const ticket = state.addTicket({ company, title: `Mail bounces ${index}` });
        const entry = state.addTime({ ticket, billingCode, hours: 1.25 });
        state.closeTicket(ticket);
        return { ticketId: String(ticket), entryId: String(entry), seconds: 4500 };
      }),
  };
}

/** A sale is complete when both its charge and its block exist. */
function countPushed(state: AutotaskState, kind: PushKind, key: string): number {
  if (kind === 'alert-ticket') {
    return state.rows('Tickets').filter((row) => row.externalID === key).length;
  }
  if (kind === 'ticket-note') {
    return state.rows('TicketNotes').filter((row) => String(row.title).includes(`[${key}]`)).length;
  }
  const charges = state
    .rows('ContractCharges')
    .filter((row) => row.internalPurchaseOrderNumber === key);
  const blocks = state.rows('ContractBlocks').filter((row) => row.invoiceNumber === key);
  const halves = [charges.length, blocks.length];
  return halves.includes(0) ? 0 : Math.max(...halves);
}

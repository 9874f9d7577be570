/** Kaseya BMS for the contract suite: two accounts, and a third that nobody asks about. */

import { kaseyaBms } from '../../../connectors/kaseya-bms/index.ts';
import type { PushKind } from '../../../src/contract/connector.ts';
import { wallText } from '../../sandbox/kaseya-bms/clocks.ts';
import { type KaseyaBmsState, startKaseyaBmsSandbox } from '../../sandbox/kaseya-bms/index.ts';
import type { ContractBench, ContractSubject, WorkItem } from '../contract-bench.ts';

const pageSize = 10;

export const kaseyaBmsSubject: ContractSubject = {
  vendor: kaseyaBms,
  requests: { pageSize: 100, lists: { tickets: 2, timeEntries: 2 }, setup: 1 },
  essential: ['Id', 'Name', 'Timespent', 'StartDate'],
  start,
};

async function start(): Promise<ContractBench> {
  const sandbox = await startKaseyaBmsSandbox();
  const { state } = sandbox;
  const [first = 0, second = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addAccount(name),
  );
  const createdMs = state.now() - 7 * 86_400_000;
  const [noteTicket = 0, , strangers = 0] = [first, second, stranger].map((accountId) =>
    state.addTicket({ accountId, createdMs }),
  );
  state.addTime({ ticketId: strangers, hours: 0.5, start: '09:00:00', end: '09:30:00' });
  const clients = [first, second];
  const putWork = ({ client, summary, startedAt, seconds, isBillable }: WorkItem) => {
    const accountId = clients[client] ?? first;
    const startMs = Date.parse(startedAt);
    const ticketId = state.addTicket({ accountId, title: summary, createdMs: startMs });
    const wall = [startMs, startMs + seconds * 1000].map((ms) => wallText(ms, state.switches.zone));
    const [day = '', start = ''] = wall[0]?.split('T') ?? [];
    const end = wall[1]?.split('T')[1] ?? '';
    const hours = Number((seconds / 3600).toFixed(4));
    const entryId = state.addTime({ ticketId, hours, day, start, end, isBillable });
    state.setStatus(ticketId, 'Completed');
    return { ticketId: String(ticketId), entryId: String(entryId) };
  };
  const settings = { ...sandbox.settings, pageSize };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, password: 'not-the-secret' },
    clientIds: clients.map(String),
    noteTicketId: String(noteTicket),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /^\/v2\/servicedesk\/tickets$/, filters: 2 },
      { stream: 'timeEntries', path: /^\/v2\/timelogs$/, filters: 2 },
    ],
    balanceField: 'Prepaid hours left',
    countPushed: (kind, key) => countPushed(state, kind, key),
    putWork: async (work) => putWork(work),
    removeTime: async (entryId) => {
      state.times = state.times.filter(({ id }) => id !== Number(entryId));
    },
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const work = { client: 0, summary: `Mail bounces ${index}`, isBillable: true };
        const seconds = 4500;
        return { ...putWork({ ...work, startedAt: '2026-03-02T09:00:00.000Z', seconds }), seconds };
      }),
  };
}

function countPushed(state: KaseyaBmsState, kind: PushKind, key: string): number {
  if (kind === 'alert-ticket') {
    return state.tickets.filter(({ title }) => title.includes(`[${key}]`)).length;
  }
  if (kind === 'ticket-note') {
    return state.notes.filter(({ details }) => details.includes(`[${key}]`)).length;
  }
  const mark = `[prepaid-hours ${key}]`;
  return state.charges.filter(({ fields }) => String(fields.Description).includes(mark)).length;
}

import { ninjaone } from '../../../connectors/ninjaone/index.ts';
import { startNinjaoneSandbox } from '../../sandbox/ninjaone/index.ts';
import type { ContractBench, ContractSubject } from '../contract-bench.ts';

const pageSize = 4;

export const ninjaoneSubject: ContractSubject = {
  vendor: ninjaone,
  requests: { pageSize: 200, lists: { tickets: 2 }, setup: 5 },
  essential: [
    'id',
    'name',
    'lastUpdated',
    'createTime',
    'timeTracked',
    'statusId',
    'displayName',
    'activityTime',
    'deviceId',
    'userId',
    'statusCode',
  ],
  start: startBench,
};

/** Two organizations. Every ticket of `addWork` has its entry, and a session beside it. */
async function startBench(): Promise<ContractBench> {
  const sandbox = await startNinjaoneSandbox({ balanceFields: ['prepaidHoursLeft'] });
  const { state } = sandbox;
  const technicianId = state.addTechnician('Ada', 'Byron');
  const [first = 0, second = 0] = ['Dupont', 'Martin'].map((name) => state.addOrganization(name));
  const deviceId = state.addDevice(first, 'DUPONT-PC1');
  const noteTicketId = state.addTicket({ organizationId: first, subject: 'Note here' });
  state.addTicket({ organizationId: second, subject: 'Printer' });

  const settings = {
    ...sandbox.settings,
    pageSize,
    remoteTools: ['splashtop'],
  };
  return {
    sandbox,
    settings,
    wrongSecretSettings: { ...settings, clientSecret: 'not-the-secret' },
    clientIds: [String(first), String(second)],
    putWork: async ({ client, summary, startedAt, seconds, isBillable }) => {
      const organizationId = client === 0 ? first : second;
      const ticketId = state.addTicket({ organizationId, subject: summary });
      const billing = isBillable ? 'BILLABLE' : 'NOT_BILLABLE';
      const entryId = state.addTime({ ticketId, technicianId, seconds, startedAt, billing });
      state.closeTicket(ticketId);
      return { ticketId: String(ticketId), entryId: String(entryId) };
    },
    removeTime: async (entryId) => state.removeTime(Number(entryId)),
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const seconds = 600 + index;
        const endedAt = Date.now() - index * 60_000;
        const ticketId = state.addTicket({ organizationId: first, subject: `Work ${index}` });
        const entryId = state.addTime({ ticketId, technicianId, seconds });
        state.addSession({ deviceId, technicianId, startedAt: endedAt - 30_000, endedAt });
        return { ticketId: String(ticketId), entryId: String(entryId), seconds };
      }),
    countPushed: (kind, key) =>
      kind === 'alert-ticket' || kind === 'invoice'
        ? state.ticketsMarked(key).length
        : state.entriesOf(noteTicketId).filter(({ body }) => body.includes(`[${key}]`)).length,
    noteTicketId: String(noteTicketId),
    pageSize,
    pageStreams: [
      { stream: 'tickets', path: /\/board\/2\/run$/ },
      { stream: 'sessions', path: /\/v2\/activities$/ },
    ],
    balanceField: 'prepaidHoursLeft',
  };
}

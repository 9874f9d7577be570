/** Proves credentials, permissions and every name the config refers to, and settles what it can. */

import type { CheckResult, ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import type { createAlertTicket } from './alert-ticket.ts';
import type { Api } from './api.ts';
import type { Boards } from './boards.ts';
import type { NinjaoneConfig } from './config.ts';
import type { Directory } from './directory.ts';
import { factResults } from './facts.ts';
import { settleByReading } from './settle.ts';
import { closedStatuses, type Statuses } from './statuses.ts';

export interface CheckRooms {
  api: Api;
  config: NinjaoneConfig;
  context: ConnectorContext;
  directory: Directory;
  boards: Boards;
  statuses: Statuses;
  alertTicket: ReturnType<typeof createAlertTicket>;
}

/** One thing that is looked at: says what was found, or throws what is wrong. */
type Look = [id: string, look: () => Promise<string>];

export async function checkConnection(
  rooms: CheckRooms,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await resultOf('auth', () => lookAtOrganizations(rooms, signal));
  if (auth.status === 'failed') return [auth];
  const results = [auth, ...(await lookAtClients(rooms, clientIds, signal))];
  for (const [id, look] of looksOf(rooms, clientIds, signal)) {
    results.push(await resultOf(id, look));
  }
  return [...results, ...(await factResults(rooms.context.memory))];
}

function looksOf(rooms: CheckRooms, clientIds: readonly SourceId[], signal: AbortSignal): Look[] {
  const { api, config } = rooms;
  const looks: Look[] = [
    ['permission.tickets', () => lookAtBoards(rooms, signal)],
    ['name.closed-statuses', () => lookAtStatuses(rooms, signal)],
    ['permission.technicians', () => lookAtTechnicians(rooms, signal)],
    [
      'permission.devices',
      async () => {
        await api.devicesOnce(signal);
        return 'Devices can be read, which tell a session’s client.';
      },
    ],
  ];
  looks.push([
    'permission.log-entries',
    async () => {
      await settleByReading(rooms, 'tickets', signal);
      return 'Tickets and their log entries, which hold the time, can be read.';
    },
  ]);
  looks.push([
    'permission.activities',
    async () => {
      await settleByReading(rooms, 'activities', signal);
      return 'Activities, which hold the remote sessions, can be read.';
    },
  ]);
  if (config.alerts !== undefined) {
    const { ticketForm, status } = config.alerts;
    looks.push([
      'name.alerts',
      async () => {
        await rooms.alertTicket.resolve(signal);
        return `Alert tickets use the form "${ticketForm}" and the status "${status}".`;
      },
    ]);
  }
  const [clientId] = clientIds;
  if (clientId !== undefined) {
    looks.push([
      'permission.custom-fields',
      async () => {
        const names = Object.keys((await api.customFields(clientId, signal)).data);
        const shown = names.length === 0 ? 'none with a value' : names.join(', ');
        return `Custom fields of organization ${clientId} can be read: ${shown}.`;
      },
    ]);
  }
  return looks;
}

async function lookAtOrganizations(rooms: CheckRooms, signal: AbortSignal): Promise<string> {
  const { length } = await rooms.directory.organizations.reread(signal);
  if (length === 0) {
    throw new KindError('permission', 'The API application sees no organization.', {
      fix: 'Give its scope Monitoring, and its user access to the organizations.',
    });
  }
  return `Signed in to ${rooms.config.baseUrl}; ${length} organizations.`;
}

async function lookAtClients(
  rooms: CheckRooms,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const known = await rooms.directory.organizations.recent(signal);
  const ids = new Set(known.map(({ sourceId }) => sourceId));
  return clientIds
    .filter((id) => !ids.has(id))
    .map((id) => ({
      id: `name.client-${id}`,
      status: 'failed',
      detail: `NinjaOne has no organization ${id}, which the config names.`,
      fix: 'Correct the id under this client’s ids, or give the application access to it.',
    }));
}

async function lookAtBoards(rooms: CheckRooms, signal: AbortSignal): Promise<string> {
  await rooms.boards.reread(signal);
  const boards = await rooms.boards.toRead(signal);
  const lacking = boards.filter(({ columns }) => columns?.includes('totalTimeTracked') === false);
  const note = lacking.length === 0 ? '' : ' Add totalTimeTracked to them to save requests.';
  return `Tickets are read from ${boards.map(({ name }) => `"${name}"`).join(', ')}.${note}`;
}

async function lookAtTechnicians(rooms: CheckRooms, signal: AbortSignal): Promise<string> {
  const { length } = await rooms.directory.rereadTechnicians(signal);
  if (length > 0) return `${length} technicians.`;
  throw new KindError('config', 'NinjaOne lists no technicians here.', {
    status: 404,
    fix: 'They are called by their numbers. Older builds, such as the federal host, have no list.',
  });
}

async function lookAtStatuses(rooms: CheckRooms, signal: AbortSignal): Promise<string> {
  const known = await rooms.statuses.reread(signal);
  const closed = closedStatuses(known, rooms.config.closedStatuses);
  const namesWhere = (isClosed: boolean): string =>
    known
      .filter(({ statusId }) => closed.has(statusId) === isClosed)
      .map(({ displayName }) => displayName)
      .join(', ');
  return `Closed means: ${namesWhere(true)}. Not closed: ${namesWhere(false)}.`;
}

/** What a person can mend is a failed result; anything else is a defect and comes out. */
export async function resultOf(id: string, look: () => Promise<string>): Promise<CheckResult> {
  try {
    return { id, status: 'ok', detail: await look() };
  } catch (error) {
    if (!isKindError(error)) throw error;
    const fix = error.fix ?? 'Run check again; if it stays, look at the log.';
    const status = isMissingHere(error) ? 'warning' : 'failed';
    return { id, status, detail: error.message, fix, kind: error.kind };
  }
}

/** An older build lacks some lists; what does not need them still works. */
function isMissingHere(error: unknown): boolean {
  return isKindError(error, 'config') && error.status === 404;
}

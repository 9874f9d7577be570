/** Proves credentials, permissions and every name the config refers to, and verifies what reading can. */
import type { NameLists, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { namesAlone } from '../http/answers/rows.ts';
import { checkListed, listProofs, runChecks } from '../kit/checking/checks.ts';
import { boardsToRead } from './boards.ts';
import type { Ninja } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { workTypes } from './mapping.ts';
import { formAndStatus, readFields } from './push.ts';
import { closedStatuses } from './statuses.ts';
import { verifyActivities, verifyBoards } from './verify.ts';

export function checkConnection(ninja: Ninja, clientIds: readonly SourceId[]) {
  const [anyClient] = clientIds;
  const devices = { path: '/v2/devices', cursor: 'after' } as const;
  return runChecks('NinjaOne', {
    credentials: ['auth', () => seeOrganizations(ninja)],
    lists: [
      ['permission.tickets', () => seeBoards(ninja)],
      ['name.closed-statuses', () => seeStatuses(ninja)],
      ['permission.technicians', () => seeTechnicians(ninja)],
      // They identify a session’s client.
      ...listProofs(ninja, { devices }),
      ['permission.log-entries', () => verifyBoards(ninja)],
      ['permission.activities', () => verifyActivities(ninja)],
    ],
    clients: ['clients', () => checkOrganizations(ninja, clientIds)],
    names: [
      ['name.alerts', () => seeAlerts(ninja)],
      ['permission.custom-fields', () => seeFields(ninja, anyClient)],
    ],
    known: () => facts.factResults(ninja.context, Object.keys(facts.rows) as FactId[]),
  });
}

async function seeOrganizations(ninja: Ninja): Promise<string> {
  const { length } = await ninja.lists.organizations.reread(ninja);
  if (length > 0) return `Signed in to ${ninja.config.baseUrl}; ${length} organizations.`;
  throw new KindError('permission', 'The API application cannot see any organization.', {
    fix: 'Give its scope Monitoring, and its user access to the organizations.',
  });
}

async function checkOrganizations(ninja: Ninja, clientIds: readonly SourceId[]) {
  const known = await ninja.lists.organizations.list(ninja);
  const shown = new Map(known.map(({ sourceId }) => [sourceId, true]));
  return checkListed('NinjaOne', 'organization', clientIds, shown);
}

async function seeBoards(ninja: Ninja): Promise<string> {
  await ninja.lists.boards.reread(ninja);
  const boards = await boardsToRead(ninja);
  const lacking = boards.filter(({ columns }) => columns?.includes('totalTimeTracked') === false);
  const note = lacking.length === 0 ? '' : ' Add totalTimeTracked to them to save requests.';
  return `Tickets are read from ${boards.map(({ name }) => `"${name}"`).join(', ')}.${note}`;
}

async function seeTechnicians(ninja: Ninja): Promise<string> {
  const { length } = await ninja.lists.technicians.reread(ninja);
  return `${length} technicians.`;
}

async function seeStatuses(ninja: Ninja): Promise<string> {
  const known = await ninja.lists.statuses.reread(ninja);
  const closed = closedStatuses(known, ninja.config.closedStatuses);
  const namesWhere = (isClosed: boolean): string => {
    const those = known.filter(({ statusId }) => closed.has(statusId) === isClosed);
    return those.map(({ displayName }) => displayName).join(', ');
  };
  return `Closed means: ${namesWhere(true)}. Not closed: ${namesWhere(false)}.`;
}

async function seeAlerts(ninja: Ninja): Promise<string | null> {
  const { alerts } = ninja.config;
  if (alerts === undefined) return null;
  await formAndStatus(ninja);
  return `Alert tickets use the form "${alerts.ticketForm}" and the status "${alerts.status}".`;
}

async function seeFields(ninja: Ninja, clientId: SourceId | undefined): Promise<string | null> {
  if (clientId === undefined) return null;
  const names = Object.keys(await readFields(ninja, clientId));
  const shown = names.length === 0 ? 'none with a value' : names.join(', ');
  return `Custom fields of organization ${clientId} can be read: ${shown}.`;
}

/** Names that the config may use, for `check` to compare. */
export async function listNames(ninja: Ninja): Promise<NameLists> {
  const boards = await boardsToRead(ninja);
  return {
    boards: boards.map(({ id, name }) => ({ sourceId: id, name })),
    workTypes: namesAlone(workTypes),
  };
}

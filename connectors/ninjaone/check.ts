/** Proves credentials, permissions and every name the config refers to, and verifies what reading can. */
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { namesAlone } from '../http/answers/rows.ts';
import { checkListed, type Proof, runChecks } from '../kit/checking/checks.ts';
import { boardsToRead } from './boards.ts';
import type { Ninja } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { workTypes } from './mapping.ts';
import { formAndStatus, readFields } from './push.ts';
import { AnyRows } from './schema.ts';
import { closedStatuses } from './statuses.ts';
import { verifyActivities, verifyBoards } from './verify.ts';

export function checkConnection(
  ninja: Ninja,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const { alerts } = ninja.config;
  const [anyClient] = clientIds;
  const fieldsOf = (id: SourceId) => proof('permission.custom-fields', () => seeFields(ninja, id));
  return runChecks('NinjaOne', {
    credentials: proof('auth', () => seeOrganizations(ninja)),
    lists: [
      proof('permission.tickets', () => seeBoards(ninja)),
      proof('name.closed-statuses', () => seeStatuses(ninja)),
      proof('permission.technicians', () => seeTechnicians(ninja)),
      proof('permission.devices', async () => {
        await ninja.get('/v2/devices', AnyRows, { pageSize: 1 });
        return 'Devices, which identify a session’s client, can be read.';
      }),
      proof('permission.log-entries', async () => {
        await verifyBoards(ninja);
        return 'Tickets and their log entries, which hold the time, can be read.';
      }),
      proof('permission.activities', async () => {
        await verifyActivities(ninja);
        return 'Activities, which hold the remote sessions, can be read.';
      }),
    ],
    clients: ['clients', () => checkOrganizations(ninja, clientIds)],
    facts: [],
    native: null,
    names: [
      proof('name.alerts', async () => {
        if (alerts === undefined) return null;
        await formAndStatus(ninja);
        return `Alert tickets use the form "${alerts.ticketForm}" and the status "${alerts.status}".`;
      }),
      ...(anyClient === undefined ? [] : [fieldsOf(anyClient)]),
    ],
    known: () => facts.factResults(ninja.context, Object.keys(facts.rows) as FactId[]),
  });
}

/** Older builds lack some lists; steps that do not need them still work. */
function proof(id: string, see: () => Promise<string | null>): Proof {
  const prove = async (): Promise<CheckResult[] | string | null> => {
    try {
      return await see();
    } catch (error) {
      if (!isKindError(error, 'config') || error.status !== 404) throw error;
      const { message: detail, fix = '', kind } = error;
      return [{ id, status: 'warning', detail, fix, kind }];
    }
  };
  return [id, prove];
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
  if (length > 0) return `${length} technicians.`;
  throw new KindError('config', 'NinjaOne lists no technicians here.', {
    status: 404,
    fix: 'They are shown as numbers. Older builds, such as the federal host, have no list.',
  });
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

async function seeFields(ninja: Ninja, clientId: SourceId): Promise<string> {
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

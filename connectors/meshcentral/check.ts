/** What `check` verifies by reading. A report says nothing of what it leaves out, so rights are looked at first. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { isAhead, isRecent } from '../http/answers/clock.ts';
import {
  checkClients,
  okResult,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { parseAll } from '../kit/reading/lists.ts';
import type { MeshCall } from './call.ts';
import { facts } from './facts.ts';
import { allMeshes } from './lists.ts';
import { askedTooFar, readReport, seeAllFix, unseenOf } from './pull.ts';
import { Session } from './schema.ts';

const product = 'MeshCentral';
const daySeconds = 86_400;
const dayMs = daySeconds * 1000;

/** A certificate that ends sooner is warned of. */
const certificateDaysMin = 14;
/** More people than this are not named. */
const namesMax = 10;

export async function checkConnection(
  mesh: MeshCall,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  try {
    return await runChecks(product, {
      credentials: ['auth', () => checkAccount(mesh)],
      lists: [
        ['permission.groups', () => checkGroups(mesh)],
        ['permission.users', () => checkUsers(mesh)],
        ['permission.sessions', () => checkSessions(mesh)],
      ],
      clients: ['clients', () => checkIds(mesh, clientIds)],
      names: [retentionProof(mesh)],
      known: () => facts.factResults(mesh.context, ['report-range', 'session-group']),
    });
  } finally {
    mesh.close();
  }
}

/** Reached at all only over a certificate that is trusted. */
async function checkAccount(mesh: MeshCall): Promise<CheckResult[]> {
  const account = await mesh.account();
  const { seesOthers } = account;
  const results = [certificateResult(mesh, account.certificateEndsMs)];
  if (!seesOthers) {
    const detail = `The report shows ${account.id} its own sessions only.`;
    return [...results, { id: 'auth', status: 'failed', detail, fix: seeAllFix(account) }];
  }
  return [...results, okResult('auth', `MeshCentral accepts the login of ${account.id}.`)];
}

function certificateResult({ config, context }: MeshCall, endsMs: number | null): CheckResult {
  const id = 'certificate';
  if (config.baseUrl.startsWith('http:'))
    return okResult(id, 'This machine itself: not encrypted.');
  if (endsMs === null) return okResult(id, 'The certificate is trusted.');
  const endsOn = instantFromMs(endsMs).slice(0, 10);
  if (endsMs - context.now() > certificateDaysMin * dayMs) {
    return okResult(id, `The certificate is trusted, until ${endsOn}.`);
  }
  const detail = `The certificate of MeshCentral ends on ${endsOn}.`;
  return warningResult(id, detail, 'Renew it: without, no session is read.');
}

async function checkGroups(mesh: MeshCall): Promise<CheckResult[]> {
  const id = 'permission.groups';
  const account = await mesh.account();
  const groups = await allMeshes(mesh);
  if (account.meshIds === null) {
    return [okResult(id, `The report shows sessions of all ${groups.length} device groups.`)];
  }
  const shown = groups.filter(({ _id }) => account.meshIds?.includes(_id)).map(({ name }) => name);
  const detail = `The report shows sessions of these device groups only: ${shown.join(', ') || 'none'}.`;
  return [warningResult(id, detail, `If a client is missing: ${seeAllFix(account)}`)];
}

async function checkUsers(mesh: MeshCall): Promise<CheckResult[]> {
  const id = 'permission.users';
  const users = await mesh.lists.users.reread(mesh);
  if (users.length === 0) {
    const detail = 'No user is shown: technicians have the name of their login, and no e-mail.';
    return [warningResult(id, detail, 'Give the account the site permission "Manage Users".')];
  }
  const account = await mesh.account();
  const people = users.filter((user) => user.id !== account.id);
  const unknown = people.filter(({ email }) => email === null).map(({ name }) => name);
  const detail = `${people.length} other users are shown`;
  if (unknown.length === 0) return [okResult(id, `${detail}, all with an e-mail address.`)];
  const fix = 'Enter it where a technician is to be recognized by the same address in the PSA.';
  const named = unknown.slice(0, namesMax).join(', ') + (unknown.length > namesMax ? ', …' : '');
  return [warningResult(id, `${detail}; without an e-mail address: ${named}.`, fix)];
}

/** The report of the last day; what it holds shows whether it is what we take it for. */
async function checkSessions(mesh: MeshCall): Promise<string> {
  const { context } = mesh;
  const end = instantFromMs(context.now());
  const start = addSeconds(end, -daySeconds);
  const rows = await readReport(mesh, { start, end });
  const sessions = parseAll(rows, Session);
  if (sessions.length > 0) {
    const isWithin = sessions.every(
      ({ time }) => time >= addSeconds(start, -1) && !isAhead(time, context.now()),
    );
    await facts.verifyFact(context, 'report-range', isWithin);
    const isGrouped = sessions.every(({ meshid }) => meshid !== null);
    await facts.verifyFact(context, 'session-group', isGrouped);
  }
  return `The report of the last day can be read: ${rows.length} sessions.`;
}

async function checkIds(mesh: MeshCall, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const account = await mesh.account();
  const names = new Map((await allMeshes(mesh)).map(({ _id, name }) => [_id, name]));
  return checkClients(product, clientIds, async (id) => {
    const name = names.get(id);
    if (name === undefined) {
      const detail = `MeshCentral shows no device group ${id}.`;
      const fix =
        'Write the whole id, mesh//…, as `prepaid-hours clients` shows it, or let the account see the group.';
      return { detail, fix };
    }
    if (unseenOf(account, [id]).length === 0) return null;
    const detail = `The report shows no sessions of the device group "${name}".`;
    return { detail, fix: seeAllFix(account) };
  });
}

/** The server does not say how long it keeps events, so what was asked for is compared with what is configured. */
function retentionProof({ config, context }: MeshCall): Proof {
  const id = 'retention';
  const prove = async (): Promise<CheckResult[]> => {
    const days = config.eventsKeptDays;
    const [since = '', askedAt = ''] = ((await context.memory.get(askedTooFar)) ?? '').split(' ');
    if (!isRecent(Date.parse(askedAt), context.now(), days * dayMs)) {
      const detail = `Sessions of the last ${days} days can be read (eventsKeptDays).`;
      return [okResult(id, detail)];
    }
    const detail = `Sessions were asked for since ${since.slice(0, 10)}, and events are kept for ${days} days.`;
    const fix =
      'Older sessions may be missing. Raise dbexpire.events in config.json of MeshCentral, and eventsKeptDays here; run at least weekly.';
    return [warningResult(id, detail, fix)];
  };
  return [id, prove];
}

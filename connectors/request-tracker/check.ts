/** What `check` verifies by reading. RT silently shows less to a user with fewer rights. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { attemptsAt, nameProofs, okResult, type Proof, runChecks } from '../kit/checking/checks.ts';
import { parseAll } from '../kit/reading/lists.ts';
import { type Rt, search } from './call.ts';
import { facts } from './facts.ts';
import { findTicketField, readQueueIfSeen } from './lists.ts';
import { missingField } from './push.ts';
import { quoted } from './query.ts';
import { Version, WorkedItem } from './schema.ts';
import { measureNewest, measureTime, type TimeProof, verifyQueryDates } from './verify.ts';

/** Clocks may differ by this much before changes could slip between two passes. */
const skewMsMax = 5 * 60_000;

export function checkConnection(rt: Rt, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const { clientField, workTypeField, closedStatuses } = rt.config;
  const fieldId = async (name: string) => (await findTicketField(rt, name)).id;
  return runChecks('RT', {
    credentials: ['auth', () => checkAccess(rt)],
    lists: [
      ['fact.query-dates', () => verifyQueryDates(rt)],
      ['permission.time-elsewhere', () => checkOtherQueues(rt, clientIds)],
    ],
    clients: ['clients', () => checkTickets(rt, clientIds)],
    names: [
      queueProof(rt, 'alerts'),
      queueProof(rt, 'billing'),
      ...nameProofs([
        ['client-field', clientField, fieldId],
        ['work-type-field', workTypeField, fieldId],
      ]),
      ...closedStatuses.map((status): Proof => statusProof(rt, status)),
    ],
    known: () => refusedWrites(rt),
  });
}

/** Only facts that a write verified false: most connections have no writes. */
async function refusedWrites({ context }: Rt): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const id of ['key-field', 'find-ticket', 'find-note'] as const) {
    if ((await facts.readFact(context, id)) !== 'no') continue;
    results.push(await facts.factResult(context, id));
  }
  return results;
}

async function checkAccess(rt: Rt): Promise<CheckResult[]> {
  const { data, headers } = await rt.send({ method: 'GET', path: '/rt', query: {} }, Version);
  const results = [okResult('auth', `RT ${data.Version} accepts the token.`)];
  if (!/^5\./.test(data.Version)) {
    const detail = `This connector was tried with RT 5.0.3, and this is ${data.Version}.`;
    const fix = 'Run check with --probe against a test client before going live.';
    results.push({ id: 'fact.version', status: 'warning', detail, fix });
  }
  const skewMs = Math.abs(Date.parse(headers.date ?? '') - rt.context.now());
  if (skewMs > skewMsMax) {
    const detail = `RT's clock differs from ours by ${Math.round(skewMs / 60_000)} minutes.`;
    const fix = 'Let both machines keep time by NTP: changes are read by their timestamp.';
    results.push({ id: 'fact.clock', status: 'warning', detail, fix });
  }
  return results;
}

function queueProof(rt: Rt, setting: 'alerts' | 'billing'): Proof {
  const id = `name.${setting}-queue`;
  const prove = async () => {
    const name = rt.config[setting]?.queue;
    if (name === undefined) return null;
    const queue = await readQueueIfSeen(rt, name);
    const fix = `Check ${setting}.queue in the config, and give the RT user SeeQueue and CreateTicket on it.`;
    if (queue === null) {
      return [failed(id, `There is no queue "${name}", or the RT user cannot see it.`, fix)];
    }
    if (String(queue.Disabled ?? '0') !== '0') {
      return [failed(id, `Queue "${name}" is disabled.`, fix)];
    }
    if (!queue._hyperlinks.some(({ ref }) => ref === 'create')) {
      return [failed(id, `The RT user may not create tickets in "${name}".`, fix)];
    }
    const { keyField } = rt.config;
    const missing = keyField === undefined ? null : missingField(queue, keyField);
    if (missing === null) return `Tickets can be created in "${name}".`;
    return [failed(`name.key-field.${setting}`, missing.detail, missing.fix)];
  };
  return [id, prove];
}

function failed(id: string, detail: string, fix: string): CheckResult {
  return { id, status: 'failed', detail, fix };
}

/** RT accepts any word as a status and then finds nothing. */
function statusProof(rt: Rt, status: string): Proof {
  const id = `name.status.${status}`;
  const prove = async (): Promise<CheckResult[] | string> => {
    const { total } = await search(rt, { query: `Status = ${quoted(status)}` });
    if (total !== 0) return `Tickets are "${status}".`;
    const detail = `No visible ticket has the status "${status}".`;
    const fix =
      'Check the spelling of closedStatuses: time is debited once its ticket has one of them.';
    return [{ id, status: 'warning', detail, fix }];
  };
  return [id, prove];
}

/** Proves for each client that its tickets and all their time are visible. */
async function checkTickets(rt: Rt, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const attempt = attemptsAt('RT');
  const results: CheckResult[] = [];
  const proofs: TimeProof[] = [];
  for (const clientId of clientIds) {
    const id = `client.${clientId}`;
    const look = async (): Promise<CheckResult[]> => {
      const named = await nameClient(rt, clientId);
      if ('fix' in named) return [failed(id, named.detail, named.fix)];
      const { name, query } = named;
      const { total } = await search(rt, { query });
      if (total === 0) return [nothingSeen(id, name)];
      const proof = await measureNewest(rt, query);
      if (proof !== null) proofs.push(proof);
      if (proof !== null && proof.missingMinutes > 0) return [missingTime(id, name, proof)];
      const seen = proof === null ? 'none of them has time yet' : 'all their time is seen';
      return [okResult(id, `${name}: ${total ?? 'its'} tickets are seen, and ${seen}.`)];
    };
    results.push(...(await attempt(id, look)));
  }
  if (proofs.length > 0) {
    const isComplete = proofs.every(({ missingMinutes }) => missingMinutes <= 0);
    await facts.verifyFact(rt.context, 'time-visible', isComplete);
  }
  return results;
}

/**
 * Hidden comments elsewhere are no client's loss at first. But RT cuts a page before it hides them, and
 * a page of nothing else looks like the end of all time.
 */
async function checkOtherQueues(rt: Rt, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const { items } = await search(rt, {
    query: 'TimeWorked != 0',
    fields: ['TimeWorked', 'Queue.Name'],
    perPage: 100,
    orderby: 'LastUpdated',
    order: 'DESC',
  });
  const newest = new Map<SourceId, WorkedItem>();
  for (const ticket of parseAll(items, WorkedItem)) {
    const queueId = ticket.Queue?.id;
    if (queueId !== undefined && !newest.has(queueId)) newest.set(queueId, ticket);
  }
  const isClient = (id: SourceId) => rt.config.clientFrom === 'queue' && clientIds.includes(id);
  const results: CheckResult[] = [];
  for (const [queueId, ticket] of newest) {
    const proof = isClient(queueId) ? null : await measureTime(rt, ticket);
    if (proof === null || proof.missingMinutes <= 0) continue;
    const name = `Queue "${ticket.Queue?.Name || queueId}"`;
    const result = missingTime(`permission.time-elsewhere.${queueId}`, name, proof);
    results.push({ ...result, status: 'warning' });
  }
  return results;
}

type Named = { name: string; query: string } | { detail: string; fix: string };

async function nameClient(rt: Rt, clientId: SourceId): Promise<Named> {
  const { clientFrom, clientField } = rt.config;
  const text = quoted(clientId);
  if (clientFrom === 'organization') {
    return { name: `Organization "${clientId}"`, query: `Requestor.Organization = ${text}` };
  }
  if (clientFrom === 'custom-field') {
    return { name: `${clientField} "${clientId}"`, query: `CF.{${clientField}} = ${text}` };
  }
  const queue = await readQueueIfSeen(rt, clientId);
  if (queue === null) {
    const detail = `There is no queue ${clientId}, or the RT user cannot see it.`;
    const fix =
      "Check the client's id in the config, and give the user SeeQueue and ShowTicket on it.";
    return { detail, fix };
  }
  const { id, Name } = queue;
  if (id === clientId) return { name: `Queue "${Name}"`, query: `Queue = ${id}` };
  const detail = `"${clientId}" is the name of queue ${id}, and tickets are known by the number.`;
  return { detail, fix: `Write ${id} as the client's id in the config.` };
}

function nothingSeen(id: string, name: string): CheckResult {
  return {
    id,
    status: 'warning',
    detail: `${name}: no ticket is seen. RT does not distinguish hidden tickets from none.`,
    fix: 'If it has tickets, give the RT user ShowTicket on their queues, or correct the name in the config.',
  };
}

function missingTime(id: string, name: string, proof: TimeProof): CheckResult {
  return failed(
    id,
    `${name}: ticket ${proof.ticketId} holds ${proof.missingMinutes} minutes that the RT user is not shown.`,
    'Give it ShowTicketComments (and ShowTicket) on the queue: the time of comments is hidden without.',
  );
}

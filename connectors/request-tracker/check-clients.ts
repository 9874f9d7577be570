import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { attempt } from './attempt.ts';
import { settle } from './facts.ts';
import { jsonQuery, quoted } from './query.ts';
import { SumItem, WorkedItem } from './schema.ts';

/** Proves for each client that its tickets and all their time are seen: RT shows less, and says nothing. */
export async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const proofs: TimeProof[] = [];
  for (const clientId of clientIds) {
    const id = `client.${clientId}`;
    results.push(
      ...(await attempt(id, async () => {
        const named = await nameClient(api, clientId, signal);
        if ('failure' in named) return [{ id, status: 'failed', ...named.failure }];
        const { total } = await api.few('/tickets', named.query, [], signal, { perPage: 1 });
        if (total === 0) return [nothingSeen(id, named.name)];
        const proof = await proveTime(api, named.query, signal);
        if (proof !== null) proofs.push(proof);
        if (proof === null || proof.missingMinutes <= 0) {
          const seen = proof === null ? 'none of them has time yet' : 'all their time is seen';
          const detail = `${named.name}: ${total ?? 'its'} tickets are seen, and ${seen}.`;
          return [{ id, status: 'ok', detail }];
        }
        return [missingTime(id, named.name, proof)];
      })),
    );
  }
  if (proofs.length > 0) {
    const isComplete = proofs.every((proof) => proof.missingMinutes <= 0);
    await settle(api.context.memory, 'fact.time-visible', isComplete);
  }
  return [...results, ...(await checkOtherQueues(api, clientIds, signal))];
}

/**
 * Hidden comments elsewhere are no client's loss at first. But RT cuts a page before it hides them, and
 * a page of nothing else looks like the end of all time.
 */
function checkOtherQueues(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  return attempt('permission.time-elsewhere', async () => {
    const fields = ['TimeWorked', 'Queue.Name'];
    const order = { perPage: 100, orderby: 'LastUpdated', order: 'DESC' } as const;
    const { items } = await api.few('/tickets', 'TimeWorked != 0', fields, signal, order);
    const newest = new Map<SourceId, WorkedItem>();
    for (const item of items) {
      const ticket = WorkedItem.safeParse(item).data;
      const queueId = ticket?.Queue?.id;
      if (ticket === undefined || queueId === undefined || newest.has(queueId)) continue;
      newest.set(queueId, ticket);
    }
    const isClient = (id: SourceId) => api.config.clientFrom === 'queue' && clientIds.includes(id);
    const results: CheckResult[] = [];
    for (const [queueId, ticket] of newest) {
      const proof = isClient(queueId) ? null : await proveTicket(api, ticket, signal);
      if (proof === null || proof.missingMinutes <= 0) continue;
      const name = `Queue "${ticket.Queue?.Name || queueId}"`;
      const id = `permission.time-elsewhere.${queueId}`;
      results.push({ ...missingTime(id, name, proof), status: 'warning' });
    }
    return results;
  });
}

type Named = { name: string; query: string } | { failure: { detail: string; fix: string } };

async function nameClient(api: Api, clientId: SourceId, signal: AbortSignal): Promise<Named> {
  const { clientFrom, clientField } = api.config;
  if (clientFrom === 'organization') {
    const query = `Requestor.Organization = ${quoted(clientId)}`;
    return { name: `Organization "${clientId}"`, query };
  }
  if (clientFrom === 'custom-field') {
    const query = `CF.{${clientField}} = ${quoted(clientId)}`;
    return { name: `${clientField} "${clientId}"`, query };
  }
  const queue = await api.queue(clientId, signal).catch((error: unknown) => {
    if (isKindError(error, 'permission', 'rejected')) return null;
    throw error;
  });
  if (queue === null) {
    const detail = `There is no queue ${clientId}, or the RT user may not see it.`;
    const fix =
      "Check the client's id in the config, and give the user SeeQueue and ShowTicket on it.";
    return { failure: { detail, fix } };
  }
  const { id, Name } = queue.data;
  if (id === clientId) return { name: `Queue "${Name}"`, query: `Queue = ${id}` };
  const detail = `"${clientId}" is the name of queue ${id}, and tickets are known by the number.`;
  return { failure: { detail, fix: `Write ${id} as the client's id in the config.` } };
}

function nothingSeen(id: string, name: string): CheckResult {
  return {
    id,
    status: 'warning',
    detail: `${name}: no ticket is seen. RT says the same where there is none and where it is hidden.`,
    fix: 'If it has tickets, give the RT user ShowTicket on their queues, or mend the name in the config.',
  };
}

interface TimeProof {
  ticketId: string;
  missingMinutes: number;
}

/** The newest ticket with time holds the sum of its transactions, merged tickets' included. */
async function proveTime(api: Api, query: string, signal: AbortSignal): Promise<TimeProof | null> {
  const { items } = await api.few(
    '/tickets',
    `${query} AND TimeWorked != 0`,
    ['TimeWorked'],
    signal,
    { perPage: 1, orderby: 'LastUpdated', order: 'DESC' },
  );
  return items.length === 0 ? null : proveTicket(api, WorkedItem.parse(items[0]), signal);
}

async function proveTicket(
  api: Api,
  ticket: WorkedItem,
  signal: AbortSignal,
): Promise<TimeProof | null> {
  if (ticket.TimeWorked === undefined || ticket.TimeWorked === null) return null;
  let minutes = 0;
  const pages = api.pages({
    path: `/ticket/${ticket.id}/history`,
    query: (afterId) =>
      jsonQuery([
        { field: 'TimeTaken', operator: '!=', value: '0' },
        { field: 'id', operator: '>', value: afterId },
      ]),
    fields: ['TimeTaken'],
    signal,
  });
  for await (const page of pages) {
    for (const item of page.items) minutes += SumItem.parse(item).TimeTaken;
  }
  return { ticketId: ticket.id, missingMinutes: ticket.TimeWorked - minutes };
}

function missingTime(id: string, name: string, proof: TimeProof): CheckResult {
  return {
    id,
    status: 'failed',
    detail: `${name}: ticket ${proof.ticketId} holds ${proof.missingMinutes} minutes that the RT user is not shown.`,
    fix: 'Give it ShowTicketComments (and ShowTicket) on the queue: the time of comments is hidden without.',
  };
}

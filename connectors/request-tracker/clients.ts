import type {
  ClientRow,
  ListedName,
  Page,
  Pull,
  PullRequest,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { isRecent } from '../http/clock.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { fromClientName, fromQueue, isSameName } from './mapping.ts';
import { jsonQuery, wholeSecond } from './query.ts';
import { Field, FieldItem, QueueItem, UserItem } from './schema.ts';

const dayMs = 24 * 3_600_000;

/** When the users were last read for their organizations. */
const organizationsReadAt = 'organizations.read-at';

const ticketFields = 'RT::Queue-RT::Ticket';

/** Clients by whatever tells them apart. Only names: a client that is missing here is still debited. */
export function createClientsPull(api: Api): Pull<ClientRow> {
  return { queue: queues, organization: organizations, 'custom-field': fieldValues }[
    api.config.clientFrom
  ];

  async function* queues({ since, resume, signal }: PullRequest): AsyncGenerator<Page<ClientRow>> {
    let seen = 0;
    const pages = queuePages(api, resume, signal);
    for await (const { items, lastId } of pages) {
      seen += items.length;
      const { rows, rejected } = parseRows(items, QueueItem, (queue) => queue);
      const changed = rows.filter((queue) => queue.LastUpdated >= wholeSecond(since));
      yield { rows: changed.map(fromQueue), rejected, resume: lastId ?? resume };
    }
    if (seen === 0 && resume === null) {
      throw new KindError('permission', 'The RT user of this connection sees no queue at all.', {
        fix: "Give it SeeQueue on the clients' queues.",
      });
    }
  }

  /** RT does not say which users changed, and there may be thousands: once a day is enough for names. */
  async function* organizations({
    isStored,
    signal,
  }: PullRequest): AsyncGenerator<Page<ClientRow>> {
    const { memory, now } = api.context;
    const readAt: Instant | null = await memory.get(organizationsReadAt);
    if (isStored && readAt !== null && isRecent(msFromInstant(readAt), now(), dayMs)) return;
    const startedAt = instantFromMs(now());
    const seen = new Set<string>();
    for await (const { data } of api.userPages('Organization', signal)) {
      const { rows, rejected } = parseRows(data.items, UserItem, (user) => user);
      const names = rows
        .map((user) => user.Organization?.trim() ?? '')
        .filter((name) => name !== '' && !seen.has(name));
      for (const name of names) seen.add(name);
      yield { rows: [...new Set(names)].map(fromClientName), rejected, resume: null };
    }
    if (isStored) await memory.set(organizationsReadAt, startedAt);
  }

  /** The values that a Select field offers; a field of free text offers none. */
  async function* fieldValues({ signal }: PullRequest): AsyncGenerator<Page<ClientRow>> {
    const { id } = await findTicketField(api, api.config.clientField ?? '', signal);
    const { data } = await api.record(`/customfield/${id}`, Field, signal);
    yield { rows: data.Values.map(fromClientName), rejected: [], resume: null };
  }
}

export async function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  const [since, until] = [instantFromMs(0), instantFromMs(api.context.now())];
  const request = { since, until, resume: null, clientIds: [], isStored: false, signal };
  const all: ClientRow[] = [];
  for await (const { rows } of createClientsPull(api)(request)) all.push(...rows);
  return all;
}

/** The ticket custom field of this name. Throws `config` where the user sees none. */
export async function findTicketField(
  api: Api,
  name: string,
  signal: AbortSignal,
): Promise<FieldItem> {
  const query = jsonQuery([{ field: 'Name', operator: '=', value: name }]);
  const { items } = await api.few('/customfields', query, ['Name', 'LookupType'], signal, {
    perPage: 100,
  });
  const field = items
    .map((item) => FieldItem.safeParse(item).data)
    .find((one) => one?.LookupType === ticketFields && isSameName(one.Name, name));
  if (field !== undefined) return field;
  throw new KindError('config', `The RT user of this connection sees no ticket field "${name}".`, {
    fix: 'Check its name in the config (Admin, Custom Fields), and give the user SeeCustomField on it.',
  });
}

function queuePages(api: Api, afterId: string | null, signal: AbortSignal) {
  return api.pages({
    path: '/queues/all',
    query: (lastId) => jsonQuery([{ field: 'id', operator: '>', value: lastId }]),
    fields: ['Name', 'LastUpdated'],
    afterId,
    signal,
  });
}

/** Names of all queues that the user sees: what agreements call boards. */
export async function listQueues(api: Api, signal: AbortSignal): Promise<ListedName[]> {
  const names: ListedName[] = [];
  for await (const { items } of queuePages(api, null, signal)) {
    names.push(
      ...parseRows(items, QueueItem, ({ id, Name }) => ({ sourceId: id, name: Name })).rows,
    );
  }
  return names;
}

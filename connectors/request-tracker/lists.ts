/** RT's lists and look-ups. */
import type { NameLists } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { numberedPages, type Pages, parseAll, readableRows } from '../kit/reading/lists.ts';
import { type List, type Rt, search } from './call.ts';
import { isSameName } from './mapping.ts';
import { type Condition, jsonQuery } from './query.ts';
import { Collection, FieldItem, Queue, QueueItem, Ticket } from './schema.ts';

/** Naming `EffectiveId` makes RT show tickets that were merged away at all. */
export function ticketList(condition: string, fields: readonly string[]): List {
  const query = (after: string) => `EffectiveId > 0 AND ${condition} AND id > ${after}`;
  return { path: '/tickets', query, fields, needsTotal: true };
}

/** Time that counts: on tickets, not on reminders, and not on what was deleted. RT then filters by rights. */
const anyTime =
  "ObjectType = 'RT::Ticket' AND TimeTaken != 0 AND TicketType = 'ticket' AND TicketStatus != 'deleted'";

/**
 * A short page is not the last here: RT cuts it before it hides comments, and it may hide those
 * of a queue that is not a client's, which no check covers.
 */
export function timeList(condition: string): List {
  const query = (after: string) => `${anyTime} AND ${condition} AND id > ${after}`;
  const fields = ['ObjectId', 'Creator.EmailAddress', 'Created', 'TimeTaken'];
  return { path: '/transactions', query, fields };
}

/** A list that is searched by its columns, where RT offers no query language. */
export function columnList(
  path: string,
  conditions: readonly Condition[],
  fields: readonly string[],
  more: Partial<List> = {},
): List {
  const query = (after: string) => jsonQuery([...conditions, ['id', '>', after]]);
  return { path, query, fields, ...more };
}

export function queueList(afterId: string | null = null): List {
  return columnList('/queues/all', [], ['Name', 'LastUpdated'], { afterId });
}

/** Names of all queues that the user sees: what agreements call boards. */
export async function listNames(rt: Rt): Promise<NameLists> {
  const queues = await readableRows(rt, queueList(), QueueItem);
  return { boards: queues.map(({ id, Name }) => ({ sourceId: id, name: Name })) };
}

const UserPage = Collection.transform(({ items, per_page }) => {
  return { rows: items, isLast: items.length < per_page };
});

/** Users by name; a privileged user sees all of them. */
export function userPages(rt: Rt, fields: string): Pages {
  const [path, per_page] = ['/users', rt.config.pageSize];
  const send = (page: number) =>
    rt.send({ method: 'GET', path, query: { fields, per_page, page } }, UserPage);
  return numberedPages({ path, send });
}

/** The ticket custom field of this name. Throws `config` where the user sees none. */
export async function findTicketField(rt: Rt, name: string): Promise<FieldItem> {
  const { items } = await search(rt, {
    path: '/customfields',
    query: jsonQuery([['Name', '=', name]]),
    fields: ['Name', 'LookupType'],
    perPage: 100,
  });
  const field = parseAll(items, FieldItem).find(
    (one) => one.LookupType === 'RT::Queue-RT::Ticket' && isSameName(one.Name, name),
  );
  if (field !== undefined) return field;
  throw new KindError('config', `The RT user of this connection sees no ticket field "${name}".`, {
    fix: 'Check its name in the config (Admin, Custom Fields), and give the user SeeCustomField on it.',
  });
}

export function ticketPath(id: string): string {
  return `/ticket/${encodeURIComponent(id)}`;
}

export function readTicket(rt: Rt, id: string): Promise<Ticket> {
  return rt.get(ticketPath(id), Ticket);
}

/** By id or by name. */
export function readQueue(rt: Rt, idOrName: string): Promise<Queue> {
  return rt.get(`/queue/${encodeURIComponent(idOrName)}`, Queue);
}

/** RT answers 403 for one that does not exist, too. */
export async function readQueueIfSeen(rt: Rt, idOrName: string): Promise<Queue | null> {
  try {
    return await readQueue(rt, idOrName);
  } catch (error) {
    if (isKindError(error, 'permission', 'rejected')) return null;
    throw error;
  }
}

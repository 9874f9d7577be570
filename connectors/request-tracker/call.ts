/** Requests in the dialect of RT's REST 2.0: searches, pages by the last id, and fields of related records. */
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { LimitRow, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import { lastIdOf, type Pages } from '../kit/reading/lists.ts';
import type { RequestTrackerConfig } from './config.ts';
import { Collection } from './schema.ts';

export type Rt = Call<RequestTrackerConfig, List>;

const limits: readonly LimitRow[] = [
  {
    path: '',
    concurrency: 2,
    source: 'No limit is published; RT serves people from the same few processes.',
  },
];

export interface List {
  /** `/tickets` */
  path: string;
  /** The search for what comes after the row with this id. */
  query(afterId: string): string;
  /** Names of fields; those of a related record as `Queue.Name`. */
  fields: readonly string[];
  /** Id of the last row that is known already. */
  afterId?: string | null;
  /** Whether a page that is not full is the last one even where RT gives no total. */
  isShortPageLast?: boolean;
  /** Refuse to read on where RT gives no total. */
  needsTotal?: boolean;
  /** Default: the configured page size. */
  perPage?: number;
}

export function createCall(config: RequestTrackerConfig, context: ConnectorContext): OpenCall<Rt> {
  const options = {
    baseUrl: `${config.baseUrl}/REST/2.0`,
    limits,
    authorize: async () => ({ authorization: `token ${config.token}` }),
    classify: refusalOf,
  };
  return createCalls(config, context, options, readCollection);
}

interface Search {
  path?: string;
  query: string;
  fields?: readonly string[];
  perPage?: number;
  orderby?: 'id' | 'LastUpdated';
  order?: 'DESC';
}

/** One page of a search: its first rows, or no more than how many there are. */
export async function search(rt: Rt, { path = '/tickets', ...terms }: Search): Promise<Collection> {
  const { fields = [], perPage = 1, query, ...order } = terms;
  return rt.get(path, Collection, { query, per_page: perPage, ...order, ...fieldsQuery(fields) });
}

/**
 * Pages in the order of ids, each after the last id of the one before, so that rows which change
 * meanwhile are neither lost nor doubled.
 */
async function* readCollection(rt: Rt, list: List): Pages {
  const { path, fields, afterId = null, perPage = rt.config.pageSize } = list;
  const pages = pagesByCursor({
    start: afterId,
    send: (cursor) => {
      const terms = { query: list.query(cursor ?? '0'), per_page: perPage, orderby: 'id' };
      const query = { ...terms, ...fieldsQuery(fields) };
      return rt.send({ method: 'GET', path, query }, Collection);
    },
    next: ({ data }) => (isLast(data, list) ? null : lastIdOf(path, data.items)),
  });
  for await (const { data } of pages) {
    const { items: rows } = data;
    yield { rows, resume: rows.length === 0 ? afterId : lastIdOf(path, rows) };
  }
}

/** `fields=Subject,Queue` and `fields[Queue]=Name`, the way RT wants a related record's fields. */
function fieldsQuery(names: readonly string[]): Record<string, string> {
  const query: Record<string, string> = {};
  const own: string[] = [];
  for (const name of names) {
    const [field = '', inner] = name.split('.');
    own.push(field);
    if (inner !== undefined) query[`fields[${field}]`] = inner;
  }
  return { fields: own.join(','), ...query };
}

/**
 * A total counts what is left after the last known id. RT gives none to a user who does not see all:
 * it then cuts the page first and takes out afterwards what the user may not see, so that a page may
 * be short, or even empty, before the end. An empty one ends the reading; `check` proves that none is.
 */
function isLast({ total, items, per_page }: Collection, list: List): boolean {
  if (total === null && list.needsTotal === true) {
    throw new KindError(
      'permission',
      `GET ${list.path}: RT does not say how many rows there are.`,
      { fix: totalFix },
    );
  }
  if (total === null) {
    return items.length === 0 || (list.isShortPageLast === true && items.length < per_page);
  }
  if (items.length === 0 && total > 0) {
    throw new KindError('permission', `GET ${list.path} counts ${total} rows and shows none.`, {
      fix: 'Give the RT user of this connection the right ShowTicket on all queues that it is to read.',
    });
  }
  return items.length >= total;
}

export const totalFix =
  'Give the RT user ShowTicket for all queues, or leave $UseSQLForACLChecks on (the default).';

/** A queue that does not exist and one without the right are the same answer. */
function refusalOf(answer: RawAnswer): KindError | null {
  const queue = /No permission to create tickets in the queue '(.*?)'/.exec(answer.text)?.[1];
  if (answer.status !== 403 || queue === undefined) return null;
  return new KindError('permission', `RT does not let this user create tickets in "${queue}".`, {
    status: 403,
    fix: 'Check the name of the queue, and give the user SeeQueue and CreateTicket on it.',
  });
}

/** The requests that RT's REST 2.0 understands, each with the shape of its answer. */
import type { ZodType } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { pagesByCursor, pagesByNumber } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, LimitRow, RawAnswer } from '../http/types.ts';
import type { RequestTrackerConfig } from './config.ts';
import { CreatedTicket, IdItem, ListPage, Messages, Queue, Ticket, Version } from './schema.ts';

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
  /** The configured page size unless told. */
  perPage?: number;
  signal: AbortSignal;
}

export interface NewTicket {
  Queue: string;
  Subject: string;
  Content: string;
  ContentType: 'text/plain';
  CustomFields?: Record<string, string>;
}

export type Api = ReturnType<typeof createApi>;

export function createApi(config: RequestTrackerConfig, context: ConnectorContext) {
  const transport = createTransport({
    context,
    baseUrl: `${config.baseUrl}/REST/2.0`,
    limits,
    authorize: async () => ({ authorization: `token ${config.token}` }),
    classify: refusalOf,
  });

  async function get<T>(
    path: string,
    schema: ZodType<T>,
    signal: AbortSignal,
    query: Record<string, string | number> = {},
  ): Promise<Answer<T>> {
    return transport.send({ method: 'GET', path, query, signal }, schema);
  }

  return {
    config,
    context,
    version: (signal: AbortSignal) => get('/rt', Version, signal),
    record: <T>(path: string, schema: ZodType<T>, signal: AbortSignal) => get(path, schema, signal),
    ticket: (id: string, signal: AbortSignal) =>
      get(`/ticket/${encodeURIComponent(id)}`, Ticket, signal),
    /** By id or by name. RT answers 403 for one that does not exist, too. */
    queue: (idOrName: string, signal: AbortSignal) =>
      get(`/queue/${encodeURIComponent(idOrName)}`, Queue, signal),

    /** One page: the newest or the first few rows of a search. */
    async few(
      path: string,
      query: string,
      fields: readonly string[],
      signal: AbortSignal,
      more: { perPage: number; orderby?: string; order?: 'DESC' },
    ): Promise<ListPage> {
      const { perPage, ...order } = more;
      const search = { query, per_page: perPage, ...fieldsQuery(fields), ...order };
      return (await get(path, ListPage, signal, search)).data;
    },

    /**
     * Pages in the order of ids, each after the last id of the one before, so that rows which change
     * meanwhile are neither lost nor doubled.
     */
    async *pages(list: List): AsyncGenerator<{ items: readonly unknown[]; lastId: string | null }> {
      const pages = pagesByCursor({
        start: list.afterId ?? null,
        send: (afterId) =>
          get(list.path, ListPage, list.signal, {
            query: list.query(afterId ?? '0'),
            per_page: list.perPage ?? config.pageSize,
            orderby: 'id',
            ...fieldsQuery(list.fields),
          }),
        next: ({ data }) => (isLast(data, list) ? null : lastIdOf(data, list.path)),
      });
      for await (const { data } of pages) {
        yield {
          items: data.items,
          lastId: data.items.length === 0 ? null : lastIdOf(data, list.path),
        };
      }
    },

    /** Users by name; a privileged user sees all of them. */
    userPages: (field: string, signal: AbortSignal) =>
      pagesByNumber({
        send: (page) =>
          get('/users', ListPage, signal, { fields: field, per_page: config.pageSize, page }),
        isLast: ({ data }) => data.items.length < data.per_page,
      }),

    createTicket: async (ticket: NewTicket, signal: AbortSignal) =>
      (
        await transport.send(
          { method: 'POST', path: '/ticket', body: ticket, signal },
          CreatedTicket,
        )
      ).data.id,

    /** Answers with the id of the transaction that holds the message. */
    async addMessage(
      ticketId: string,
      kind: 'comment' | 'correspond',
      body: { Content: string; ContentType: 'text/plain'; Status?: string },
      signal: AbortSignal,
    ): Promise<{ transactionId: string; messages: string[] }> {
      const path = `/ticket/${encodeURIComponent(ticketId)}/${kind}`;
      const answer = await transport.send({ method: 'POST', path, body, signal }, Messages);
      const transactionId = /\/transaction\/(\d+)$/.exec(answer.headers.location ?? '')?.[1];
      if (transactionId !== undefined) return { transactionId, messages: answer.data };
      throw new KindError('unknown-outcome', `POST ${path} did not say which message it made.`);
    },

    setStatus: async (ticketId: string, status: string, signal: AbortSignal) =>
      (
        await transport.send(
          {
            method: 'PUT',
            path: `/ticket/${encodeURIComponent(ticketId)}`,
            body: { Status: status },
            signal,
          },
          Messages,
        )
      ).data,
  };
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
function isLast(page: ListPage, list: List): boolean {
  const { total, items } = page;
  if (total === null && list.needsTotal === true) {
    throw new KindError(
      'permission',
      `GET ${list.path}: RT does not say how many rows there are.`,
      {
        fix: 'Give the RT user ShowTicket for all queues, or leave $UseSQLForACLChecks on (the default).',
      },
    );
  }
  if (total === null) {
    return items.length === 0 || (list.isShortPageLast === true && items.length < page.per_page);
  }
  if (items.length === 0 && total > 0) {
    throw new KindError('permission', `GET ${list.path} counts ${total} rows and shows none.`, {
      fix: 'Give the RT user of this connection the right ShowTicket on all queues that it is to read.',
    });
  }
  return items.length >= total;
}

function lastIdOf(page: ListPage, path: string): string {
  const last = IdItem.safeParse(page.items.at(-1));
  if (last.success) return last.data.id;
  throw new KindError('contract', `GET ${path}: the last row of a page has no id to go on from.`);
}

/** A queue that does not exist and one without the right are the same answer. */
function refusalOf(answer: RawAnswer): KindError | null {
  const queue = /No permission to create tickets in the queue '(.*?)'/.exec(answer.text)?.[1];
  if (answer.status !== 403 || queue === undefined) return null;
  return new KindError('permission', `RT does not let this user create tickets in "${queue}".`, {
    status: 403,
    fix: 'Check the name of the queue, and give the user SeeQueue and CreateTicket on it.',
  });
}

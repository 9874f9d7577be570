/** Requests in Syncro's dialect: a bearer token, numbered pages, and 401 for missing permissions. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { nameOf } from '../http/answers/classify.ts';
import { rawId } from '../http/answers/rows.ts';
import { createTransport } from '../http/transport.ts';
import type { LimitRow, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query, type ReadPages } from '../kit/call.ts';
import { numberedPages } from '../kit/reading/lists.ts';
import { createNames, type Names } from '../kit/reading/names.ts';
import type { SyncroConfig } from './config.ts';
import { nameSources } from './lists.ts';
import type { SeenTickets } from './timers.ts';

export interface List {
  /** `/tickets` */
  path: string;
  /** The envelope's field that holds the rows. */
  rows: string;
  query?: Query;
  /** A list without a page count. */
  isUncounted?: boolean;
}

export interface Syncro extends Call<SyncroConfig, List> {
  names: Names<Syncro, keyof typeof nameSources>;
  /** By the stream of tickets, for that of time. */
  seen: { last: SeenTickets | null };
}

/** Documented rows per page; a list with a page count may have more. */
const documentedPageSize = 25;

/** A 429 is not documented: the wait if it has no Retry-After. */
const throttledSeconds = 15;

export function createSyncro(config: SyncroConfig, context: ConnectorContext): OpenCall<Syncro> {
  const limit: LimitRow = {
    path: '',
    concurrency: 2,
    spacingMs: 60_000 / config.requestsPerMinute,
    // Including other programs on the same IP address.
    source: 'https://api-docs.syncromsp.com/: 180 requests a minute for an IP address.',
  };
  const common = {
    baseUrl: `${config.baseUrl}/api/v1`,
    limits: [limit],
    authorize: async () => ({ authorization: `Bearer ${config.apiToken}` }),
  };
  const own = createTransport({ ...common, context, attempts: 1 });
  const classify = async (answer: RawAnswer): Promise<KindError | null> => {
    const { path, signal } = answer.request;
    if (answer.status !== 401 || path === '/me') return null;
    return classifyRefusal(answer, () =>
      own.send({ method: 'GET', path: '/me', signal }, z.unknown()),
    );
  };
  const options = { ...common, classify, throttledSeconds };
  const open = createCalls(config, context, options, readNumbered);
  const names = createNames('Syncro', nameSources);
  const seen = { last: null };
  return (signal) => {
    const call = open(signal);
    return { ...call, names, seen, remove: (path) => removeForSure(call, path) };
  };
}

/** Deleting an invoice returns 200 even if it failed, so it is looked up. */
async function removeForSure({ remove, getIfThere }: Call, path: string): Promise<void> {
  await remove(path);
  if ((await getIfThere(path, z.unknown())) === null) return;
  throw new KindError('rejected', `DELETE ${path} succeeded, but it still exists.`);
}

const readNumbered: ReadPages<SyncroConfig, List> = (call, list) => {
  const { path, query, isUncounted = false } = list;
  let before = '';
  return numberedPages({
    path,
    idsOf: (rows) => rows.flatMap((row) => rawId(row) ?? []),
    async send(page) {
      const request = { method: 'GET', path, query: { ...query, page } } as const;
      if (!isUncounted) return call.send(request, countedPage(list, page));
      const answer = await call.send(request, uncountedPage(list));
      const text = JSON.stringify(answer.data.rows);
      // Paging of such a list is not documented: it may return everything for each page.
      if (text === before) return { ...answer, data: { rows: [], isLast: true } };
      before = text;
      return answer;
    },
  });
};

const Meta = z.object({ total_pages: z.int().min(0), page: z.int().nullish() });

/** `{tickets: […], meta: {total_pages, page}}`; a page other than the requested one is refused. */
function countedPage({ path, rows: name }: List, page: number) {
  return z
    .looseObject({ meta: Meta })
    .refine((answer) => Array.isArray(answer[name]), { message: `has no list "${name}"` })
    .transform((answer, ctx) => {
      const rows = answer[name] as unknown[];
      const { total_pages: pages, page: shown } = answer.meta;
      const isOther = shown != null && shown !== page;
      const isShort = rows.length === 0 && page < pages;
      if (!isOther && !isShort) return { rows, pages };
      const what = isOther ? `is page ${shown}` : `is empty, of ${pages}`;
      ctx.addIssue({ code: 'custom', message: `page ${page} of ${path} ${what}` });
      return z.NEVER;
    });
}

/** Without a page count, the last page is the first that is not full. */
function uncountedPage({ rows: name }: List) {
  return z.object({ [name]: z.array(z.unknown()) }).transform((answer) => {
    const rows = answer[name] ?? [];
    return { rows, isLast: rows.length < documentedPageSize };
  });
}

/**
 * Syncro returns 401 both for a wrong token and for a missing permission. A request that every token may
 * make distinguishes them: if it succeeds, the token is valid.
 */
async function classifyRefusal(
  { request }: RawAnswer,
  askWhoIAm: () => Promise<unknown>,
): Promise<KindError | null> {
  try {
    await askWhoIAm();
  } catch (error) {
    if (isKindError(error, 'auth')) return null;
    throw error;
  }
  const name = nameOf(request);
  return new KindError('permission', `${name} answered 401 although the token is valid.`, {
    status: 401,
    fix: `Give the token, and the user it belongs to, the permission for ${name}.`,
  });
}

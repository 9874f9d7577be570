/** Requests in the dialect of BMS: a login by form, numbered pages, an hourly limit that it does not report. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/answers/clock.ts';
import { Id } from '../http/answers/wire.ts';
import { createTransport } from '../http/transport.ts';
import type { HttpRequest, RawAnswer, TransportOptions } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import { type NumberedPage, numberedPages, type Pages } from '../kit/reading/lists.ts';
import { createTokens } from '../kit/tokens.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { readableMs, type Zones, zonesOf } from './local-times.ts';
import { classifyBms, ListAnswer, refusalIn, resultOf } from './schema.ts';

const source = 'https://help.bms.kaseya.com/help/Content/BMS%20API/bms-api-v2-bms-rest-apis.html';

export interface Bms extends Call<KaseyaBmsConfig, List> {
  zones: Zones;
}

export function createBms(config: KaseyaBmsConfig, context: ConnectorContext): OpenCall<Bms> {
  const budget = createBudget(context, config.requestShare);
  const zones = zonesOf(config, context.timezone);
  const open = createCalls<KaseyaBmsConfig, List>(
    config,
    context,
    {
      baseUrl: config.baseUrl,
      // No limit on concurrency is published; the budget below enforces the hourly limit.
      limits: [{ path: '', concurrency: 2, source }],
      ...createBmsTokens(config, context, zones),
      admit: budget.refuseIfSpent,
      classify: async (answer) => {
        await budget.count(answer.request);
        return classifyBms(answer);
      },
    },
    readPages,
  );
  return (signal) => ({ ...open(signal), zones });
}

// ── Pages ───────────────────────────────────────────────────────────────────────────────────────

export interface List {
  path: string;
  query?: Query;
  /** For a list requested by POST. */
  filter?: object;
  pageSize?: number;
  /** BMS may omit the count of rows; for any other list, a response without it is refused. */
  isUncounted?: true;
  after?: Place;
  /** Stored with the position, so that only the same query resumes there. Absent: no position is stored. */
  question?: object;
}

/** The page after which a later pass resumes: the last but one, so that both passes overlap. */
export const Place = z.object({
  page: z.int().min(0),
  received: z.int().min(0),
  total: z.int().min(0),
  /** The highest ID seen. */
  highest: z.int(),
});
type Place = z.infer<typeof Place>;

const beginning: Place = { page: 0, received: 0, total: 0, highest: -1 };

/** `resume` is null if rows were not sorted by ID: then they may move between pages. */
async function* readPages(call: Call<KaseyaBmsConfig, List>, list: List): Pages {
  const { path, question, after = beginning, pageSize = call.config.pageSize } = list;
  const believe = createPageReader(list, pageSize);
  let { page, received } = after;
  let highest = -1;
  let isRising = true;
  const pages = numberedPages({
    path,
    firstPage: page + 1,
    received,
    async send(number) {
      const answer = await call.send(pageRequest(list, pageSize, number), ListAnswer);
      if (number === after.page + 1) refuseGap(path, answer.data, after);
      return { ...answer, data: believe(answer.data) };
    },
  });
  for await (const listed of pages) {
    for (const row of listed.rows) {
      const id = idOf(row);
      isRising &&= id === null || id > highest;
      highest = Math.max(highest, id ?? highest);
    }
    const place = { page, received, total: listed.count, highest };
    const isPlace = question !== undefined && isRising && listed.count != null;
    yield { ...listed, resume: isPlace ? JSON.stringify({ ...question, place }) : null };
    page += 1;
    received += listed.rows.length;
  }
}

function pageRequest({ path, query, filter }: List, PageSize: number, PageNumber: number) {
  const place = { PageSize, PageNumber };
  if (filter === undefined) return { method: 'GET', path, query: { ...query, ...place } } as const;
  return { method: 'POST', path, body: { ...place, Filter: filter }, isRead: true } as const;
}

/**
 * A page may hold fewer rows than requested. Without a count, the last page is one with fewer rows than an earlier
 * one; a list without paging returns everything, and the same again for the next page.
 */
function createPageReader({ path, isUncounted }: List, pageSize: number) {
  let largest = 0;
  let idsBefore = '';
  return ({ rows, count }: z.infer<typeof ListAnswer>): NumberedPage => {
    if (count !== null) return { rows, count };
    if (isUncounted !== true) {
      throw new KindError('contract', `GET ${path} does not return a row count.`);
    }
    const ids = rows.map(idOf).join();
    const isAgain = rows.length < pageSize && ids === idsBefore;
    idsBefore = ids;
    if (isAgain || rows.length < largest) return { rows: isAgain ? [] : rows, isLast: true };
    largest = rows.length;
    return { rows, isLast: rows.length === 0 };
  };
}

/**
 * Checks the page that an earlier pass read last: if rows left the list and as many were added, the ones behind
 * moved forward, some of them onto pages already read.
 */
function refuseGap(path: string, { rows, count }: z.infer<typeof ListAnswer>, after: Place): void {
  const isSeen = (row: unknown): boolean =>
    (idOf(row) ?? Number.POSITIVE_INFINITY) <= after.highest;
  const isJoined = after.highest < 0 || rows.some(isSeen);
  if (isJoined && (count ?? 0) >= after.total) return;
  throw new KindError('contract', `GET ${path} shrank during the read.`, {
    fix: 'The next run reads it again from the start.',
  });
}

const AnyRow = z.object({ id: Id });

function idOf(row: unknown): number | null {
  const id = Number(AnyRow.safeParse(row).data?.id);
  return Number.isSafeInteger(id) ? id : null;
}

// ── The hourly limit ────────────────────────────────────────────────────────────────────────────

/** Requests per endpoint in any 60 minutes. */
const hourlyLimit = { requests: 1_500, source };

const hourMs = 3_600_000;
/** Requests are counted in slots of this length; a slot expires as a whole. */
const partMs = 300_000;
/** Stored every so many requests: a process that ends loses only the last few. */
const storeAfterRequests = 10;
const memoryKey = 'requests';

/** By endpoint: starts of slots, with the requests in each. */
const Counts = z.record(z.string(), z.record(z.string(), z.int().min(0)));
type Counts = z.infer<typeof Counts>;

/**
 * BMS does not report its request count, so ours are counted here; at the configured share of the limit, this
 * connection pauses for that endpoint.
 */
function createBudget({ memory, now }: ConnectorContext, sharePercent: number) {
  let loading: Promise<Counts> | null = null;
  let unstored = storeAfterRequests - 1;

  async function load(): Promise<Counts> {
    const text = await memory.get(memoryKey);
    return text === null ? {} : (Counts.safeParse(JSON.parse(text)).data ?? {});
  }

  return {
    /** Throws `rate-limited` where the share of this endpoint is used up. */
    async refuseIfSpent(request: Pick<HttpRequest, 'method' | 'path'>): Promise<void> {
      loading ??= load();
      const endpoint = endpointOf(request);
      const spent = withinHour((await loading)[endpoint] ?? {}, now());
      const total = Object.values(spent).reduce((sum, requests) => sum + requests, 0);
      if (total * 100 < hourlyLimit.requests * sharePercent) return;
      const message = `We sent ${total} requests to ${endpoint} within an hour; BMS allows ${hourlyLimit.requests}.`;
      const fix = `This connection pauses at ${sharePercent} % (requestShare) and resumes by itself.`;
      throw new KindError('rate-limited', message, { fix });
    },
    /** One request has been answered. */
    async count(request: HttpRequest): Promise<void> {
      loading ??= load();
      const counts = await loading;
      const endpoint = endpointOf(request);
      const part = String(now() - (now() % partMs));
      const parts = withinHour(counts[endpoint] ?? {}, now());
      counts[endpoint] = { ...parts, [part]: (parts[part] ?? 0) + 1 };
      unstored += 1;
      if (unstored < storeAfterRequests) return;
      unstored = 0;
      await memory.set(memoryKey, JSON.stringify(counts));
    },
  };
}

/** `GET /v2/servicedesk/tickets/{id}/notes` */
function endpointOf({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string {
  return `${method} ${path.replace(/\?.*$/s, '').replace(/\/\d+(?=\/|$)/g, '/{id}')}`;
}

function withinHour(parts: Readonly<Record<string, number>>, nowMs: number) {
  const entries = Object.entries(parts);
  return Object.fromEntries(
    entries.filter(([from]) => isRecent(Number(from), nowMs, hourMs + partMs)),
  );
}

// ── Tokens ──────────────────────────────────────────────────────────────────────────────────────

const Token = z.object({
  accesstoken: z.string().min(1),
  refreshtoken: z.string().nullish(),
  accesstokenexpireon: z.string().nullish(),
});
type Token = z.infer<typeof Token>;

/** A login by form, renewed by its refresh token. */
function createBmsTokens(
  config: KaseyaBmsConfig,
  context: ConnectorContext,
  { timestamps }: Zones,
): Pick<TransportOptions, 'authorize' | 'reauthorize'> {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    authorize: async () => ({}),
    classify: loginRefusal,
  });
  let token: Token | null = null;

  async function ask(path: string, form: Record<string, string>, signal: AbortSignal) {
    const request = { method: 'POST', path, form, isRead: true, answersTokens: true } as const;
    token = (await transport.send({ ...request, signal }, resultOf(Token))).data;
    const endMs = readableMs(token.accesstokenexpireon, timestamps) ?? 0;
    // An expiry in the past was read in the wrong zone: keep the token until it is refused.
    const lifeMs = endMs > context.now() ? endMs - context.now() : Number.POSITIVE_INFINITY;
    return { value: token.accesstoken, expiresInSeconds: lifeMs / 1000 };
  }

  return createTokens(context.now, async (signal) => {
    const before = token;
    token = null;
    if (before?.refreshtoken) {
      const form = { AccessToken: before.accesstoken, RefreshToken: before.refreshtoken };
      try {
        return await ask('/v2/security/refreshtoken', form, signal);
      } catch (error) {
        // It expires too, or when the password is changed.
        if (!isKindError(error, 'auth', 'permission')) throw error;
      }
    }
    const { tenant: Tenant, username: UserName, password: Password } = config;
    const form = { GrantType: 'password', Tenant, UserName, Password };
    return ask('/v2/security/authenticate', form, signal);
  });
}

/** A refused login means wrong credentials, unless BMS is busy. */
function loginRefusal(answer: RawAnswer): KindError | null {
  const { status } = answer;
  const special = classifyBms(answer);
  if (special !== null && isKindError(special, 'rate-limited', 'transient')) return special;
  if (special === null && status !== 400 && status !== 401) return null;
  const said = refusalIn(answer)?.said ?? `status ${status}`;
  return new KindError('auth', `BMS refused the login: ${said}`, {
    status,
    fix: 'Check tenant, username and password, and that this user is exempt from two-factor authentication.',
  });
}

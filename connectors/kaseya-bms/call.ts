/** Requests in the dialect of BMS: a login by form, numbered pages, an hourly limit that it does not report. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import type { ZoneName } from '../../src/domain/zone.ts';
import { rawId } from '../http/answers/rows.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import { type NumberedPage, numberedPages, type Pages } from '../kit/reading/lists.ts';
import { rememberEmails } from '../kit/reading/remembered.ts';
import { createTokens } from '../kit/tokens.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { readEmails } from './lists.ts';
import { readableMs } from './local-times.ts';
import { classifyBms, ListAnswer, refusalIn, resultOf } from './schema.ts';

const source = 'https://help.bms.kaseya.com/help/Content/BMS%20API/bms-api-v2-bms-rest-apis.html';

export interface Bms extends Call<KaseyaBmsConfig, List> {
  /** Of the days and times of work; other timestamps are in UTC. */
  zone: ZoneName;
  addEmails: ReturnType<typeof rememberEmails<Bms>>;
}

export function createBms(config: KaseyaBmsConfig, context: ConnectorContext): OpenCall<Bms> {
  const zone = config.timezone ?? context.timezone;
  const open = createCalls<KaseyaBmsConfig, List>(
    config,
    context,
    {
      baseUrl: config.baseUrl,
      // 1,500 requests per hour and endpoint, which BMS does not count for us; a refusal is waited out.
      limits: [{ path: '', concurrency: 2, source }],
      ...createBmsTokens(config, context),
      classify: classifyBms,
    },
    readPages,
  );
  const addEmails = rememberEmails(readEmails);
  return (signal) => ({ ...open(signal), zone, addEmails });
}

export interface List {
  path: string;
  query?: Query;
  /** For a list requested by POST. */
  filter?: object;
  pageSize?: number;
  /** BMS may omit the count of rows; for any other list, a response without it is refused. */
  isUncounted?: true;
}

/** The order is not documented: if rows move between pages, the list is read again. */
function readPages(call: Call<KaseyaBmsConfig, List>, list: List): Pages {
  const { path, pageSize = call.config.pageSize } = list;
  const believe = createPageReader(list, pageSize);
  return numberedPages({
    path,
    idsOf,
    async send(number) {
      const answer = await call.send(pageRequest(list, pageSize, number), ListAnswer);
      return { ...answer, data: believe(answer.data) };
    },
  });
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
    const ids = idsOf(rows).join();
    const isAgain = rows.length < pageSize && ids === idsBefore;
    idsBefore = ids;
    if (isAgain || rows.length < largest) return { rows: isAgain ? [] : rows, isLast: true };
    largest = rows.length;
    return { rows, isLast: rows.length === 0 };
  };
}

function idsOf(rows: readonly unknown[]): string[] {
  return rows.flatMap((row) => rawId(row) ?? []);
}

const Token = z.object({
  accesstoken: z.string().min(1),
  accesstokenexpireon: z.string().nullish(),
});

/** A login by form. */
function createBmsTokens(config: KaseyaBmsConfig, context: ConnectorContext) {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    classify: loginRefusal,
  });
  return createTokens(context.now, async (signal) => {
    const { tenant: Tenant, username: UserName, password: Password } = config;
    const form = { GrantType: 'password', Tenant, UserName, Password };
    const request = { method: 'POST', path: '/v2/security/authenticate', form, signal } as const;
    const login = { ...request, isRead: true, answersTokens: true };
    const { data } = await transport.send(login, resultOf(Token));
    const endMs = readableMs(data.accesstokenexpireon) ?? 0;
    // An expiry in the past was read in the wrong zone: keep the token until it is refused.
    const lifeMs = endMs > context.now() ? endMs - context.now() : Number.POSITIVE_INFINITY;
    return { value: data.accesstoken, expiresInSeconds: lifeMs / 1000 };
  });
}

/** A refused login means wrong credentials, unless BMS is busy. */
function loginRefusal(answer: RawAnswer): KindError | null {
  const { status } = answer;
  const special = classifyBms(answer);
  if (special !== null && isKindError(special, 'rate-limited', 'transient')) return special;
  if (special === null && status !== 400 && status !== 401) return null;
  const said = refusalIn(answer) ?? `status ${status}`;
  return new KindError('auth', `BMS refused the login: ${said}`, {
    status,
    fix: 'Check tenant, username and password, and that this user is exempt from two-factor authentication.',
  });
}

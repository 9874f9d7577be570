/** Requests in Halo's dialect: token, numbered pages, bodies that are arrays. */
import { z } from 'zod';
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { vendorText } from '../http/answers/classify.ts';
import { createTransport } from '../http/transport.ts';
import type { LimitRow, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import { numberedPages, shortList } from '../kit/reading/lists.ts';
import { createNames, type Names } from '../kit/reading/names.ts';
import { createTokens } from '../kit/tokens.ts';
import type { HalopsaConfig } from './config.ts';
import { type NameKind, nameSources } from './lists.ts';
import { AuthInfo, Token } from './schema.ts';

export interface List {
  path: string;
  /** The envelope's field that holds the rows. */
  rows: string;
  query: Query;
  pageSize?: number;
}

export interface Halo extends Call<HalopsaConfig, List> {
  names: Names<Halo, NameKind>;
  /** Names of items on invoices, by ID, for the lifetime of the process. */
  itemNames: Map<SourceId, string | null>;
}

/** For a 429 without Retry-After: the first wait of a public client. */
const throttledSeconds = 5;

/** More than any unpaged list has: without it, Halo may use a default limit. */
const countMax = 100_000;

export function createHalo(config: HalopsaConfig, context: ConnectorContext): OpenCall<Halo> {
  const limits: readonly LimitRow[] = [
    {
      path: '',
      concurrency: 2,
      spacingMs: 60_000 / config.requestsPerMinute,
      source: 'No number is published (https://halopsa.com/apidoc/); set by requestsPerMinute.',
    },
  ];
  const open = createCalls<HalopsaConfig, List>(
    config,
    context,
    {
      baseUrl: `${config.baseUrl}/api`,
      limits,
      ...createHaloTokens(config, context),
      throttledSeconds,
    },
    (call, { path, rows, query, pageSize = config.pageSize }) =>
      numberedPages({
        path,
        send: (page_no) => {
          const paging = { pageinate: true, page_size: pageSize, page_no };
          return call.send(
            { method: 'GET', path, query: { ...query, ...paging } },
            envelopeOf(rows),
          );
        },
      }),
  );
  const names = createNames('Halo', nameSources);
  const itemNames = new Map<SourceId, string | null>();
  return (signal) => ({ ...open(signal), names, itemNames });
}

/** An unpaged list; refused if it is shorter than Halo's own count of it. */
export async function readWhole(
  halo: Pick<Halo, 'get'>,
  { path, rows: name, query }: List,
): Promise<readonly unknown[]> {
  const { rows, count } = await halo.get(path, envelopeOf(name), { ...query, count: countMax });
  if (rows.length < count) throw shortList(path, rows.length, count);
  return rows;
}

/** Creates, or updates if the body has an ID. The body is always an array; the response may be a single object. */
export function post<T>(halo: Halo, path: string, body: object, schema: z.ZodType<T>): Promise<T> {
  const only = z.tuple([schema]).transform(([row]) => row);
  return halo.write('POST', path, [body], z.union([schema, only]));
}

/** `{record_count, tickets: […]}`; if the list is not called as expected, the only list. */
function envelopeOf(name: string) {
  const listIn = (envelope: Record<string, unknown>): unknown => {
    const lists = Object.values(envelope).filter((value) => Array.isArray(value));
    return envelope[name] ?? (lists.length === 1 ? lists[0] : undefined);
  };
  return z
    .looseObject({ record_count: z.int().min(0) })
    .refine((envelope) => Array.isArray(listIn(envelope)), { message: `has no list "${name}"` })
    .transform((envelope) => {
      return { rows: listIn(envelope) as unknown[], count: envelope.record_count };
    });
}

/** Client credentials: the tenant's authorisation server is requested first, once. */
function createHaloTokens(config: HalopsaConfig, context: ConnectorContext) {
  let server: { url: string; tenant: string | null } | null = null;
  const common = {
    context,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    authorize: async () => ({}),
  };
  const discovery = createTransport({ ...common, baseUrl: config.baseUrl });
  const transport = createTransport({
    ...common,
    baseUrl: async () => server?.url ?? config.baseUrl,
    classify: (answer) => tokenRefusal(answer, config.baseUrl),
  });

  async function findServer(signal: AbortSignal) {
    if (config.authUrl !== undefined && config.tenant !== undefined) {
      return { url: config.authUrl, tenant: config.tenant };
    }
    const request = { method: 'GET', path: '/api/AuthInfo', signal } as const;
    const { data } = await discovery.send(request, AuthInfo);
    const url = config.authUrl ?? believedUrl(data.auth_url, config.baseUrl);
    return { url, tenant: config.tenant ?? (data.tenant_id || null) };
  }

  async function fetchToken(signal: AbortSignal) {
    server ??= await findServer(signal);
    const form = {
      grant_type: 'client_credentials',
      client_id: config.clientId,
      client_secret: config.clientSecret,
      scope: config.scope,
    };
    const query = { tenant: server.tenant ?? undefined };
    const request = { method: 'POST', path: '/token', query, form, signal } as const;
    const { data } = await transport.send({ ...request, isRead: true, answersTokens: true }, Token);
    return { value: data.access_token, expiresInSeconds: data.expires_in };
  }

  return createTokens(context.now, fetchToken, () => {
    server = null;
  });
}

/** A response must not redirect the secret to another host: the admin has to confirm that host. */
function believedUrl(said: string, baseUrl: string): string {
  const url = URL.canParse(said) ? new URL(said) : null;
  if (url !== null && url.origin === new URL(baseUrl).origin) return said.replace(/\/+$/, '');
  throw new KindError(
    'config',
    `Halo names an authorisation server on another host: ${url?.origin ?? 'no address'}.`,
    { fix: 'If that is yours, set it as authUrl of this connection.' },
  );
}

/** OAuth returns 400 for a wrong client or secret. */
function tokenRefusal(answer: RawAnswer, baseUrl: string): KindError | null {
  const { status, text } = answer;
  if (/invalid_scope/i.test(text)) {
    return new KindError('permission', 'The API application lacks a permission (invalid_scope).', {
      status,
      fix: 'Grant the application the permissions in `scope`, or reduce `scope` to what it has.',
    });
  }
  if (status !== 400 && status !== 401) return null;
  return new KindError(
    'auth',
    `${baseUrl} refused the client ID or secret (${status}${vendorText(answer)}).`,
    {
      status,
      fix: 'Check clientId, clientSecret and tenant, and that the application’s authentication method is Client ID and Secret (Services).',
    },
  );
}

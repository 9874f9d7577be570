/** Requests in Halo's dialect: token, numbered pages, bodies that are arrays. */
import { z } from 'zod';
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { vendorText } from '../http/answers/classify.ts';
import { Id } from '../http/answers/wire.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import { numberedPages, type Pages } from '../kit/reading/lists.ts';
import { createNames, type Names } from '../kit/reading/names.ts';
import { createClientTokens } from '../kit/tokens.ts';
import type { HalopsaConfig } from './config.ts';
import { type NameKind, nameSources } from './lists.ts';

export interface List {
  path: string;
  /** The envelope's field that holds the rows. */
  rows: string;
  query: Query;
  /** All: a list without pages. */
  pageSize?: number | 'all' | undefined;
}

export interface Halo extends Call<HalopsaConfig, List> {
  names: Names<Halo, NameKind>;
}

export function createHalo(config: HalopsaConfig, context: ConnectorContext): OpenCall<Halo> {
  const spacingMs = 60_000 / config.requestsPerMinute;
  const source = 'No number is published (https://halopsa.com/apidoc/); set by requestsPerMinute.';
  const limits = [{ path: '', concurrency: 2, spacingMs, source }];
  const tokens = createHaloTokens(config, context);
  // For a 429 without Retry-After: the first wait of a public client.
  const options = { baseUrl: `${config.baseUrl}/api`, limits, ...tokens, throttledSeconds: 5 };
  const open = createCalls(config, context, options, readPages);
  const names = createNames('Halo', nameSources);
  return (signal) => ({ ...open(signal), names });
}

function readPages({ config, send }: Call<HalopsaConfig, List>, list: List): Pages {
  const { path, rows, query, pageSize = config.pageSize } = list;
  const isWhole = pageSize === 'all';
  const envelope = envelopeOf(rows, isWhole);
  return numberedPages({
    path,
    send: (page_no) => {
      // Without pages, Halo may use a default limit: this is more than any such list has.
      const whole = { count: 100_000 };
      const paging = isWhole ? whole : { pageinate: true, page_size: pageSize, page_no };
      return send({ method: 'GET', path, query: { ...query, ...paging } }, envelope);
    },
  });
}

/** The ID of a new record. The body is always an array; the response may be a single object. */
export async function create(halo: Halo, path: string, body: object): Promise<SourceId> {
  const Created = z.object({ id: Id });
  const only = z.tuple([Created]).transform(([row]) => row);
  return (await halo.write('POST', path, [body], z.union([Created, only]))).id;
}

/** `{record_count, tickets: […]}`; if the list is not called as expected, the only list. */
function envelopeOf(name: string, isWhole: boolean) {
  return z.looseObject({ record_count: z.int().min(0) }).transform((envelope, ctx) => {
    const lists = Object.values(envelope).filter((value) => Array.isArray(value));
    const rows: unknown = envelope[name] ?? (lists.length === 1 ? lists[0] : null);
    const more = isWhole ? { isLast: true } : {};
    if (Array.isArray(rows)) return { rows, count: envelope.record_count, ...more };
    ctx.addIssue({ code: 'custom', message: `has no list "${name}"` });
    return z.NEVER;
  });
}

/** Where a token is requested, and for which tenant. */
const AuthInfo = z.object({ auth_url: z.string().min(1), tenant_id: z.string().nullish() });

/** Client credentials: the tenant's authorisation server is requested first, once. */
function createHaloTokens(config: HalopsaConfig, context: ConnectorContext) {
  const { baseUrl, clientId: client_id, clientSecret: client_secret, scope } = config;
  let server: { url: string; query: Query } | null = null;
  const limits = [{ path: '', concurrency: 1, source: 'requested once' }];
  const discovery = createTransport({ context, baseUrl, limits, authorize: async () => ({}) });

  async function findServer(signal: AbortSignal) {
    if (server !== null) return server;
    const request = { method: 'GET', path: '/api/AuthInfo', signal } as const;
    const { data } = await discovery.send(request, AuthInfo);
    const url = config.authUrl ?? believedUrl(data.auth_url, baseUrl);
    server = { url, query: { tenant: config.tenant ?? (data.tenant_id || undefined) } };
    return server;
  }

  return createClientTokens(context, {
    baseUrl: async (signal) => (await findServer(signal)).url,
    form: { client_id, client_secret, scope },
    at: async (signal) => ({ path: '/token', query: (await findServer(signal)).query }),
    classify: (answer) => tokenRefusal(answer, baseUrl),
    onRefused: () => {
      server = null;
    },
  });
}

/** A response must not redirect the secret to another host: the admin has to confirm that host. */
function believedUrl(said: string, baseUrl: string): string {
  const url = URL.canParse(said) ? new URL(said) : null;
  if (url !== null && url.origin === new URL(baseUrl).origin) return said.replace(/\/+$/, '');
  const host = url?.origin ?? 'no address';
  throw new KindError('config', `Halo names an authorisation server on another host: ${host}.`, {
    fix: 'If that is yours, set it as authUrl of this connection.',
  });
}

/** OAuth returns 400 for a wrong client or secret. */
function tokenRefusal(answer: RawAnswer, baseUrl: string): KindError | null {
  const { status, text } = answer;
  if (/invalid_scope/i.test(text)) {
    const message = 'The API application lacks a permission (invalid_scope).';
    const fix = 'Grant the application the permissions in `scope`, or reduce `scope` to these.';
    return new KindError('permission', message, { status, fix });
  }
  if (status !== 400 && status !== 401) return null;
  const message = `${baseUrl} refused the client ID or secret (${status}${vendorText(answer)}).`;
  const fix =
    'Check clientId, clientSecret and tenant, and that the application’s authentication method is Client ID and Secret (Services).';
  return new KindError('auth', message, { status, fix });
}

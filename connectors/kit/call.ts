/** What all requests of one contract call share: settings, context, transport and abort signal. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, HttpRequest, TransportOptions } from '../http/types.ts';
import type { Pages } from './reading/lists.ts';
import { createRecent, type Recent } from './writing/recent.ts';

export type Query = NonNullable<HttpRequest['query']>;
type Method = HttpRequest['method'];

export interface Call<Config = unknown, List = unknown> {
  readonly config: Config;
  readonly context: ConnectorContext;
  readonly signal: AbortSignal;
  /** How many requests the vendor takes at the same time. */
  readonly places: number;
  readonly recent: Recent;
  /** Any request, with status and headers. */
  send<T>(request: Omit<HttpRequest, 'signal'>, schema: z.ZodType<T>): Promise<Answer<T>>;
  get<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T>;
  /** Null on a 404. */
  getIfThere<T>(path: string, schema: z.ZodType<T>, query?: Query): Promise<T | null>;
  /** Without a schema the response is ignored. */
  write(method: Method, path: string, body: unknown): Promise<unknown>;
  write<T>(method: Method, path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  remove(path: string): Promise<void>;
  /** A list with the vendor's paging. */
  pages(list: List): Pages;
}

/** How a vendor's lists are read page by page. */
export type ReadPages<Config, List> = (call: Call<Config, List>, list: List) => Pages;

export type OpenCall<C> = (signal: AbortSignal) => C;

/** One transport, with its limits and connections, shared by all calls. */
export function createCalls<Config, List>(
  config: Config,
  context: ConnectorContext,
  options: Omit<TransportOptions, 'context'>,
  readPages: ReadPages<Config, List>,
): OpenCall<Call<Config, List>> {
  const transport = createTransport({ ...options, context });
  const places = options.limits.find(({ path }) => path === '')?.concurrency ?? 1;
  const recent = createRecent(context.now);
  return (signal) => {
    const send: Call['send'] = (request, schema) => transport.send({ ...request, signal }, schema);
    const get: Call['get'] = async (path, schema, query = {}) =>
      (await send({ method: 'GET', path, query }, schema)).data;
    const call: Call<Config, List> = {
      config,
      context,
      signal,
      places,
      recent,
      send,
      get,
      getIfThere: (path, schema, query) => ifThere(get(path, schema, query)),
      write: async <T>(
        method: Method,
        path: string,
        body: unknown,
        schema: z.ZodType<T> = z.unknown() as z.ZodType<T>,
      ) => (await send({ method, path, body }, schema)).data,
      remove: async (path) => void (await send({ method: 'DELETE', path }, z.unknown())),
      pages: (list) => readPages(call, list),
    };
    return call;
  };
}

/** Settings that a step needs; throws `config` if they are missing. `example`: what to write there. */
export function requireSettings<T>(
  product: string,
  name: string,
  settings: T | undefined,
  example: string,
): T {
  if (settings !== undefined) return settings;
  throw new KindError('config', `This ${product} connection has no settings for ${name}.`, {
    fix: `Add ${name}: ${example} to it.`,
  });
}

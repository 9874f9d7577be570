/** Requests in Atera's dialect: one key, numbered pages that count all rows. */
import type { ConnectorContext } from '../../src/contract/connector.ts';
import type { ZoneName } from '../../src/domain/zone.ts';
import type { LimitRow } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import { numberedPages, shortList } from '../kit/reading/lists.ts';
import type { AteraConfig } from './config.ts';
import { type Contracts, createContracts } from './lists.ts';
import { ActionWire, PageWire } from './schema.ts';

export interface List {
  path: string;
  query?: Query;
  pageSize?: number;
  /** The name of its rows' id, where none may be missed. */
  idName?: string;
}

export interface Atera extends Call<AteraConfig, List> {
  contracts: Contracts;
  /** The zone that filters are read in. */
  zone: ZoneName;
  /** The zone that work hours are shown in. */
  shownIn: ZoneName;
}

/** Longer keys are the newer ones, which are tokens. */
const shortKeyLengthMax = 100;

export function createAtera(config: AteraConfig, context: ConnectorContext): OpenCall<Atera> {
  const { apiKey } = config;
  const limits: readonly LimitRow[] = [
    {
      path: '',
      concurrency: 2,
      spacingMs: 60_000 / config.requestsPerMinute,
      source: 'No number is published (https://app.atera.com/apidocs); set by requestsPerMinute.',
    },
  ];
  const headers: Record<string, string> =
    apiKey.length > shortKeyLengthMax
      ? { authorization: `Bearer ${apiKey}` }
      : { 'x-api-key': apiKey };
  const options = { baseUrl: `${config.baseUrl}/api/v3`, limits, authorize: async () => headers };
  const open = createCalls<AteraConfig, List>(config, context, options, readPages);
  const zone = config.timezone ?? context.timezone;
  const shownIn = config.workHoursIn === 'utc' ? 'UTC' : zone;
  const contracts = createContracts();
  return (signal) => ({ ...open(signal), contracts, zone, shownIn });
}

/** All pages, until as many rows came as Atera counts. */
async function* readPages(call: Call<AteraConfig, List>, list: List) {
  const { path, query, idName, pageSize: itemsInPage = call.config.pageSize } = list;
  const pages = numberedPages({
    path,
    send: (page) =>
      call.send({ method: 'GET', path, query: { ...query, page, itemsInPage } }, PageWire),
    idsOf: (rows) => (idName === undefined ? [] : rows.flatMap((row) => idIn(row, idName) ?? [])),
  });
  for await (const page of pages) {
    const count = page.count ?? 0;
    if (page.rows.length > count) throw shortList(path, page.rows.length, count);
    yield page;
  }
}

/** Writes, and gives the id that Atera says it made, where it does. */
export async function write(
  atera: Pick<Atera, 'write'>,
  method: 'POST' | 'PUT',
  path: string,
  body: object,
): Promise<string | null> {
  return (await atera.write(method, path, body, ActionWire.optional()))?.ActionID ?? null;
}

/** The id or text under this name of a row that is not parsed yet. */
export function idIn(row: unknown, name: string): string | null {
  if (typeof row !== 'object' || row === null) return null;
  const id = (row as Record<string, unknown>)[name];
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id.trim() !== '' ? id.trim() : null;
}

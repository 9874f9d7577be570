/** Requests in the vendor's dialect: authentication, rate limits, paging. */
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { pagesByCursor } from '../http/paging.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import type { PlainDeskConfig } from './config.ts';
import { PageWire } from './schema.ts';

export interface List {
  path: string;
  query?: Query;
  /** Where an interrupted read resumes: a cursor stays valid. */
  resume?: string | null;
}

export type PlainDesk = Call<PlainDeskConfig, List>;

export function createPlainDesk(
  config: PlainDeskConfig,
  context: ConnectorContext,
): OpenCall<PlainDesk> {
  return createCalls<PlainDeskConfig, List>(
    config,
    context,
    {
      baseUrl: config.baseUrl,
      // The vendor's rate limits, each with the page that publishes it.
      limits: [{ path: '', concurrency: 2, source: 'https://desk.example.org/docs/limits' }],
      authorize: async () => ({ authorization: `Bearer ${config.token}` }),
    },
    async function* (call, { path, query = {}, resume = null }) {
      const pages = pagesByCursor({
        start: resume,
        send: (cursor) => {
          const paging = { cursor: cursor ?? undefined, size: config.pageSize };
          return call.send({ method: 'GET', path, query: { ...query, ...paging } }, PageWire);
        },
        next: ({ data }) => data.next,
      });
      for await (const { data } of pages) yield { rows: data.rows, resume: data.next };
    },
  );
}

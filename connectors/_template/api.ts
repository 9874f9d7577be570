import type { ZodType } from 'zod';
import type { ConnectorContext, Page, PullRequest } from '../../src/contract/connector.ts';
import { pagesByCursor } from '../http/paging.ts';
import { parseRows } from '../http/rows.ts';
import { createTransport } from '../http/transport.ts';
import type { Transport } from '../http/types.ts';
import type { PlainDeskConfig } from './config.ts';
import { PageWire } from './schema.ts';

export interface Api extends Pick<Transport, 'send'> {
  /** A whole list, page by page. A cursor stays good, so an interrupted reading goes on from it. */
  list<Wire, Row>(
    path: string,
    request: PullRequest,
    schema: ZodType<Wire>,
    fromWire: (wire: Wire) => Row,
  ): AsyncGenerator<Page<Row>>;
  config: PlainDeskConfig;
}

export function createApi(config: PlainDeskConfig, context: ConnectorContext): Api {
  const { send } = createTransport({
    context,
    baseUrl: config.baseUrl,
    // The vendor's limits, with the page that publishes each.
    limits: [{ path: '', concurrency: 2, source: 'https://desk.example.org/docs/limits' }],
    authorize: async () => ({ authorization: `Bearer ${config.token}` }),
  });
  return {
    config,
    send,
    async *list(path, { since, resume, signal }, schema, fromWire) {
      const pages = pagesByCursor({
        start: resume,
        send: (cursor) => {
          const query = { since, cursor: cursor ?? undefined, size: config.pageSize };
          return send({ method: 'GET', path, query, signal }, PageWire);
        },
        next: ({ data }) => data.next,
      });
      for await (const { data } of pages) {
        yield { ...parseRows(data.rows, schema, fromWire), resume: data.next };
      }
    },
  };
}

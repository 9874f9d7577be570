/** Requests to SuperOps: one operation, or a list in numbered pages that is held against its count. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { pagesByNumber } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { LimitRow } from '../http/types.ts';
import type { SuperopsConfig } from './config.ts';
import { classifyGraphql, type Operation, sendOperation } from './graphql.ts';

/** A rule on one attribute, or several that all hold. */
export type Condition =
  | { attribute: string; operator: string; value: string }
  | { joinOperator: 'AND'; operands: readonly Condition[] };

export interface List {
  operation: Operation;
  /** The answer's field that holds the rows. */
  rows: string;
  condition?: Condition;
  /** The last in this attribute come first; ties by the second. */
  sort: readonly string[];
  pageSize?: number;
}

export interface ListPage {
  rows: readonly unknown[];
  /** Rows of all pages, as SuperOps counts them. */
  count: number;
}

export interface Api {
  config: SuperopsConfig;
  context: ConnectorContext;
  send<T>(
    operation: Operation,
    variables: object,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** The last first: what comes up while it is read moves rows back and hides none. */
  pages(list: List, signal: AbortSignal): AsyncGenerator<ListPage>;
}

export function createApi(config: SuperopsConfig, context: ConnectorContext): Api {
  const limits: readonly LimitRow[] = [
    {
      path: '',
      concurrency: 1,
      spacingMs: 60_000 / config.requestsPerMinute,
      source:
        '100 a minute by one reading of https://developer.superops.com/msp, 800 by https://support.superops.com/en/articles/6632228-handling-errors',
    },
  ];
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits,
    authorize: async () => ({
      authorization: `Bearer ${config.apiToken}`,
      customersubdomain: config.subdomain,
    }),
    classify: (answer) => classifyGraphql(answer, context.now()),
  });

  return {
    config,
    context,
    send: (operation, variables, schema, signal) =>
      sendOperation(transport, operation, variables, schema, signal),
    async *pages(list, signal) {
      const { name } = list.operation;
      const schema = listSchema(name, list.rows);
      const sort = list.sort.map((attribute) => ({ attribute, order: 'DESC' }));
      const pageSize = list.pageSize ?? config.pageSize;
      const shared = { pageSize, sort, ...(list.condition && { condition: list.condition }) };
      let received = 0;
      let countBefore = 0;
      const pages = pagesByNumber({
        send: async (page) => {
          const input = { page, ...shared };
          const data = await sendOperation(transport, list.operation, { input }, schema, signal);
          return { data, status: 200, headers: {} };
        },
        // It is null, and not false, on the last page.
        isLast: ({ data }) => data.hasMore !== true,
      });
      for await (const { data } of pages) {
        // A row that left the list has moved those behind it forward: one of them may have gone unseen.
        if (data.count < countBefore) {
          throw new KindError('transient', `${name} became shorter while it was read.`, {
            fix: 'It is read again from the start at the next run.',
          });
        }
        countBefore = data.count;
        // Counted by place and not by id: what comes up meanwhile shows some rows twice.
        received += data.rows.length;
        if (data.hasMore !== true && received < data.count) {
          throw shortList(name, received, data.count);
        }
        yield data;
      }
    },
  };
}

/** Without its order, a list may not be left before its end, and what changes meanwhile hides rows. */
export function refuseOtherOrder({ operation, sort }: List, times: readonly string[]): void {
  if (times.every((time, index) => index === 0 || time <= (times[index - 1] ?? ''))) return;
  throw new KindError('contract', `${operation.name} is not in the order of ${sort[0]}.`, {
    fix: 'The sort was ignored. Run check.',
  });
}

/** `{getTicketList: {tickets: […], listInfo: {hasMore, totalCount}}}` */
function listSchema(name: string, rows: string) {
  const listInfo = z.object({ hasMore: z.boolean().nullish(), totalCount: z.int().min(0) });
  return z
    .object({ [name]: z.object({ [rows]: z.array(z.unknown()), listInfo }).loose() })
    .transform((data): ListPage & { hasMore: boolean | null } => {
      const list = data[name] as { listInfo: z.infer<typeof listInfo> } & Record<string, unknown>;
      const { hasMore, totalCount } = list.listInfo;
      return { rows: list[rows] as unknown[], hasMore: hasMore ?? null, count: totalCount };
    });
}

function shortList(name: string, found: number, count: number): KindError {
  return new KindError('contract', `${name} counts ${count} rows and lists ${found}.`, {
    fix: 'The rest is hidden from the token’s user, or paging changed. Run check.',
  });
}

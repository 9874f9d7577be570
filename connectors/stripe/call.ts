/** Requests in Stripe's dialect: forms, lists by cursor, and codes that say more than the status. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { nameOf, retryAfter, uncertain, vendorText } from '../http/answers/classify.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import type { StripeConfig } from './config.ts';
import { PageWire, Problem } from './schema.ts';

/** Responses have the shape of this version, whatever the account's default is. */
const apiVersion = '2023-08-16';

const rowsPerPage = 100;

/** A 429 has no Retry-After. */
const throttledSeconds = 2;

export interface List {
  path: string;
  query?: Query;
}

export type Stripe = Call<StripeConfig, List>;

export function createStripe(config: StripeConfig, context: ConnectorContext): OpenCall<Stripe> {
  return createCalls<StripeConfig, List>(
    config,
    context,
    {
      baseUrl: config.baseUrl,
      // Two requests at once stay below that at the usual 100 ms for one.
      limits: [
        {
          path: '',
          concurrency: 2,
          source: 'https://docs.stripe.com/rate-limits: 25 operations a second in test mode.',
        },
      ],
      authorize: async () => ({
        authorization: `Bearer ${config.secretKey}`,
        'stripe-version': apiVersion,
      }),
      classify: (answer) => classify(answer, context.now()),
      throttledSeconds,
    },
    async function* (call, { path, query }) {
      const pages = pagesByCursor({
        send: (cursor) => {
          const paging = { limit: rowsPerPage, starting_after: cursor ?? undefined };
          return call.send({ method: 'GET', path, query: { ...query, ...paging } }, PageWire);
        },
        next: ({ data }) => (data.has_more ? lastId(path, data.data) : null),
      });
      for await (const { data } of pages) yield { rows: data.data, isLast: !data.has_more };
    },
  );
}

const Row = z.object({ id: z.string().min(1) });

/** Lists continue after the last row of a page. */
function lastId(path: string, rows: readonly unknown[]): string {
  const last = Row.safeParse(rows.at(-1));
  if (last.success) return last.data.id;
  throw new KindError('contract', `GET ${path} has more rows, but its last row has no ID.`, {
    fix: 'The API may have changed. Run check.',
  });
}

/** https://docs.stripe.com/error-codes */
function classify(answer: RawAnswer, nowMs: number): KindError | null {
  const { status, request, headers } = answer;
  if (status < 400) return null;
  const { type, code } = Problem.safeParse(jsonOrNull(answer.text)).data?.error ?? {};
  const message = `${nameOf(request)} was rejected with ${status}${vendorText(answer)}.`;
  if (code === 'rate_limit' || code === 'lock_timeout') {
    const retryAfterSeconds = retryAfter(answer, nowMs) ?? throttledSeconds;
    return new KindError('rate-limited', message, { status, retryAfterSeconds });
  }
  // An ID in a query is answered with 400, one in the path with 404.
  if (code === 'resource_missing') return new KindError('rejected', message, { status: 404 });
  // Another request with this key is under way, or another change of the same object.
  if (status === 409) return uncertain(request, message, { status });
  if (type === 'idempotency_error') {
    return new KindError('rejected', message, {
      status,
      fix: 'The same charge was sent before with another payment method or amount. Look it up in Stripe (Developers > Logs) before it is sent again.',
    });
  }
  // Stripe stores the outcome of a key and repeats it for a day: sending it again changes nothing.
  if (status >= 500 && headers['idempotent-replayed'] === 'true') {
    return new KindError('rejected', `${message} Stripe repeats this answer for a day.`, {
      status,
      fix: 'Check in Stripe that there is no such payment, then retry.',
    });
  }
  return null;
}

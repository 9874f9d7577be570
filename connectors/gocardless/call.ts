/** Requests in GoCardless's dialect: a version, records and lists in an envelope, and keys that name what they made. */
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { nameOf, retryAfter, uncertain, vendorText } from '../http/answers/classify.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall, type Query } from '../kit/call.ts';
import type { GoCardlessConfig } from './config.ts';
import { Problem, pageOf } from './schema.ts';

/** The only version of the API; a request without it is refused. */
const apiVersion = '2015-07-06';

const rowsPerPage = 500;

/** Limits are counted by the minute. */
const throttledSeconds = 20;

export interface List {
  /** `/payments`: its rows come under `payments`. */
  path: string;
  query?: Query;
}

export type GoCardless = Call<GoCardlessConfig, List>;

export function createGoCardless(
  config: GoCardlessConfig,
  context: ConnectorContext,
): OpenCall<GoCardless> {
  return createCalls<GoCardlessConfig, List>(
    config,
    context,
    {
      baseUrl: config.baseUrl,
      // Two requests at once stay below that at the usual 150 ms for one.
      limits: [
        {
          path: '',
          concurrency: 2,
          source:
            'https://developer.gocardless.com/api-reference/#making-requests-rate-limiting: 1,000 requests a minute.',
        },
      ],
      authorize: async () => ({
        authorization: `Bearer ${config.accessToken}`,
        'gocardless-version': apiVersion,
      }),
      classify: (answer) => classify(answer, context.now()),
    },
    async function* (call, { path, query }) {
      const schema = pageOf(path.slice(1));
      const pages = pagesByCursor({
        send: (cursor) => {
          const paging = { limit: rowsPerPage, after: cursor ?? undefined };
          return call.send({ method: 'GET', path, query: { ...query, ...paging } }, schema);
        },
        next: ({ data }) => data.after,
      });
      for await (const { data } of pages) yield { rows: data.rows, isLast: data.after === null };
    },
  );
}

/** The cause of an error of a key that was used before: what it made. */
class KeyConflict {
  readonly id: SourceId;
  constructor(id: SourceId) {
    this.id = id;
  }
}

/** The record that was created with the key before; null: the error is another. */
export function conflictingId(error: unknown): SourceId | null {
  return isKindError(error, 'rejected') && error.cause instanceof KeyConflict
    ? error.cause.id
    : null;
}

/** https://developer.gocardless.com/api-reference/#overview-errors */
function classify(answer: RawAnswer, nowMs: number): KindError | null {
  const { status, request, headers } = answer;
  if (status < 400) return null;
  const message = `${nameOf(request)} was rejected with ${status}${vendorText(answer)}.`;
  if (status === 429) {
    const reset = headers['retry-after'] ?? headers['ratelimit-reset'];
    const retryAfterSeconds = retryAfter(answer, nowMs, reset) ?? throttledSeconds;
    return new KindError('rate-limited', message, { status, retryAfterSeconds });
  }
  // A record whose personal data was removed.
  if (status === 410) return new KindError('rejected', message, { status: 404 });
  const errors = Problem.safeParse(jsonOrNull(answer.text)).data?.error.errors ?? [];
  const conflict = errors.find(({ reason }) => reason === 'idempotent_creation_conflict');
  if (conflict === undefined) return null;
  const id = conflict.links?.conflicting_resource_id ?? null;
  if (id === null) return uncertain(request, message, { status });
  return new KindError('rejected', message, { status, cause: new KeyConflict(id) });
}

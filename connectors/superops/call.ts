/**
 * GraphQL over HTTP: an operation with its variables, lists in numbered pages, and errors in a 200 response. Its
 * `errors[]` become the same kinds as HTTP statuses.
 * https://support.superops.com/en/articles/6632228-handling-errors
 */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { retryAfter, uncertain } from '../http/answers/classify.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import type { Answer, HttpRequest, LimitRow, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import { type NumberedPage, numberedPages, type Pages } from '../kit/reading/lists.ts';
import type { SuperopsConfig } from './config.ts';
import type { Operation } from './documents.ts';

export interface List {
  operation: Operation;
  /** The answer's field that holds the rows. */
  rows: string;
  condition?: { attribute: string; operator: string; value: string };
  /** Sorted by this attribute, descending; ties by the second. */
  sort: readonly string[];
  pageSize?: number;
}

export interface SuperOps extends Call<SuperopsConfig, List> {
  /** Kept in the process: work logged later is not part of the list that the last sweep started. */
  sweep: { endsBefore: Instant };
}

type Sender = Pick<SuperOps, 'send'>;

export function createSuperOps(
  config: SuperopsConfig,
  context: ConnectorContext,
): OpenCall<SuperOps> {
  const limit: LimitRow = {
    path: '',
    concurrency: 1,
    spacingMs: 60_000 / config.requestsPerMinute,
    source:
      '100 a minute by one reading of https://developer.superops.com/msp, 800 by https://support.superops.com/en/articles/6632228-handling-errors',
  };
  const options = {
    baseUrl: config.baseUrl,
    limits: [limit],
    authorize: async () => ({
      authorization: `Bearer ${config.apiToken}`,
      customersubdomain: config.subdomain,
    }),
    classify: (answer: RawAnswer) => classifyGraphql(answer, context.now()),
  };
  const open = createCalls<SuperopsConfig, List>(config, context, options, listPages);
  const sweep = { endsBefore: '9' };
  return (signal) => ({ ...open(signal), sweep });
}

/** The value of the operation's own field. */
export async function run<T>(
  ops: Sender,
  operation: Operation,
  input: object,
  schema: z.ZodType<T>,
): Promise<T> {
  return (await runWhole(ops, operation, { input }, fieldOf(operation, schema))).data;
}

/** `schema`: of all `data`. */
export function runWhole<T>(
  ops: Sender,
  { name, kind, text }: Operation,
  variables: object,
  schema: z.ZodType<T>,
): Promise<Answer<T>> {
  const body = { operationName: name, query: text, variables };
  const envelope = z.object({ data: schema }).transform(({ data }) => data as T);
  return ops.send({ method: 'POST', path: '/msp', body, isRead: kind === 'query' }, envelope);
}

function fieldOf<T>({ name }: Operation, schema: z.ZodType<T>) {
  return z.object({ [name]: schema }).transform((data) => data[name] as T);
}

/** Newest first: rows added during the read move others back and hide none. */
function listPages(call: Call<SuperopsConfig, List>, list: List): Pages {
  const { operation, rows, condition, pageSize = call.config.pageSize } = list;
  const sort = list.sort.map((attribute) => ({ attribute, order: 'DESC' }));
  const shared = { pageSize, sort, ...(condition && { condition }) };
  const schema = fieldOf(operation, pageOf(rows));
  return numberedPages({
    path: operation.name,
    send: (page) => runWhole(call, operation, { input: { page, ...shared } }, schema),
  });
}

/** `{tickets: […], listInfo: {hasMore, totalCount}}`; `hasMore` is null, and not false, on the last page. */
function pageOf(rows: string) {
  const listInfo = z.object({ hasMore: z.boolean().nullish(), totalCount: z.int().min(0) });
  return z
    .looseObject({ [rows]: z.array(z.unknown()), listInfo })
    .transform((page): NumberedPage => {
      const { hasMore, totalCount } = page.listInfo as z.infer<typeof listInfo>;
      return { rows: page[rows] as unknown[], count: totalCount, isLast: hasMore !== true };
    });
}

const ClientError = z.object({ code: z.string(), param: z.unknown().optional() });

const GraphqlError = z.object({
  message: z.string().nullish(),
  extensions: z
    .object({ classification: z.unknown(), clientError: z.array(ClientError).nullish() })
    .partial()
    .nullish(),
});
type GraphqlError = z.infer<typeof GraphqlError>;

const Failed = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(GraphqlError).min(1),
});

/** The documented codes. Each means that nothing was done. */
const refusals: Readonly<Record<string, ErrorKind>> = {
  rate_limit_exceeded: 'rate-limited',
  forbidden: 'permission',
  subscription_trial_expired: 'permission',
  subscription_paused: 'permission',
  subscription_cancelled: 'permission',
  type_validation_failed: 'rejected',
  mandatory_validation_failed: 'rejected',
  value_length_exceeds_limit: 'rejected',
  referred_value_does_not_exist: 'rejected',
  value_pattern_validation_failed: 'rejected',
  dependent_validation_failed: 'rejected',
  unique_validation_failed: 'rejected',
  entity_does_not_exist: 'rejected',
};

/** An exhausted minute has no Retry-After: four pauses of this length outlast it. */
const throttledSeconds = 15;

/** For a document that the service did not run. */
const neverRun = new Set(['ValidationError', 'InvalidSyntax']);

/** Classifies a SuperOps response; null if the common table applies. */
export function classifyGraphql(answer: RawAnswer, nowMs: number): KindError | null {
  if (answer.status === 400) {
    return new KindError('config', `${nameOf(answer.request)} answered 400.`, {
      status: 400,
      fix: 'Check subdomain and baseUrl: SuperOps returns this for an unknown subdomain.',
    });
  }
  if (answer.status !== 200 || !/"errors"\s*:/.test(answer.text)) return null;
  const failed = Failed.safeParse(jsonOrNull(answer.text));
  return failed.success ? errorOf(answer, failed.data, nowMs) : null;
}

function errorOf(answer: RawAnswer, failed: z.infer<typeof Failed>, nowMs: number): KindError {
  const { request } = answer;
  const name = nameOf(request);
  const [error = {}] = failed.errors;
  const said = wordsOf(error);
  const classification = String(error.extensions?.classification ?? '');
  const code = error.extensions?.clientError?.[0]?.code ?? '';
  const isDone = Object.values(failed.data ?? {}).some((value) => value != null);
  // Data along with an error: part of it was done.
  if (!isDone && neverRun.has(classification)) {
    return new KindError('contract', `SuperOps does not accept ${name}${said}.`, {
      status: 200,
      fix: 'The API has changed, or this tenant has another version. Run check, which reads its schema.',
    });
  }
  const kind = isDone ? undefined : refusals[code];
  if (kind === undefined) return uncertain(request, `${name} failed${said}.`, { status: 200 });
  if (kind === 'rate-limited') {
    const retryAfterSeconds = retryAfter(answer, nowMs) ?? throttledSeconds;
    return new KindError(kind, `${name}: too many requests.`, { status: 200, retryAfterSeconds });
  }
  const status = code === 'entity_does_not_exist' ? 404 : 200;
  if (kind === 'rejected') return new KindError(kind, `${name} was refused${said}.`, { status });
  const fix =
    code === 'forbidden'
      ? `Give the role of the token’s user the right to ${name}.`
      : 'Check the subscription in SuperOps.';
  return new KindError(kind, `${name} is not allowed${said}.`, { status, fix });
}

/** `: value_length_exceeds_limit {"attributes":["subject"]}; what it says`, bounded. */
function wordsOf({ message, extensions }: GraphqlError): string {
  const first = extensions?.clientError?.[0];
  const param = first?.param === undefined ? '' : ` ${JSON.stringify(first.param)}`;
  const words = [first === undefined ? '' : first.code + param, message ?? ''];
  const text = words
    .filter((word) => word !== '')
    .join('; ')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
  return text === '' ? '' : `: ${text.slice(0, 300).replace(/\.$/, '')}`;
}

const Named = z.object({ operationName: z.string() });

/** The URL is the same for all; the operation identifies the request. */
function nameOf({ body }: HttpRequest): string {
  return Named.safeParse(body).data?.operationName ?? 'POST /msp';
}

/**
 * GraphQL over the HTTP room: a document with its variables, and what an answer 200 really says. Its
 * `errors[]` become the same kinds as a status would.
 * https://support.superops.com/en/articles/6632228-handling-errors
 */
import { z } from 'zod';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import { retryAfter, uncertain } from '../http/classify.ts';
import { parseExactJson } from '../http/json.ts';
import type { HttpRequest, RawAnswer, Transport } from '../http/types.ts';

export interface Operation {
  /** Of the operation, and of the field whose null means that nothing was done. */
  name: string;
  kind: 'query' | 'mutation';
  text: string;
}

/** Sends one operation; the schema is that of `data`. */
export async function sendOperation<T>(
  transport: Transport,
  operation: Operation,
  variables: object,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const request: HttpRequest = {
    method: 'POST',
    path: '/msp',
    body: { operationName: operation.name, query: operation.text, variables },
    isRead: operation.kind === 'query',
    signal,
  };
  return (await transport.send(request, z.object({ data: schema }))).data.data;
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

/** The documented codes. Each is said instead of doing what was asked. */
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

/** No Retry-After comes with an exhausted minute: four pauses of this length outlast it. */
const throttledSeconds = 15;

/** Of a document that the service would not run. */
const neverRun = new Set(['ValidationError', 'InvalidSyntax']);

/** SuperOps' own reading of an answer; null where the common table reads it. */
export function classifyGraphql(answer: RawAnswer, nowMs: number): KindError | null {
  if (answer.status === 400) {
    return new KindError('config', `${nameOf(answer.request)} answered 400.`, {
      status: 400,
      fix: 'Check subdomain and baseUrl: that is the answer to a subdomain that is not known there.',
    });
  }
  if (answer.status !== 200 || !/"errors"\s*:/.test(answer.text)) return null;
  const failed = Failed.safeParse(jsonOf(answer.text));
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
  // Data beside an error: part of it was done, whatever the error says of the rest.
  if (!isDone && neverRun.has(classification)) {
    return new KindError('contract', `${name} is not understood${said}.`, {
      status: 200,
      fix: 'The API has changed, or this tenant’s is another. Run check, which asks it for its schema.',
    });
  }
  const kind = isDone ? undefined : refusals[code];
  if (kind === undefined) return uncertain(request, `${name} failed${said}.`, { status: 200 });
  if (kind === 'rate-limited') {
    const asked = retryAfter(answer.headers['retry-after'], nowMs);
    return new KindError(kind, `${name}: too many requests.`, {
      status: 200,
      retryAfterSeconds: asked ?? throttledSeconds,
    });
  }
  const status = code === 'entity_does_not_exist' ? 404 : 200;
  if (kind === 'rejected') return new KindError(kind, `${name} was refused${said}.`, { status });
  const fix =
    code === 'forbidden'
      ? `Give the role of the token’s user the right to ${name}.`
      : 'See the subscription in SuperOps.';
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

/** The address is the same for all; the operation says which request it was. */
function nameOf({ body }: HttpRequest): string {
  return Named.safeParse(body).data?.operationName ?? 'POST /msp';
}

function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return null;
  }
}

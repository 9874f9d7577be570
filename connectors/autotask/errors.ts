/** What the vendor's errors mean: it answers 500 to nearly everything, and says why in the body. */
import { KindError } from '../../src/domain/errors.ts';
import { isHtml, isRepeatable, nameOf, retryAfter } from '../http/classify.ts';
import type { RawAnswer } from '../http/types.ts';

const rights =
  /permission|not (?:allowed|authorized)|unauthorized|access (?:is )?denied|insufficient|(?:do|does) not have/i;
/** Said only where nothing was written: the field at fault is named. */
const refusal =
  /missing required|is required|not valid|invalid (?:field|value|picklist)|does not exist|must (?:be|have)|read.?only|exceeds/i;

/** Said of a query that will never be answered. */
const unanswerable =
  /unable to find|not (?:queryable|filterable|searchable)|invalid (?:field|operator)/i;

/** Null: nothing special, the common table decides. */
export function classifyAutotask(answer: RawAnswer, nowMs: number): KindError | null {
  if (answer.status < 400 || isHtml(answer)) return null;
  const said = errorText(answer.text);
  const name = nameOf(answer.request);
  if (/threshold/i.test(said)) {
    const seconds = retryAfter(answer.headers['retry-after'], nowMs);
    return new KindError('rate-limited', `${name} answered ${answer.status}: ${said}`, {
      status: answer.status,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    });
  }
  if (answer.status === 401) {
    return new KindError('auth', `${name} answered 401: the secret was refused.`, {
      status: 401,
      fix: 'Check secret, and that username is that of the same API user.',
    });
  }
  if (answer.status !== 500) return null;
  if (/integration ?code is invalid/i.test(said)) {
    return new KindError('auth', `${name} answered 500: ${said}`, {
      status: 500,
      fix: 'Check integrationCode: the tracking identifier of the API user.',
    });
  }
  if (rights.test(said)) {
    return new KindError('permission', `${name} answered 500: ${said}`, {
      status: 500,
      fix: 'Give the API user’s security level what it lacks (see the connector’s README).',
    });
  }
  if (isRepeatable(answer.request)) {
    if (!unanswerable.test(said)) return null;
    return new KindError('contract', `${name} was not understood: ${said}`, {
      status: 500,
      fix: 'The API may have changed its version, or this tenant lacks the field. Run check.',
    });
  }
  if (!refusal.test(said)) return null;
  return new KindError('rejected', `${name} was rejected: ${said}`, { status: 500 });
}

/** The texts of `{ "errors": […] }`, else the body; on one line and bounded. */
function errorText(body: string): string {
  const text = textsOf(body).join('; ');
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function textsOf(body: string): string[] {
  try {
    const parsed: unknown = JSON.parse(body);
    const isObject = typeof parsed === 'object' && parsed !== null;
    const texts: unknown = isObject && 'errors' in parsed ? parsed.errors : parsed;
    return (Array.isArray(texts) ? texts : [texts]).map((text) =>
      typeof text === 'string' ? text : JSON.stringify(text),
    );
  } catch {
    return [body];
  }
}

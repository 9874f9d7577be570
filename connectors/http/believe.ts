/** From the text of an answer to what its schema says it is. */
import type { ZodType } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { isRepeatable, nameOf, uncertain } from './classify.ts';
import { describeIssue } from './issues.ts';
import { parseExactJson } from './json.ts';
import type { Answer, RawAnswer } from './types.ts';

export interface ParsedAnswer {
  answer: RawAnswer;
  body: unknown;
}

/** An empty body is `undefined`. What is no JSON is as good as no answer. */
export function parseBody(answer: RawAnswer): unknown {
  if (answer.text.trim() === '') return undefined;
  try {
    return parseExactJson(answer.text);
  } catch (error) {
    throw uncertain(answer.request, `${nameOf(answer.request)} answered with broken JSON.`, {
      status: answer.status,
      cause: error,
    });
  }
}

/** A read that was answered with nothing, where the schema wants something, is asked again. */
export function unlessEmpty(schema: ZodType): (parsed: ParsedAnswer) => ParsedAnswer {
  return (parsed) => {
    const { request, status } = parsed.answer;
    const isWanted = parsed.body !== undefined || schema.safeParse(undefined).success;
    if (isWanted || !isRepeatable(request)) return parsed;
    throw uncertain(request, `${nameOf(request)} answered ${status} with an empty body.`, {
      status,
    });
  };
}

/**
 * The body, believed by its schema, else a `contract` error. After a write the wrong shape leaves open
 * what now stands there, so that is `unknown-outcome`: looked up, not given up.
 */
export function believe<T>({ answer, body }: ParsedAnswer, schema: ZodType<T>): Answer<T> {
  const { request, status, headers } = answer;
  const parsed = schema.safeParse(body);
  if (parsed.success) return { data: parsed.data, status, headers };
  const message = `${nameOf(request)} answered with an unexpected shape: ${describeIssue(parsed.error)}.`;
  if (!isRepeatable(request)) throw uncertain(request, message, { status });
  throw new KindError('contract', message, {
    status,
    fix: 'The API may have changed its version, or hides fields from this API user.',
  });
}

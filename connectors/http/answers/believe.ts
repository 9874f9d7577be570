/** From the text of an answer to what its schema says it is. */
import type { ZodType } from 'zod';
import { KindError } from '../../../src/domain/errors.ts';
import type { Answer, HttpRequest, RawAnswer } from '../types.ts';
import { isRepeatable, nameOf, uncertain } from './classify.ts';
import { describeIssue } from './issues.ts';
import { parseExactJson } from './json.ts';

export interface ParsedAnswer {
  answer: RawAnswer;
  body: unknown;
}

/** Objects and lists, and members of either, beyond which parsing would take all memory there is. */
const structuresMax = 500_000;
const membersMax = 4_000_000;

/** Many tiny values take a hundred times the room of their text. Commas within texts count, too. */
export function refuseTooMany(answer: RawAnswer, connection: string): void {
  const { request, status, text } = answer;
  // Shorter than this, there cannot be too many.
  if (text.length < structuresMax) return;
  let [structures, members] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) structures += 1;
    else if (code === 0x2c) members += 1;
  }
  if (structures <= structuresMax && members <= membersMax) return;
  const what = `with more values than can be read (${structures} objects and lists)`;
  throw tooLarge(request, connection, what, status);
}

/** `what`: beyond which bound the answer went. */
export function tooLarge(
  request: HttpRequest,
  connection: string,
  what: string,
  status?: number,
): KindError {
  const message = `${nameOf(request)} of "${connection}" answered ${what}.`;
  const detail = {
    ...(status === undefined ? {} : { status }),
    fix: 'No page of this API should be that large: check baseUrl, and what stands between here and the vendor.',
  };
  if (!isRepeatable(request)) return uncertain(request, message, detail);
  return new KindError('contract', message, detail);
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

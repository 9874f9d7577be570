/** Parses the text of a response by its schema. */
import type { ZodType } from 'zod';
import type { KindError } from '../../../src/domain/errors.ts';
import type { Answer, HttpRequest, RawAnswer } from '../types.ts';
import { isRepeatable, nameOf, uncertain } from './classify.ts';
import { describeIssue } from './issues.ts';
import { parseExactJson } from './json.ts';

export interface ParsedAnswer {
  answer: RawAnswer;
  body: unknown;
}

/** More objects, lists and members than this would exhaust the memory when parsed. */
const structuresMax = 500_000;
const membersMax = 4_000_000;

/** Many tiny values take a hundred times the memory of their text. Commas within texts count too. */
export function refuseTooMany(answer: RawAnswer, connection: string): void {
  const { request, status, text } = answer;
  // A shorter text cannot hold too many.
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

/** `what`: which limit the response exceeded. */
export function tooLarge(
  request: HttpRequest,
  connection: string,
  what: string,
  status?: number,
): KindError {
  const message = `${nameOf(request)} of "${connection}" answered ${what}.`;
  const fix =
    'No page of this API should be that large: check baseUrl, and any proxy between here and the vendor.';
  return uncertain(request, message, { status, fix }, 'contract');
}

/** An empty body is `undefined`. Invalid JSON counts as no response. */
export function parseBody(answer: RawAnswer): unknown {
  if (answer.text.trim() === '') return undefined;
  try {
    return parseExactJson(answer.text);
  } catch (error) {
    const message = `${nameOf(answer.request)} answered with broken JSON.`;
    throw uncertain(answer.request, message, { status: answer.status, cause: error });
  }
}

/** A read with an empty response that the schema does not allow is retried. */
export function unlessEmpty(parsed: ParsedAnswer, schema: ZodType): ParsedAnswer {
  const { request, status } = parsed.answer;
  const isWanted = parsed.body !== undefined || schema.safeParse(undefined).success;
  if (isWanted || !isRepeatable(request)) return parsed;
  const message = `${nameOf(request)} answered ${status} with an empty body.`;
  throw uncertain(request, message, { status });
}

/**
 * The body, parsed by its schema, else a `contract` error. After a write, an unexpected shape leaves open
 * what was written, so that is `unknown-outcome`: it is looked up later.
 */
export function believe<T>({ answer, body }: ParsedAnswer, schema: ZodType<T>): Answer<T> {
  const { request, status, headers } = answer;
  const parsed = schema.safeParse(body);
  if (parsed.success) return { data: parsed.data, status, headers };
  const message = `${nameOf(request)} answered with an unexpected shape: ${describeIssue(parsed.error)}.`;
  const fix = 'The API may have changed its version, or hides fields from this API user.';
  throw uncertain(request, message, { status, fix }, 'contract');
}

/** The one table from a response, or its absence, to the kind of error. */
import { type ErrorDetail, type ErrorKind, KindError } from '../../../src/domain/errors.ts';
import type { HttpRequest, RawAnswer } from '../types.ts';
import { jsonOrNull } from './json.ts';

/** A write whose response is missing or unreadable may have happened; a read can simply be retried. */
export function isRepeatable(request: HttpRequest): boolean {
  return request.method === 'GET' || request.isRead === true;
}

/** Method and path without the query, which may hold secrets. */
export function nameOf(request: HttpRequest): string {
  const path = request.path.replace(/^https?:\/\/[^/]+/, '').replace(/[?#].*$/s, '');
  return `${request.method} ${path === '' ? '/' : path}`;
}

/**
 * | answer                    | kind                                              |
 * | ------------------------- | ------------------------------------------------- |
 * | 401                       | `auth`                                            |
 * | 403                       | `permission`                                      |
 * | 429, 408 on a read        | `rate-limited`, with Retry-After where given      |
 * | 3xx                       | `config`; after a write `unknown-outcome`         |
 * | 404 as HTML, to a read    | `config`: the address is not that of the API      |
 * | 5xx, HTML, 408 on a write | `transient`; after a write `unknown-outcome`      |
 * | 404, other 4xx            | `rejected`, with the status and the vendor's text |
 *
 * Null: a 2xx that may be parsed. `nowMs` is for a Retry-After that is a date, `throttledSeconds` for a 429 without one.
 */
export function classifyAnswer(
  answer: RawAnswer,
  nowMs: number,
  throttledSeconds?: number,
): KindError | null {
  const { status, request } = answer;
  const name = nameOf(request);
  const said = vendorText(answer);
  const retryAfterSeconds =
    retryAfter(answer, nowMs) ?? (status === 429 ? throttledSeconds : undefined);
  const detail = { status, retryAfterSeconds };
  if (status === 401) {
    const fix = 'Check the credentials of this connection.';
    const message = `${name} answered 401: the credentials were refused${said}.`;
    return new KindError('auth', message, { status, fix });
  }
  if (status === 403) {
    const fix = `Give the API user of this connection the permission for ${name}.`;
    const message = `${name} answered 403: not allowed${said}.`;
    return new KindError('permission', message, { status, fix });
  }
  if (status === 429 || (status === 408 && isRepeatable(request))) {
    const message = `${name} answered ${status}: too many requests${said}.`;
    return new KindError('rate-limited', message, detail);
  }
  if (status >= 500 || status === 408) {
    return uncertain(request, `${name} answered ${status}${said}.`, detail);
  }
  if (status >= 300 && status < 400) return redirected(answer, name);
  if (isHtml(answer)) {
    const message = `${name} answered with a web page (${status}) instead of JSON.`;
    const fix =
      status === 404
        ? 'Check baseUrl and the account or tenant of this connection: no API answers at this address.'
        : 'The vendor may be throttling or down, or baseUrl is not that of the API.';
    return uncertain(request, message, { status, fix }, status === 404 ? 'config' : 'transient');
  }
  if (status >= 400) {
    return new KindError('rejected', `${name} was rejected with ${status}${said}.`, { status });
  }
  return null;
}

/** For a missing or unreadable response: a read may be retried, a write must be looked up first. */
export function uncertain(
  request: HttpRequest,
  message: string,
  detail?: ErrorDetail,
  kindOfRead: ErrorKind = 'transient',
): KindError {
  if (isRepeatable(request)) return new KindError(kindOfRead, message, detail);
  return new KindError('unknown-outcome', `${message} It may have been carried out.`, detail);
}

function redirected(answer: RawAnswer, name: string): KindError {
  const target = originOf(answer.headers.location);
  const message = `${name} was redirected (${answer.status}) to ${target}, which is not followed.`;
  const fix = 'Check baseUrl: credentials are sent to that address only.';
  return uncertain(answer.request, message, { status: answer.status, fix }, 'config');
}

function originOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere';
  return URL.canParse(location) ? new URL(location).origin : 'another path';
}

export function isHtml(answer: RawAnswer): boolean {
  return /\bhtml\b/i.test(answer.contentType) || /^\s*<(?:!doctype|html)\b/i.test(answer.text);
}

/** Seconds to wait, from a number of seconds or an HTTP date, by the vendor's clock if it shows it; undefined if neither. */
export function retryAfter(
  { headers }: Pick<RawAnswer, 'headers'>,
  nowMs: number,
  header = headers['retry-after'],
): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const theirMs = Date.parse(headers.date ?? '') || nowMs;
  const wait = Number.isNaN(seconds) ? Math.ceil((Date.parse(header) - theirMs) / 1000) : seconds;
  if (Number.isNaN(wait)) return undefined;
  return Math.max(wait, 0);
}

const vendorTextMax = 300;

/** `: what the vendor said`, on one line and truncated, or nothing. */
export function vendorText(answer: RawAnswer): string {
  if (isHtml(answer)) return '';
  const text = errorTexts(jsonOrNull(answer.text) ?? answer.text).join('; ');
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  if (clean === '') return '';
  return `: ${clean.length > vendorTextMax ? `${clean.slice(0, vendorTextMax - 1)}…` : clean}`;
}

const errorField =
  /^(?:(?:exception)?message|(?:inner)?exception|error|(?:sub)?errors|error_?description|resultCode|title|details?)$/i;

/** The texts under common error field names, outermost first. */
function errorTexts(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((item) => errorTexts(item, depth + 1));
  const isByField = (name: string, inner: unknown): boolean =>
    /^errors$/i.test(name) && typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  return Object.entries(value)
    .filter(([name]) => errorField.test(name))
    .flatMap(([name, inner]) =>
      // `{"errors": {"client_id": ["is required"]}}`: the names are those of the fields.
      isByField(name, inner)
        ? Object.entries(inner).map(
            ([field, texts]) => `${field}: ${errorTexts([texts].flat()).join(', ')}`,
          )
        : errorTexts(inner, depth + 1),
    );
}

/** The HTTP interface for the vendor folders, implemented in this folder. */
import type { ZodType } from 'zod';
import type { ConnectorContext, RejectedRow } from '../../src/contract/connector.ts';
import type { KindError } from '../../src/domain/errors.ts';

/** The largest response that is read. */
export const answerBytesMax = 64 * 1024 * 1024;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL (`/time/entries`), or an absolute URL of the base URL's own origin. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  /** Sent as multipart/form-data: each part a JSON document with content type application/json. */
  multipart?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** A POST that only reads (a search) may be retried; any other write is never retried blindly. */
  isRead?: boolean;
  /** The response holds tokens: they are registered as secrets instead of being redacted. */
  answersTokens?: boolean;
  signal: AbortSignal;
}

export interface Answer<T> {
  data: T;
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
}

/** A response before it is parsed; our secrets are already redacted. */
export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  contentType: string;
  text: string;
  request: HttpRequest;
}

/** A vendor's rate limit as data, with its source. */
export interface LimitRow {
  /** Path prefix that it covers; `''` for all. */
  path: string;
  /** Concurrent requests. */
  concurrency?: number;
  /** Minimum time between the starts of two requests. */
  spacingMs?: number;
  /** Where the number is published or was observed. */
  source: string;
}

export interface TransportOptions {
  context: ConnectorContext;
  /** Without a trailing slash. A function is called before each request (a host that may move). */
  baseUrl: string | ((signal: AbortSignal) => Promise<string>);
  limits: readonly LimitRow[];
  /** Authentication headers; absent: none are needed. */
  authorize?(signal: AbortSignal): Promise<Record<string, string>>;
  /** Called on a 401, once per request, which is then resent; absent: 401 is final. */
  reauthorize?(signal: AbortSignal): Promise<void>;
  /**
   * Vendor-specific classification of a response, before the common table (401 auth, 403 permission,
   * 404/other 4xx rejected, 429 rate-limited, 5xx and HTML transient). Null: nothing special.
   * `'again'`: the cause was corrected (a moved host); send once more.
   */
  classify?(answer: RawAnswer): Promise<KindError | 'again' | null> | KindError | 'again' | null;
  /** Wait after a 429 without Retry-After. Default: as after any failure. */
  throttledSeconds?: number;
  timeoutMs?: number;
  /** The largest response. Default: 64 MB. */
  bytesMax?: number;
  /** How many redirects a read follows, within the origin. Default: 3. */
  redirectsMax?: number;
  /** Tries in all for what may be retried. Default: 5. */
  attempts?: number;
  /** First pause between tries, doubled each time. Default: the context's. */
  backoffMs?: number;
}

export interface Transport {
  /**
   * Sends, retries what may be retried, and parses. JSON numbers that are not safe integers arrive
   * as source text (`"1.25"`), so that a decimal never passes through a binary float.
   * Throws KindError; a write without a response is `unknown-outcome`.
   */
  send<T>(request: HttpRequest, schema: ZodType<T>): Promise<Answer<T>>;
}

/** Rows of a page, each accepted or quarantined. */
export interface ParsedRows<Row> {
  rows: Row[];
  rejected: RejectedRow[];
}

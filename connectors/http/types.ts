/** The surface of the HTTP room, for the vendor folders. Everything here is implemented beside it. */
import type { ZodType } from 'zod';
import type { ConnectorContext, RejectedRow } from '../../src/contract/connector.ts';
import type { KindError } from '../../src/domain/errors.ts';

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
  /** A POST that only reads (a search) may be repeated; any other write is never repeated blindly. */
  isRead?: boolean;
  /** The answer holds tokens: they are learned as secrets instead of being taken out of it. */
  answersTokens?: boolean;
  signal: AbortSignal;
}

export interface Answer<T> {
  data: T;
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
}

/** An answer before anybody believed it; whatever it quotes of our secrets is taken out already. */
export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  contentType: string;
  text: string;
  request: HttpRequest;
}

/** A vendor's limit, as data: one row each, with the page it comes from. */
export interface LimitRow {
  /** What it covers, matched against the start of the path; `''` for all. */
  path: string;
  /** Requests under way at once. */
  concurrency?: number;
  /** Least time between two requests' starts. */
  spacingMs?: number;
  /** Where the number is published or was observed. */
  source: string;
}

export interface TransportOptions {
  context: ConnectorContext;
  /** Without a trailing slash. A function is asked before each request (a host that may move). */
  baseUrl: string | ((signal: AbortSignal) => Promise<string>);
  limits: readonly LimitRow[];
  /** Headers that prove who we are. */
  authorize(signal: AbortSignal): Promise<Record<string, string>>;
  /** Called on a 401, once for a request, which is then sent again; absent: 401 is final. */
  reauthorize?(signal: AbortSignal): Promise<void>;
  /**
   * The vendor's own reading of an answer, asked before the common table (401 auth, 403 permission,
   * 404/other 4xx rejected, 429 rate-limited, 5xx and HTML transient). Null: nothing special.
   * `'again'`: the vendor mended something (a moved host); send once more.
   */
  classify?(answer: RawAnswer): Promise<KindError | 'again' | null> | KindError | 'again' | null;
  /** What is waited after a 429 that names no time itself. Default: as after any failure. */
  throttledSeconds?: number;
  timeoutMs?: number;
  /** Tries in all for what may be repeated; 5 unless told. */
  attempts?: number;
  /** First pause between tries, doubled each time. Default: the context's. */
  backoffMs?: number;
}

export interface Transport {
  /**
   * Sends, retries what may be repeated, and parses. JSON numbers that are not safe integers arrive
   * as their source text (`"1.25"`), so that a decimal never passes through a binary float.
   * Throws KindError; a write whose answer never came is `unknown-outcome`.
   */
  send<T>(request: HttpRequest, schema: ZodType<T>): Promise<Answer<T>>;
}

/** Rows of a page, each believed or set aside. */
export interface ParsedRows<Row> {
  rows: Row[];
  rejected: RejectedRow[];
}

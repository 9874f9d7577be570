import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachTalk, type SandboxTalk } from './web-socket.ts';

export type FaultKind =
  | 'rate-limited'
  | 'server-error'
  | 'html'
  | 'slow'
  | 'lost-answer'
  | 'duplicate-page'
  | 'moved'
  | 'expired-token'
  | 'unauthorized'
  | 'forbidden'
  | 'bad-row'
  | 'page-loop';

export interface SandboxRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
  /** The body parsed as JSON; throws where it is none. */
  json(): unknown;
}

export interface SandboxAnswer {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  /** Sent as it is; the content type is the handler's to give (`text/html` unless told). */
  text?: string;
}

export interface Exchange {
  request: SandboxRequest;
  status: number;
  /** What was answered: the JSON value, or the text. */
  answer: unknown;
}

export interface FaultOptions {
  /** How often it strikes. Default: once. */
  times?: number;
  path?: RegExp;
  method?: string;
  /** Only requests that change something. */
  isWrite?: true;
  /** So many that match are let through first. */
  skip?: number;
  /** For `rate-limited`; without it the answer has no Retry-After. */
  retryAfterSeconds?: number;
  /** For `slow`. Default: 200. */
  delayMs?: number;
  /** For `html`. Default: 200. */
  status?: number;
}

export interface SandboxServer {
  /** `http://127.0.0.1:PORT` */
  baseUrl: string;
  /** All requests with their answers, in the order they were answered. */
  exchanges: Exchange[];
  /** Requests not answered yet: now, and at most. */
  underWay: { now: number; max: number };
  faults: {
    add(kind: FaultKind, options?: FaultOptions): void;
    /** Changes every JSON answer to a GET, or to a POST that reads, on its way out. */
    distort(change: (json: unknown) => unknown): void;
    /** Those that have not struck, or may strike again. */
    waiting(): FaultKind[];
    clear(): void;
  };
  /** Whether a request changes nothing. */
  isRead(request: SandboxRequest): boolean;
  close(): Promise<void>;
}

export type TakeFault = (kind: FaultKind) => boolean;

export type SandboxHandler = (
  request: SandboxRequest,
  takeFault: TakeFault,
) => SandboxAnswer | Promise<SandboxAnswer>;

export interface SandboxOptions {
  /** The vendor's own way to say so; null for the plain answer. */
  faultAnswer?: (kind: FaultKind) => SandboxAnswer | null;
  /** POSTs that only read. */
  isRead?: (request: SandboxRequest) => boolean;
  port?: number;
  /** What is said over a web socket, once the handler has answered its opening with 101. */
  talk?: SandboxTalk;
}

interface Fault {
  kind: FaultKind;
  timesLeft: number;
  skipLeft: number;
  options: FaultOptions;
}

/**
 * A loopback HTTP server for a vendor's sandbox. Faults of the wire (`rate-limited`, `server-error`,
 * `html`, `unauthorized`, `forbidden`, `slow`, `lost-answer`) are done here. Those that have the
 * vendor's shape are requested by the handler through `takeFault`, which uses one up.
 * `slow` and `lost-answer` strike after the handler ran: the work is done, only the answer is late or gone.
 */
export async function startSandboxServer(
  handle: SandboxHandler,
  options: SandboxOptions = {},
): Promise<SandboxServer> {
  const exchanges: Exchange[] = [];
  const underWay = { now: 0, max: 0 };
  const faults: Fault[] = [];
  let distortion: ((json: unknown) => unknown) | null = null;

  const isRead = (request: SandboxRequest): boolean =>
    request.method === 'GET' || options.isRead?.(request) === true;

  const take = (kind: FaultKind, request: SandboxRequest): FaultOptions | null => {
    const fault = faults.find(
      (candidate) =>
        matches(candidate, kind, request) && !(candidate.options.isWrite && isRead(request)),
    );
    if (fault === undefined) return null;
    if (fault.skipLeft > 0) {
      fault.skipLeft -= 1;
      return null;
    }
    fault.timesLeft -= 1;
    return fault.options;
  };

  const answerTo = async (request: SandboxRequest): Promise<SandboxAnswer> => {
    for (const kind of wireFaults) {
      const struck = take(kind, request);
      if (struck !== null) {
        const answer = options.faultAnswer?.(kind) ?? plainFaultAnswer(kind, struck.status);
        return struck.retryAfterSeconds === undefined ? answer : withRetryAfter(answer, struck);
      }
    }
    try {
      return await handle(request, (kind) => take(kind, request) !== null);
    } catch (error) {
      return { status: 500, json: { message: `The sandbox failed: ${String(error)}` } };
    }
  };

  const distorted = (request: SandboxRequest, answer: SandboxAnswer): SandboxAnswer => {
    const isLeft = distortion === null || !isRead(request) || answer.json === undefined;
    return isLeft ? answer : { ...answer, json: distortion?.(answer.json) };
  };

  const settle = async (request: SandboxRequest, answer: SandboxAnswer): Promise<boolean> => {
    exchanges.push({ request, status: answer.status, answer: answer.json ?? answer.text });
    const slow = take('slow', request);
    if (slow !== null) await sleep(slow.delayMs ?? 200, undefined, { ref: false });
    return take('lost-answer', request) === null;
  };

  const server = createServer(async (incoming, outgoing) => {
    underWay.now += 1;
    underWay.max = Math.max(underWay.max, underWay.now);
    const request = await readRequest(incoming);
    const answer = await answerTo(request);
    const isAnswered = await settle(request, answer);
    underWay.now -= 1;
    if (isAnswered) writeAnswer(outgoing, distorted(request, answer));
    else incoming.socket.destroy();
  });
  const hangUp =
    options.talk === undefined
      ? () => {}
      : attachTalk(server, options.talk, {
          answerTo,
          settle,
          distort: (json) => distortion?.(json) ?? json,
          take: (kind, request) => take(kind, request) !== null,
        });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox has no port.');

  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    exchanges,
    underWay,
    faults: {
      add: (kind, fault = {}) =>
        void faults.push({
          kind,
          timesLeft: fault.times ?? 1,
          skipLeft: fault.skip ?? 0,
          options: fault,
        }),
      distort: (change) => {
        distortion = change;
      },
      waiting: () => faults.filter(({ timesLeft }) => timesLeft > 0).map(({ kind }) => kind),
      clear: () => {
        faults.splice(0);
        distortion = null;
      },
    },
    isRead,
    /** Also for a second time, for a test that takes the vendor down itself. */
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        hangUp();
      }),
  };
}

const wireFaults = ['unauthorized', 'forbidden', 'rate-limited', 'server-error', 'html'] as const;

function plainFaultAnswer(kind: (typeof wireFaults)[number], status = 200): SandboxAnswer {
  if (kind === 'unauthorized') return { status: 401, json: { message: 'Not authenticated.' } };
  if (kind === 'forbidden') return { status: 403, json: { message: 'Not allowed.' } };
  if (kind === 'rate-limited') return { status: 429, json: { message: 'Too many requests.' } };
  if (kind === 'server-error') return { status: 500, json: { message: 'Internal error.' } };
  return { status, text: '<!DOCTYPE html><html><body>Please wait.</body></html>' };
}

function withRetryAfter(answer: SandboxAnswer, fault: FaultOptions): SandboxAnswer {
  return {
    ...answer,
    headers: { ...answer.headers, 'retry-after': String(fault.retryAfterSeconds) },
  };
}

function matches(fault: Fault, kind: FaultKind, request: SandboxRequest): boolean {
  const { path, method } = fault.options;
  return (
    fault.kind === kind &&
    fault.timesLeft > 0 &&
    (path === undefined || path.test(request.path)) &&
    (method === undefined || method === request.method)
  );
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return requestOf(incoming, Buffer.concat(chunks).toString('utf8'));
}

export function requestOf(incoming: IncomingMessage, body: string): SandboxRequest {
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    json: () => JSON.parse(body) as unknown,
  };
}

function writeAnswer(outgoing: ServerResponse, answer: SandboxAnswer): void {
  const isJson = answer.json !== undefined;
  const contentType = isJson ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  const isEmpty = !isJson && answer.text === undefined;
  outgoing.writeHead(answer.status, {
    ...(isEmpty ? {} : { 'content-type': contentType }),
    ...answer.headers,
  });
  outgoing.end(isJson ? JSON.stringify(answer.json) : answer.text);
}

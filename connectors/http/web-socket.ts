/** The only user of ws: JSON messages over a web socket, within the bounds that `transport.ts` keeps to. */
import { on, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { refuseTooMany, tooLarge } from './answers/believe.ts';
import { classifyAnswer, nameOf } from './answers/classify.ts';
import { parseExactJson } from './answers/json.ts';
import { withoutSecretsIn } from './answers/secrets.ts';
import { addressOf, parseBaseUrl } from './requests/address.ts';
import { withDeadline } from './requests/deadline.ts';
import { fromNetworkFailure } from './requests/network.ts';
import { retriedAlready } from './requests/retry.ts';
import { answerBytesMax, type HttpRequest, type RawAnswer } from './types.ts';

interface ChannelOptions {
  context: ConnectorContext;
  /** As of a transport: https, or http to a loopback address. */
  baseUrl: string;
  path: string;
  headers: Record<string, string>;
  /** For the opening, and for each answer. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Channel {
  /**
   * Sends a message, or none, and waits for the first one for which `take` has a result; the others are dropped. One at
   * a time. No answer in time ends the channel, and is final for `withRetries`: the next try would take as long.
   */
  ask<T>(what: string, message: object | null, take: (message: unknown) => T | null): Promise<T>;
  close(): void;
}

/** Messages that may wait to be asked for; the server has to wait with more. */
const waitingMax = 8;
/** How long the server has to confirm the end. */
const closeMs = 1_000;
/** Of a refusal only the beginning is read. */
const refusalBytesMax = 64 * 1024;

/** The opening and each message count as a request. Certificates are always verified. */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  const { context, signal, timeoutMs } = options;
  const request: HttpRequest = { method: 'GET', path: options.path, signal };
  const url = addressOf(request, parseBaseUrl(options.baseUrl));
  url.protocol = url.protocol.replace('http', 'ws');
  signal.throwIfAborted();
  context.onRequest(false);
  const socket = new WebSocket(url, {
    headers: { 'user-agent': 'prepaid-hours', ...options.headers },
    rejectUnauthorized: true,
    maxPayload: answerBytesMax,
    perMessageDeflate: false,
  });
  // Listens from the start: a server may speak first.
  const waiting = { close: ['close'], highWaterMark: waitingMax, lowWaterMark: 1 };
  const messages = on(socket, 'message', waiting);
  // A socket that is ended may complain of it when nobody listens any more.
  socket.on('error', () => {});
  socket.on('unexpected-response', (_, answer) => {
    refusalOf(answer, request, context).then((error) => socket.emit('error', error));
  });

  /** Ends the socket with whatever goes wrong, and gives it its kind. */
  async function within<T>(what: string, work: () => Promise<T>): Promise<T> {
    const limited = withDeadline(signal, timeoutMs);
    const end = (): void => socket.terminate();
    limited.signal.addEventListener('abort', end, { once: true });
    if (limited.signal.aborted) end();
    const startedAt = performance.now();
    try {
      const result = await work();
      context.log.debug(what, { durationMs: Math.round(performance.now() - startedAt) });
      return result;
    } catch (error) {
      end();
      signal.throwIfAborted();
      if (limited.signal.aborted) {
        const late = `${what}: ${url.host} gave no answer in ${timeoutMs} ms.`;
        return await retriedAlready(Promise.reject(new KindError('transient', late)));
      }
      throw withoutSecretsIn(fromFailure(error, request, url.host, context), context.redactor);
    } finally {
      limited.stop();
    }
  }

  await within(nameOf(request), () => once(socket, 'open'));
  return {
    ask: (what, message, take) =>
      within(what, async () => {
        if (message !== null) {
          context.onRequest(false);
          socket.send(JSON.stringify(message));
        }
        for (;;) {
          const { done, value } = await messages.next();
          if (done) throw new KindError('transient', `${what}: ${url.host} closed the connection.`);
          const taken = take(parseMessage(String(value[0]), what, request, context));
          if (taken !== null) return taken;
        }
      }),
    close() {
      socket.close();
      setTimeout(() => socket.terminate(), closeMs).unref();
    },
  };
}

/** A text without secrets as JSON. */
function parseMessage(
  text: string,
  what: string,
  request: HttpRequest,
  { connection, redactor }: ConnectorContext,
): unknown {
  const redacted = redactor.redact(text);
  refuseTooMany(rawAnswer(request, 200, redacted), connection);
  try {
    return parseExactJson(redacted);
  } catch (cause) {
    throw new KindError('contract', `${what}: a message is no JSON.`, { cause });
  }
}

/** Where the server, or a proxy before it, answers the opening as a web page would be. */
async function refusalOf(
  answer: IncomingMessage,
  request: HttpRequest,
  { now, redactor }: ConnectorContext,
): Promise<KindError> {
  let text = '';
  try {
    for await (const chunk of answer) {
      text += String(chunk);
      if (text.length > refusalBytesMax) break;
    }
  } catch {
    // What was read of it will do.
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) headers[name] = String(value);
  const raw = rawAnswer(request, answer.statusCode ?? 0, redactor.redact(text), headers);
  const message = `${nameOf(request)} answered ${raw.status} instead of a web socket.`;
  const fix = 'Check baseUrl, and that a proxy in between passes web sockets on.';
  return classifyAnswer(raw, now()) ?? new KindError('transient', message, { fix });
}

function rawAnswer(
  request: HttpRequest,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): RawAnswer {
  return { status, headers, contentType: headers['content-type'] ?? '', text, request };
}

function fromFailure(
  error: unknown,
  request: HttpRequest,
  host: string,
  { connection }: ConnectorContext,
): KindError {
  if (isKindError(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return tooLarge(request, connection, `from ${host} with more than 64 MB`);
  }
  if (code.startsWith('WS_ERR_')) {
    return new KindError('contract', `${nameOf(request)}: ${host} broke the protocol (${code}).`);
  }
  return fromNetworkFailure(request, host, error);
}

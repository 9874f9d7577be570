/**
 * The only user of axios, which it loads with the first request: sends requests within the limits, and
 * parses or refuses each response.
 */
import type { ZodType } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import {
  believe,
  type ParsedAnswer,
  parseBody,
  refuseTooMany,
  tooLarge,
  unlessEmpty,
} from './answers/believe.ts';
import { classifyAnswer, isRepeatable, nameOf, uncertain } from './answers/classify.ts';
import { refuseClockAhead } from './answers/clock.ts';
import { withoutSecrets, withoutSecretsIn } from './answers/secrets.ts';
import { addressOf, isLoopback, parseBaseUrl, pathBelow } from './requests/address.ts';
import { type Agents, createAgents } from './requests/agents.ts';
import { withDeadline } from './requests/deadline.ts';
import { encodeBody } from './requests/encode.ts';
import { createLimits, type Limits } from './requests/limits.ts';
import { fromNetworkFailure } from './requests/network.ts';
import { retriedAlready, withRetries } from './requests/retry.ts';
import {
  type Answer,
  answerBytesMax,
  type HttpRequest,
  type RawAnswer,
  type Transport,
  type TransportOptions,
} from './types.ts';

const defaultTimeoutMs = 30_000;
const defaultAttempts = 5;
const defaultBackoffMs = 500;
const defaultRedirectsMax = 3;

/** What one `send` may do only once, across all its retries. */
interface Chances {
  reauthorize: boolean;
  again: boolean;
}

export function createTransport(options: TransportOptions): Transport {
  const limits = createLimits(options.limits);
  const agents = createAgents();
  return {
    async send<T>(request: HttpRequest, schema: ZodType<T>): Promise<Answer<T>> {
      const chances: Chances = { reauthorize: true, again: true };
      const attempt = async () => {
        try {
          return unlessEmpty(await sendOnce(request, chances), schema);
        } catch (error) {
          throw withoutSecretsIn(error, options.context.redactor);
        }
      };
      const parsed = await withRetries(attempt, {
        attempts: options.attempts ?? defaultAttempts,
        backoffMs: options.backoffMs ?? options.context.backoffMs ?? defaultBackoffMs,
        signal: request.signal,
        onWait: (error, waitMs) =>
          options.context.log.info(`Trying ${nameOf(request)} again after a pause.`, {
            waitMs: Math.round(waitMs),
            reason: error.message,
          }),
      });
      return believe(parsed, schema);
    },
  };

  /** One try; a refused token or a moved host is corrected and the request resent within it. */
  async function sendOnce(request: HttpRequest, chances: Chances): Promise<ParsedAnswer> {
    const answer = await exchange(options, limits, agents, request);
    refuseTooMany(answer, options.context.connection);
    const special = (await options.classify?.(answer)) ?? null;
    if (special === 'again' && chances.again) {
      chances.again = false;
      return sendOnce(request, chances);
    }
    const error =
      special instanceof KindError
        ? special
        : classifyAnswer(answer, options.context.now(), options.throttledSeconds);
    if (error?.kind === 'auth' && chances.reauthorize && options.reauthorize !== undefined) {
      chances.reauthorize = false;
      await retriedAlready(options.reauthorize(request.signal));
      return sendOnce(request, chances);
    }
    if (error !== null) throw error;
    refuseClockAhead(answer, options.context.connection, options.context.now());
    return { answer, body: parseBody(answer) };
  }
}

/** One request and its response; a read follows redirects within the origin. */
async function exchange(
  options: TransportOptions,
  limits: Limits,
  agents: Agents,
  request: HttpRequest,
): Promise<RawAnswer> {
  const { baseUrl, redirectsMax = defaultRedirectsMax } = options;
  const base = parseBaseUrl(
    typeof baseUrl === 'string' ? baseUrl : await retriedAlready(baseUrl(request.signal)),
  );
  // Authenticate before taking a slot: it may need a request of its own.
  const authorization = (await retriedAlready(options.authorize?.(request.signal))) ?? {};
  let url = addressOf(request, base);
  for (let redirects = 0; ; redirects += 1) {
    const leave = await limits.enter(pathBelow(url, base), request.signal);
    let answer: RawAnswer;
    try {
      answer = await overTheWire(options, agents, request, url, authorization);
    } finally {
      leave();
    }
    const target = redirects < redirectsMax ? redirectTarget(answer, url) : null;
    if (target === null) return answer;
    url = target;
  }
}

async function overTheWire(
  options: TransportOptions,
  agents: Agents,
  request: HttpRequest,
  url: URL,
  authorization: Record<string, string>,
): Promise<RawAnswer> {
  const { default: axios } = await import('axios');
  const { data, headers } = encodeBody(request);
  const { redactor } = options.context;
  redactor.learnHeaders(authorization);
  const { signal, stop } = withDeadline(request.signal, options.timeoutMs ?? defaultTimeoutMs);
  const startedAt = performance.now();
  request.signal.throwIfAborted();
  options.context.onRequest(!isRepeatable(request));
  try {
    const response = await axios.request<string>({
      method: request.method,
      url: url.href,
      data,
      headers: {
        accept: 'application/json',
        'user-agent': 'prepaid-hours',
        ...headers,
        ...lowerCaseNames(authorization),
        ...lowerCaseNames(request.headers ?? {}),
      },
      responseType: 'text',
      transformRequest: (body: unknown) => body,
      transformResponse: (body: unknown) => body,
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: options.bytesMax ?? answerBytesMax,
      signal,
      ...(isRepeatable(request) ? agents.keepAlive : agents.fresh),
      ...(isLoopback(url.hostname) ? { proxy: false as const } : {}),
    });
    const answerHeaders = lowerCaseNames(response.headers);
    options.context.log.debug(nameOf(request), {
      status: response.status,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return {
      status: response.status,
      headers: answerHeaders,
      contentType: answerHeaders['content-type'] ?? '',
      text: withoutSecrets(request, response.status, response.data, redactor),
      request,
    };
  } catch (error) {
    request.signal.throwIfAborted();
    throw fromFailure(request, options, url, signal, error, axios.isAxiosError);
  } finally {
    stop();
  }
}

function fromFailure(
  request: HttpRequest,
  { context: { connection }, bytesMax = answerBytesMax }: TransportOptions,
  url: URL,
  signal: AbortSignal,
  error: unknown,
  isAxiosError: typeof import('axios').isAxiosError,
): KindError {
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    return uncertain(request, `${nameOf(request)} got no answer in time (${String(reason)}).`);
  }
  if (isAxiosError(error) && /maxContentLength/.test(error.message)) {
    const what = `from ${url.host} with more than ${bytesMax / 2 ** 20} MB`;
    return tooLarge(request, connection, what);
  }
  // The axios error holds the request with its credentials; keep only its cause.
  const bare = isAxiosError(error) && Object.assign(new Error(error.message), { code: error.code });
  const cause = isAxiosError(error) ? (error.cause ?? bare) : error;
  return fromNetworkFailure(request, url.host, cause);
}

function redirectTarget(answer: RawAnswer, from: URL): URL | null {
  const { location } = answer.headers;
  const isFollowed =
    answer.request.method === 'GET' && [301, 302, 307, 308].includes(answer.status);
  if (!isFollowed || location === undefined || !URL.canParse(location, from.href)) return null;
  const target = new URL(location, from);
  return target.origin === from.origin ? target : null;
}

function lowerCaseNames(headers: object): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) named[name.toLowerCase()] = String(value);
  return named;
}

/** OAuth access tokens: kept in memory until shortly before they expire, never stored. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { createTransport } from '../http/transport.ts';
import type { HttpRequest, TransportOptions } from '../http/types.ts';

interface Token {
  value: string;
  /** Lifetime, as reported by the server. */
  expiresInSeconds: number;
}

/** Renewed with a tenth of its lifetime left, so that it cannot expire in transit. */
const usableShare = 0.9;

/** For a transport: one token for all requests, fetched once for all that wait, and again after a 401. */
export function createTokens(
  now: () => number,
  fetchToken: (signal: AbortSignal) => Promise<Token>,
  onRefused: () => void = () => {},
): Pick<TransportOptions, 'authorize' | 'reauthorize'> {
  let token: { value: string; endsMs: number } | null = null;
  let underWay: Promise<string> | null = null;
  const renew = async (signal: AbortSignal): Promise<string> => {
    const { value, expiresInSeconds } = await fetchToken(signal);
    token = { value, endsMs: now() + expiresInSeconds * 1000 * usableShare };
    return value;
  };
  return {
    async authorize(signal) {
      if (token !== null && now() < token.endsMs) {
        return { authorization: `Bearer ${token.value}` };
      }
      underWay ??= renew(signal).finally(() => {
        underWay = null;
      });
      return { authorization: `Bearer ${await underWay}` };
    },
    async reauthorize() {
      token = null;
      onRefused();
    },
  };
}

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

interface ClientCredentials extends Pick<TransportOptions, 'baseUrl' | 'classify'> {
  /** Everything but the grant type. */
  form: Record<string, string>;
  /** Where tokens are requested. */
  at(signal: AbortSignal): Promise<Pick<HttpRequest, 'path' | 'query'>>;
  onRefused?: () => void;
}

/** OAuth 2.0 client credentials, requested by a transport of its own. */
export function createClientTokens(
  context: ConnectorContext,
  { form, at, onRefused, ...server }: ClientCredentials,
): Pick<TransportOptions, 'authorize' | 'reauthorize'> {
  const transport = createTransport({
    ...server,
    context,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
  });
  const fetchToken = async (signal: AbortSignal): Promise<Token> => {
    const request = { method: 'POST', isRead: true, answersTokens: true, signal } as const;
    const sent = { ...form, grant_type: 'client_credentials' };
    const { data } = await transport.send(
      { ...request, ...(await at(signal)), form: sent },
      Granted,
    );
    return { value: data.access_token, expiresInSeconds: data.expires_in };
  };
  return createTokens(context.now, fetchToken, onRefused);
}

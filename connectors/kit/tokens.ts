/** OAuth access tokens: kept in memory until shortly before they expire, never stored. */
import type { TransportOptions } from '../http/types.ts';

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

/** Access tokens of an OAuth server: kept in the process until shortly before they expire, written nowhere. */
import type { TransportOptions } from '../http/types.ts';

interface Token {
  value: string;
  /** How long it is good for, as the server says. */
  expiresInSeconds: number;
}

/** Renewed when a tenth of its life is left, so that none expires on its way. */
const usableShare = 0.9;

/** For a transport: one token for all requests, fetched once however many wait for it, and again after a refusal. */
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

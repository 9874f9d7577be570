/** `POST /ws/oauth/token` and the check of the bearer token. */
import { randomUUID } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';

export const clientId = 'sandbox-client';
export const clientSecret = 'sandbox-secret';

export interface Tokens {
  give(request: SandboxRequest): SandboxAnswer;
  /** The answer to a request without a valid token; null where the token holds. */
  refuse(request: SandboxRequest): SandboxAnswer | null;
  expireAll(): void;
  /** Handed out so far. */
  count(): number;
}

export function createTokens(lifeSeconds: number): Tokens {
  const expiries = new Map<string, number>();
  let count = 0;
  return {
    give(request) {
      const form = new URLSearchParams(request.body);
      if (form.get('client_id') !== clientId) {
        return { status: 404, json: { resultCode: 'Client app not exist', incidentId: 'sandbox' } };
      }
      if (form.get('client_secret') !== clientSecret) {
        return { status: 401, json: { error: 'invalid_client' } };
      }
      const token = randomUUID();
      count += 1;
      expiries.set(`Bearer ${token}`, Date.now() + lifeSeconds * 1000);
      return {
        status: 200,
        json: {
          access_token: token,
          expires_in: lifeSeconds,
          scope: form.get('scope') ?? '',
          token_type: 'Bearer',
        },
      };
    },
    refuse(request) {
      const given = request.headers.authorization;
      if (given === undefined) return { status: 400, json: { error: 'missing_header' } };
      if (!given.startsWith('Bearer ')) return { status: 400, json: { error: 'invalid_header' } };
      if ((expiries.get(given) ?? 0) > Date.now()) return null;
      return notAuthenticated;
    },
    expireAll: () => expiries.clear(),
    count: () => count,
  };
}

export const notAuthenticated: SandboxAnswer = {
  status: 401,
  json: { error: 'not_authenticated', error_code: 10 },
};

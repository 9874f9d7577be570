/** A GoCardless organisation on loopback, by the types of its official client and the notes on its behaviour. */
import { type SandboxServer, startSandboxServer } from '../server.ts';
import { newOrganisation, type Organisation, read, refused } from './lists.ts';
import { GoCardlessState } from './state.ts';
import { type Delivery, deliver } from './webhooks.ts';
import { type Keys, write } from './writes.ts';

export interface GoCardlessSandbox extends SandboxServer {
  state: GoCardlessState;
  organisation: Organisation;
  keys: Keys;
  settings: { baseUrl: string; accessToken: string };
  /** Posts all events since this one, or all there are. */
  deliverEvents(delivery: Delivery & { afterId?: string }): Promise<(number | null)[]>;
}

export interface GoCardlessSandboxOptions {
  port?: number;
  /** Default: the real clock. */
  now?: () => number;
}

const accessToken = 'sandbox_token_0123456789';

export async function startGoCardlessSandbox(
  options: GoCardlessSandboxOptions = {},
): Promise<GoCardlessSandbox> {
  const state = new GoCardlessState(options.now ?? Date.now);
  const keys: Keys = new Map();
  const organisation = newOrganisation();
  /** Limits are counted by the minute. */
  const dateOf = (): string => new Date(state.now()).toUTCString();
  const resetAt = (): string =>
    new Date(Math.ceil((state.now() + 1) / 60_000) * 60_000).toUTCString();
  const server = await startSandboxServer(
    (request, takeFault) => {
      state.catchUp();
      if (request.headers.authorization !== `Bearer ${accessToken}`) {
        const problem = { reason: 'access_token_not_found', message: 'Access token not found' };
        return refused(401, 'invalid_api_usage', problem);
      }
      if (request.headers['gocardless-version'] !== '2015-07-06') {
        const problem = { reason: 'missing_version_header', message: 'Version header missing' };
        return refused(400, 'invalid_api_usage', problem);
      }
      const answer =
        request.method === 'GET'
          ? read(state, organisation, request, takeFault)
          : write(state, keys, request);
      const limits = { 'ratelimit-limit': '1000', 'ratelimit-reset': resetAt() };
      return { ...answer, headers: { date: dateOf(), ...limits, ...answer.headers } };
    },
    {
      ...(options.port === undefined ? {} : { port: options.port }),
      faultAnswer: (kind) => {
        if (kind !== 'rate-limited') return null;
        const problem = { reason: 'rate_limit_exceeded', message: 'Rate limit exceeded' };
        const answer = refused(429, 'invalid_api_usage', problem);
        return { ...answer, headers: { date: dateOf(), 'ratelimit-reset': resetAt() } };
      },
    },
  );
  return {
    ...server,
    state,
    organisation,
    keys,
    settings: { baseUrl: server.baseUrl, accessToken },
    deliverEvents: ({ afterId, ...delivery }) => {
      const start = state.events.findIndex(({ id }) => id === afterId) + 1;
      return deliver(state.events.slice(start), delivery);
    },
  };
}

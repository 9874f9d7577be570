/** A Stripe account on loopback, by its OpenAPI document and the notes on its behaviour. */
import { type SandboxServer, startSandboxServer } from '../server.ts';
import { type Account, read, refused } from './lists.ts';
import { StripeState } from './state.ts';
import { type Delivery, deliver } from './webhooks.ts';
import { Keys, write } from './writes.ts';

export interface StripeSandbox extends SandboxServer {
  state: StripeState;
  account: Account;
  keys: Keys;
  settings: { baseUrl: string; secretKey: string };
  /** Posts all events since this one, or all there are. */
  deliverEvents(delivery: Delivery & { afterId?: string }): Promise<(number | null)[]>;
}

export interface StripeSandboxOptions {
  port?: number;
  /** Default: the real clock. */
  now?: () => number;
}

const secretKey = 'sk_test_sandboxsandbox';

export async function startStripeSandbox(
  options: StripeSandboxOptions = {},
): Promise<StripeSandbox> {
  const state = new StripeState(options.now ?? Date.now);
  const keys = new Keys();
  const account: Account = {
    rowsMax: 100,
    showsAccount: true,
    capabilities: { card_payments: 'active', sepa_debit_payments: 'active' },
    searchLagMs: 60_000,
    limitedStatus: 429,
  };
  const server = await startSandboxServer(
    (request, takeFault) => {
      state.catchUp();
      if (request.headers.authorization !== `Bearer ${secretKey}`) {
        return refused(401, { message: 'Invalid API Key provided.' });
      }
      const answer =
        request.method === 'GET'
          ? read(state, account, request, takeFault)
          : write(state, keys, request);
      const date = new Date(state.now()).toUTCString();
      return { ...answer, headers: { date, ...answer.headers } };
    },
    {
      ...(options.port === undefined ? {} : { port: options.port }),
      faultAnswer: (kind) => {
        if (kind !== 'rate-limited') return null;
        return refused(account.limitedStatus, {
          code: 'rate_limit',
          message: 'Too many requests.',
        });
      },
    },
  );
  return {
    ...server,
    state,
    account,
    keys,
    settings: { baseUrl: server.baseUrl, secretKey },
    deliverEvents: ({ afterId, ...delivery }) => {
      const start = state.events.findIndex(({ id }) => id === afterId) + 1;
      return deliver(state.events.slice(start), delivery, state.now());
    },
  };
}

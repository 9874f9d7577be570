/** A Stripe account with two customers on a clock of its own, and a connector to it. */
import { stripe } from '../../../connectors/stripe/index.ts';
import type {
  CheckResult,
  Connector,
  MandateRow,
  PaymentRow,
  PullRequest,
  PushMessages,
} from '../../../src/contract/connector.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import { type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import type { StripeState } from '../../sandbox/stripe/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { rowsOf, soon } from '../pull-rows.ts';

export interface StripeBench {
  sandbox: StripeSandbox;
  state: StripeState;
  context: TestContext;
  connector: Connector;
  dupont: string;
  martin: string;
  /** A charge of Dupont's. */
  recharge(change?: Partial<PushMessages['recharge']>): PushMessages['recharge'];
  charge(change?: Partial<PushMessages['recharge']>): Promise<string>;
  /** What changed since an hour before the clock's time. */
  asked(change?: Partial<PullRequest>): PullRequest;
  payments(change?: Partial<PullRequest>): Promise<PaymentRow[]>;
  payment(id: string, change?: Partial<PullRequest>): Promise<PaymentRow | undefined>;
  mandates(change?: Partial<PullRequest>): Promise<MandateRow[]>;
  checked(): Promise<Map<string, CheckResult>>;
  /** Requests since the last call. */
  requests(): string[];
}

/** A Tuesday, at noon. */
const startMs = Date.parse('2026-03-10T12:00:00.000Z');

export async function withStripe(
  use: (bench: StripeBench) => Promise<void>,
  options: { timezone?: string; currency?: string } = {},
): Promise<void> {
  const sandbox = await startStripeSandbox({ now: () => startMs });
  const { state } = sandbox;
  const now = () => state.now();
  const context = createTestContext({ timezone: 'UTC', currency: 'USD', ...options, now });
  const connector = stripe.create(stripe.config.parse(sandbox.settings), context);
  const [dupont = '', martin = ''] = ['Dupont', 'Martin'].map((name) => state.addCustomer(name));
  let seen = 0;
  const recharge: StripeBench['recharge'] = (change) => ({
    key: 'recharge:dupont:7:1',
    clientId: dupont,
    amountMinor: 120_000,
    currency: 'USD',
    description: '10 h support block',
    invoice: 'INV-1042',
    requestedAt: instantFromMs(now()),
    ...change,
  });
  const asked: StripeBench['asked'] = (change) => ({
    since: instantFromMs(now() - 3_600_000),
    until: instantFromMs(now()),
    resume: null,
    isStored: true,
    clientIds: [dupont, martin],
    signal: soon(),
    ...change,
  });
  const payments: StripeBench['payments'] = (change) =>
    rowsOf(connector, 'payments', asked(change));
  try {
    await use({
      sandbox,
      state,
      context,
      connector,
      dupont,
      martin,
      recharge,
      charge: async (change) =>
        (await connector.push.recharge?.create(recharge(change), soon()))?.remoteId ?? '',
      asked,
      payments,
      payment: async (id, change) =>
        (await payments(change)).find(({ sourceId }) => sourceId === id),
      mandates: (change) => rowsOf(connector, 'mandates', asked(change)),
      async checked() {
        const results = await connector.check([dupont, martin], soon());
        return new Map(results.map((result) => [result.id, result]));
      },
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => `${request.method} ${request.path}`);
      },
    });
  } finally {
    await sandbox.close();
  }
}

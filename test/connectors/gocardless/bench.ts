/** A GoCardless organisation with two customers on a clock of its own, and a connector to it. */
import { gocardless } from '../../../connectors/gocardless/index.ts';
import type {
  CheckResult,
  Connector,
  MandateRow,
  PaymentRow,
  PullRequest,
  PushMessages,
} from '../../../src/contract/connector.ts';
import { instantFromMs } from '../../../src/domain/time.ts';
import { type GoCardlessSandbox, startGoCardlessSandbox } from '../../sandbox/gocardless/index.ts';
import type { GoCardlessState } from '../../sandbox/gocardless/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { rowsOf, soon } from '../pull-rows.ts';

type Recharge = PushMessages['recharge'];

export interface GoCardlessBench {
  sandbox: GoCardlessSandbox;
  state: GoCardlessState;
  context: TestContext;
  connector: Connector;
  dupont: string;
  martin: string;
  /** A charge of Dupont's. */
  recharge(change?: Partial<Recharge>): Recharge;
  charge(change?: Partial<Recharge>): Promise<string>;
  /** What changed since two days before the clock's time. */
  asked(change?: Partial<PullRequest>): PullRequest;
  payment(id: string, change?: Partial<PullRequest>): Promise<PaymentRow | undefined>;
  mandates(change?: Partial<PullRequest>): Promise<MandateRow[]>;
  checked(): Promise<Map<string, CheckResult>>;
  /** Requests since the last call. */
  requests(): string[];
}

/** A Tuesday, a second before noon. */
const startMs = Date.parse('2026-03-10T11:59:59.000Z');

export async function withGoCardless(
  use: (bench: GoCardlessBench) => Promise<void>,
  currency = 'USD',
): Promise<void> {
  const sandbox = await startGoCardlessSandbox({ now: () => startMs });
  const { state } = sandbox;
  const now = () => state.now();
  const context = createTestContext({ currency, now });
  const connector = gocardless.create(gocardless.config.parse(sandbox.settings), context);
  const [dupont = '', martin = ''] = ['Dupont', 'Martin'].map((name) => state.addCustomer(name));
  let seen = 0;
  const recharge: GoCardlessBench['recharge'] = (change) => ({
    key: 'recharge:dupont:7:1',
    clientId: dupont,
    amountMinor: 120_000,
    currency,
    description: '10 h support block',
    invoice: 'INV-1042',
    requestedAt: instantFromMs(now()),
    ...change,
  });
  const asked: GoCardlessBench['asked'] = (change) => ({
    since: instantFromMs(now() - 2 * 86_400_000),
    until: instantFromMs(now()),
    resume: null,
    isStored: true,
    clientIds: [dupont, martin],
    signal: soon(),
    ...change,
  });
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
      payment: async (id, change) =>
        (await rowsOf(connector, 'payments', asked(change))).find((row) => row.sourceId === id),
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

/** A payment provider's account with two customers on a clock of its own, and a connector to it. */
import type {
  CheckResult,
  Connector,
  MandateRow,
  PaymentRow,
  PullRequest,
  PushMessages,
  VendorModule,
} from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { Exchange } from '../sandbox/server.ts';
import { createTestContext, type TestContext } from '../support/connector-context.ts';
import { rowsOf, soon } from './pull-rows.ts';

interface ProviderSandbox {
  state: { now(): number; addCustomer(name: string): string };
  settings: object;
  exchanges: Exchange[];
  close(): Promise<void>;
}

type Recharge = PushMessages['recharge'];

export interface ProviderBench<Sandbox extends ProviderSandbox> {
  sandbox: Sandbox;
  state: Sandbox['state'];
  context: TestContext;
  connector: Connector;
  dupont: string;
  martin: string;
  /** A charge of Dupont's. */
  recharge(change?: Partial<Recharge>): Recharge;
  charge(change?: Partial<Recharge>): Promise<string>;
  /** What changed lately. */
  asked(change?: Partial<PullRequest>): PullRequest;
  payments(change?: Partial<PullRequest>): Promise<PaymentRow[]>;
  payment(id: string, change?: Partial<PullRequest>): Promise<PaymentRow | undefined>;
  mandates(change?: Partial<PullRequest>): Promise<MandateRow[]>;
  checked(): Promise<Map<string, CheckResult>>;
  /** Requests since the last call. */
  requests(): string[];
}

export interface ProviderBenchOptions {
  timezone?: string;
  currency?: string;
}

/** `lately`: seconds. */
export async function withProvider<Sandbox extends ProviderSandbox>(
  vendor: VendorModule,
  sandbox: Sandbox,
  { lately, currency = 'USD', ...options }: ProviderBenchOptions & { lately: number },
  use: (bench: ProviderBench<Sandbox>) => Promise<void>,
): Promise<void> {
  const state: Sandbox['state'] = sandbox.state;
  const now = () => state.now();
  const context = createTestContext({ ...options, currency, now });
  const connector = vendor.create(vendor.config.parse(sandbox.settings), context);
  const [dupont = '', martin = ''] = ['Dupont', 'Martin'].map((name) => state.addCustomer(name));
  let seen = 0;
  const recharge = (change?: Partial<Recharge>): Recharge => ({
    key: 'recharge:dupont:7:1',
    clientId: dupont,
    amountMinor: 120_000,
    currency,
    description: '10 h support block',
    invoice: 'INV-1042',
    requestedAt: instantFromMs(now()),
    ...change,
  });
  const asked = (change?: Partial<PullRequest>): PullRequest => ({
    since: instantFromMs(now() - lately * 1000),
    until: instantFromMs(now()),
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: [dupont, martin],
    signal: soon(),
    ...change,
  });
  const payments = (change?: Partial<PullRequest>) => rowsOf(connector, 'payments', asked(change));
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

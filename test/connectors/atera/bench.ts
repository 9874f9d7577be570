/** A sandbox with two customers, and a connector to it. */
import { atera } from '../../../connectors/atera/index.ts';
import type { Connector, PullRequest } from '../../../src/contract/connector.ts';
import {
  type AteraOptions,
  type AteraSandbox,
  startAteraSandbox,
} from '../../sandbox/atera/index.ts';
import type { AteraState } from '../../sandbox/atera/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pagesOf, pullRequestFor, rowsOf, soon } from '../pull-rows.ts';

export { soon } from '../pull-rows.ts';

/** The tests' days lie in this autumn: no clock that they run by is behind it. */
export const today = '2024-11-16T12:00:00.000Z';

export interface AteraBench {
  sandbox: AteraSandbox;
  state: AteraState;
  context: TestContext;
  connector: Connector;
  /** Ids of Dupont and Martin. */
  dupont: number;
  martin: number;
  /** The connector's clock. */
  clock: { now: string };
  /** Another connector to the same sandbox and memory. */
  connect(settings?: object): Connector;
  /** Paths of the requests since the last call. */
  requests(): string[];
}

export interface BenchOptions {
  settings?: object;
  sandbox?: AteraOptions;
  now?: string;
}

export async function withAtera(
  options: BenchOptions,
  use: (bench: AteraBench) => Promise<void>,
): Promise<void> {
  const sandbox = await startAteraSandbox(options.sandbox);
  const { state } = sandbox;
  const clock = { now: options.now ?? today };
  const context = createTestContext({ timezone: 'UTC', now: () => Date.parse(clock.now) });
  const [dupont = 0, martin = 0] = ['Dupont', 'Martin'].map((name) => state.addCustomer(name));
  const contacts = Object.fromEntries(
    [dupont, martin].map((id) => [String(id), state.addContact(id, 'Prepaid Hours')]),
  );
  const connect = (more: object = {}): Connector =>
    atera.create(
      atera.config.parse({ ...sandbox.settings, contacts, ...options.settings, ...more }),
      context,
    );
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      clock,
      dupont,
      martin,
      connect,
      connector: connect(),
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => `${request.method} ${request.path.slice(7)}`);
      },
    });
  } finally {
    await sandbox.close();
  }
}

/** As in a run at the bench's clock. Default: fifteen minutes back. */
export function asked(bench: AteraBench, change: Partial<PullRequest> = {}): PullRequest {
  const until = bench.clock.now;
  const since = new Date(Date.parse(until) - 900_000).toISOString();
  return pullRequestFor([bench.dupont, bench.martin], { since, until, ...change });
}

export function readTime(bench: AteraBench, change: Partial<PullRequest> = {}) {
  return rowsOf(bench.connector, 'timeEntries', asked(bench, change));
}

/** Time that was quarantined, by its id. */
export async function rejectedTime(bench: AteraBench): Promise<Record<string, string>> {
  const pages = await pagesOf(bench.connector, 'timeEntries', asked(bench));
  return Object.fromEntries(
    pages.flatMap(({ rejected }) => rejected.map(({ sourceId, reason }) => [sourceId, reason])),
  );
}

export async function checked(bench: AteraBench, connector = bench.connector) {
  const results = await connector.check([String(bench.dupont), String(bench.martin)], soon());
  return new Map(results.map((result) => [result.id, result]));
}

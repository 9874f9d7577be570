/** A sandbox with two clients, a stranger, a technician and a work type, and a connector to it. */
import { autotask } from '../../../connectors/autotask/index.ts';
import type { Connector, PullRequest, StreamName } from '../../../src/contract/connector.ts';
import { type AutotaskSandbox, startAutotaskSandbox } from '../../sandbox/autotask/index.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pagesOf, pullRequestFor, rowsOf } from '../pull-rows.ts';

export { soon } from '../pull-rows.ts';

export interface Bench {
  sandbox: AutotaskSandbox;
  state: AutotaskSandbox['state'];
  context: TestContext;
  connector: Connector;
  /** Ids of Dupont, Martin, and of Stranger, whom nobody asks about. */
  company: number;
  other: number;
  stranger: number;
  /** Another connector to the same sandbox, with a memory of its own unless one is given. */
  connect(settings?: object, context?: TestContext): Connector;
  /** Requests since the last call, as `POST Tickets/query`. */
  requests(): string[];
}

export interface BenchOptions {
  settings?: object;
  timezone?: string;
  now?: () => number;
}

export async function withAutotask(
  options: BenchOptions,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const sandbox = await startAutotaskSandbox();
  const { state, config } = sandbox;
  const { timezone = 'UTC', now = Date.now } = options;
  const context = createTestContext({ timezone, now });
  const connect = (settings: object = {}, other: TestContext = createTestContext()) =>
    autotask.create(autotask.config.parse({ ...config, ...options.settings, ...settings }), other);
  const [company = 0, other = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addCompany(name),
  );
  state.addResource('Ann', 'Roy');
  state.addRole('Engineer');
  state.addBillingCode('Remote');
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      company,
      other,
      stranger,
      connect,
      connector: connect({}, context),
      requests: () => {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => {
          const path = request.path.replace(/^.*\/V1\.0\//, '');
          return `${request.method} ${path}`;
        });
      },
    });
  } finally {
    await sandbox.close();
  }
}

export function pullRequest(
  bench: Pick<Bench, 'company' | 'other'>,
  change: Partial<PullRequest> = {},
): PullRequest {
  const until = new Date().toISOString();
  return pullRequestFor([bench.company, bench.other], { until, ...change });
}

export function readPages<Stream extends StreamName>(
  bench: Bench,
  stream: Stream,
  change: Partial<PullRequest> = {},
) {
  return pagesOf(bench.connector, stream, pullRequest(bench, change));
}

export function readRows<Stream extends StreamName>(
  bench: Bench,
  stream: Stream,
  change: Partial<PullRequest> = {},
) {
  return rowsOf(bench.connector, stream, pullRequest(bench, change));
}

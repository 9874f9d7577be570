/** A sandbox with two companies, a technician and a board, and a connector to it. */
import { connectwise } from '../../../connectors/connectwise/index.ts';
import type { Connector, PullRequest, StreamName } from '../../../src/contract/connector.ts';
import {
  type ConnectwiseSandbox,
  startConnectwiseSandbox,
} from '../../sandbox/connectwise/index.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pullRequestFor, rowsOf } from '../pull-rows.ts';

export { pagesOf as readPages, soon } from '../pull-rows.ts';

export interface Bench {
  sandbox: ConnectwiseSandbox;
  context: TestContext;
  connector: Connector;
  /** Ids of Dupont and Martin. */
  company: number;
  other: number;
  board: number;
  member: number;
  workType: number;
  /** Another connector to the same sandbox, with a memory of its own unless one is given. */
  connect(settings?: object, context?: TestContext): Connector;
  /** Requests since the last call, as `GET /time/entries`. */
  requests(): string[];
}

export interface BenchOptions {
  settings?: object;
  billing?: object;
  now?: () => number;
  timezone?: string;
}

export async function withConnectwise(
  options: BenchOptions,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const sandbox = await startConnectwiseSandbox();
  const { state, config } = sandbox;
  const billing = { ...config.billing, ...options.billing };
  const context = createTestContext({
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
  });
  const connect = (settings: object = {}, other: TestContext = createTestContext()) =>
    connectwise.create(
      connectwise.config.parse({ ...config, billing, ...options.settings, ...settings }),
      other,
    );
  let seen = 0;
  try {
    await use({
      sandbox,
      context,
      connector: connect({}, context),
      company: state.addCompany({ name: 'Dupont' }),
      other: state.addCompany({ name: 'Martin' }),
      board: state.addBoard({ name: 'Help Desk' }),
      member: state.addMember({ name: 'Ann Roy' }),
      workType: state.addWorkType({ name: 'Remote' }),
      connect,
      requests: () => {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => {
          const path = request.path.replace(/^\/v2026_\d\/apis\/3\.0/, '');
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
  return pullRequestFor([bench.company, bench.other], change);
}

export function readRows<Stream extends StreamName>(
  bench: Bench,
  stream: Stream,
  change: Partial<PullRequest> = {},
) {
  return rowsOf(bench.connector, stream, pullRequest(bench, change));
}

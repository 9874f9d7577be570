/** A sandbox with two clients, and a connector to it. */

import { superops } from '../../../connectors/superops/index.ts';
import type { Connector, PullRequest, StreamName } from '../../../src/contract/connector.ts';
import { type SuperopsSandbox, startSuperopsSandbox } from '../../sandbox/superops/index.ts';
import type { SuperopsState } from '../../sandbox/superops/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pullRequestFor, rowsOf, soon } from '../pull-rows.ts';

export { soon } from '../pull-rows.ts';

export interface SuperopsBench {
  sandbox: SuperopsSandbox;
  state: SuperopsState;
  context: TestContext;
  connector: Connector;
  /** Ids of Dupont and Martin. */
  dupont: string;
  martin: string;
  /** Another connector to the same sandbox and memory. */
  connect(settings?: object): Connector;
  /** Names of the operations requested since the last call. */
  requests(): string[];
}

export async function withSuperops(
  use: (bench: SuperopsBench) => Promise<void>,
  options: { settings?: object; now?: () => number } = {},
): Promise<void> {
  const sandbox = await startSuperopsSandbox();
  const { state } = sandbox;
  const context = createTestContext(options.now === undefined ? {} : { now: options.now });
  if (options.now !== undefined) state.now = options.now;
  const connect = (more: object = {}): Connector => {
    const settings = { ...sandbox.settings, ...options.settings, ...more };
    return superops.create(superops.config.parse(settings), context);
  };
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      connect,
      connector: connect(),
      dupont: state.addClient('Dupont'),
      martin: state.addClient('Martin'),
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => /"operationName":"(\w+)"/.exec(request.body)?.[1] ?? '');
      },
    });
  } finally {
    await sandbox.close();
  }
}

export function asked(bench: SuperopsBench, change: Partial<PullRequest> = {}): PullRequest {
  return { ...pullRequestFor([]), clientIds: [bench.dupont, bench.martin], ...change };
}

export function read<Stream extends StreamName>(
  bench: SuperopsBench,
  stream: Stream,
  change: Partial<PullRequest> = {},
  connector = bench.connector,
) {
  return rowsOf(connector, stream, asked(bench, change));
}

/** A ticket of Dupont with an hour and a half on it. */
export function work(
  { state, dupont }: SuperopsBench,
  more: { status?: string; isBillable?: boolean; qty?: string; workStatus?: string } = {},
): { ticketId: string; entryId: string } {
  const { status = 'Closed', isBillable = true, qty = '1.5', workStatus = 'NEW' } = more;
  const ticketId = state.addTicket({ clientId: dupont, subject: 'Mail bounces', status });
  const logged = { ticketId, clientId: dupont, seconds: 5400, start: '2026-03-02T09:00:00Z' };
  return { ticketId, entryId: state.addWork({ ...logged, isBillable, qty, status: workStatus }) };
}

export async function checked(bench: SuperopsBench, connector = bench.connector) {
  const results = await connector.check([bench.dupont, bench.martin], soon());
  return new Map(results.map((result) => [result.id, result]));
}

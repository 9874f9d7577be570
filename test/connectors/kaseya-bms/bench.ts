/** A sandbox with two accounts and a stranger, and a connector to it. */

import { kaseyaBms } from '../../../connectors/kaseya-bms/index.ts';
import type { Connector, PullRequest, StreamName } from '../../../src/contract/connector.ts';
import { type KaseyaBmsSandbox, startKaseyaBmsSandbox } from '../../sandbox/kaseya-bms/index.ts';
import type { Time } from '../../sandbox/kaseya-bms/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pagesOf, pullRequestFor, rowsOf, soon } from '../pull-rows.ts';

export { soon } from '../pull-rows.ts';

export interface Bench {
  sandbox: KaseyaBmsSandbox;
  state: KaseyaBmsSandbox['state'];
  context: TestContext;
  connector: Connector;
  dupont: number;
  martin: number;
  stranger: number;
  clock: { nowMs: number };
  /** Another connector to the same sandbox and memory. */
  connect(settings?: object): Connector;
  /** Requests since the last call, those for tokens left out. */
  requests(): string[];
}

export interface BenchOptions {
  settings?: object;
  /** Of the work, of the file, and of whatever BMS shows without a zone. */
  zone?: string;
  nowMs?: number;
}

export async function withBms(
  options: BenchOptions,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { zone = 'UTC' } = options;
  const clock = { nowMs: options.nowMs ?? Date.now() };
  const sandbox = await startKaseyaBmsSandbox({ now: () => clock.nowMs });
  const { state } = sandbox;
  state.switches.zone = zone;
  const context = createTestContext({ timezone: zone, now: () => clock.nowMs });
  const connect = (settings: object = {}): Connector => {
    const merged = { ...sandbox.settings, ...options.settings, ...settings };
    return kaseyaBms.create(kaseyaBms.config.parse(merged), context);
  };
  const [dupont = 0, martin = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addAccount(name),
  );
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      dupont,
      martin,
      stranger,
      clock,
      connect,
      connector: connect(),
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh
          .map(({ request }) => `${request.method} ${request.path}`)
          .filter((line) => !line.startsWith('POST /v2/security/'));
      },
    });
  } finally {
    await sandbox.close();
  }
}

export function asked(bench: Bench, change: Partial<PullRequest> = {}): PullRequest {
  return pullRequestFor([bench.dupont, bench.martin], change);
}

export function readRows<Stream extends StreamName>(
  bench: Bench,
  stream: Stream,
  change: Partial<PullRequest> = {},
  connector = bench.connector,
) {
  return rowsOf(connector, stream, asked(bench, change));
}

export function readPages<Stream extends StreamName>(
  bench: Bench,
  stream: Stream,
  change: Partial<PullRequest> = {},
) {
  return pagesOf(bench.connector, stream, asked(bench, change));
}

export async function checked(bench: Bench, connector = bench.connector) {
  const results = await connector.check([bench.dupont, bench.martin].map(String), soon());
  return new Map(results.map((result) => [result.id, result]));
}

/** A closed ticket of Dupont that was opened a week ago, with an entry that was made now. */
export function addClosed(bench: Bench, time: Partial<Time> & { hours: number } = { hours: 1 }) {
  const { state, dupont, clock } = bench;
  const createdMs = clock.nowMs - 7 * 86_400_000;
  const ticketId = state.addTicket({ accountId: dupont, createdMs });
  const entryId = state.addTime({ ticketId, ...time });
  state.setStatus(ticketId, 'Completed');
  return { ticketId, entryId };
}

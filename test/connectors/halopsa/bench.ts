/** A sandbox with two clients and a technician, and a connector to it. */

import { halopsa } from '../../../connectors/halopsa/index.ts';
import type {
  Connector,
  Page,
  PullRequest,
  RejectedRow,
  TimeEntryRow,
} from '../../../src/contract/connector.ts';
import { type HalopsaSandbox, startHalopsaSandbox } from '../../sandbox/halopsa/index.ts';
import type { HalopsaState } from '../../sandbox/halopsa/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pullRequestFor, soon } from '../pull-rows.ts';

export { soon } from '../pull-rows.ts';

export interface HalopsaBench {
  sandbox: HalopsaSandbox;
  state: HalopsaState;
  context: TestContext;
  connector: Connector;
  /** Ids of Dupont and Martin. */
  dupont: number;
  martin: number;
  /** Another connector to the same sandbox and memory. */
  connect(settings?: object): Connector;
  /** Paths of the requests since the last call, those for the token left out. */
  requests(): string[];
}

export async function withHalopsa(
  use: (bench: HalopsaBench) => Promise<void>,
  settings: object = {},
): Promise<void> {
  const sandbox = await startHalopsaSandbox();
  const { state } = sandbox;
  const context = createTestContext();
  const connect = (more: object = {}): Connector =>
    halopsa.create(halopsa.config.parse({ ...sandbox.settings, ...settings, ...more }), context);
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      connector: connect(),
      dupont: state.addClient('Dupont'),
      martin: state.addClient('Martin'),
      connect,
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh
          .map(({ request }) => `${request.method} ${request.path}`)
          .filter((line) => !/authinfo|token/i.test(line));
      },
    });
  } finally {
    await sandbox.close();
  }
}

export function asked(bench: HalopsaBench, change: Partial<PullRequest> = {}): PullRequest {
  return pullRequestFor([bench.dupont, bench.martin], change);
}

export interface ReadRows<Row> {
  rows: Row[];
  rejected: RejectedRow[];
}

export async function readAll<Row>(
  pages: AsyncIterable<Pick<Page<Row>, 'rows' | 'rejected'>> | undefined,
): Promise<ReadRows<Row>> {
  if (pages === undefined) throw new Error('The connector has no such stream.');
  const read: ReadRows<Row> = { rows: [], rejected: [] };
  for await (const page of pages) {
    read.rows.push(...page.rows);
    read.rejected.push(...page.rejected);
  }
  return read;
}

export function readTickets(bench: HalopsaBench, connector = bench.connector) {
  return readAll(connector.pull.tickets?.(asked(bench)));
}

export async function readTime(
  connector: Connector,
  ticketIds: readonly number[],
): Promise<ReadRows<TimeEntryRow> & { complete: string[] }> {
  const read = { rows: [], rejected: [], complete: [] } as ReadRows<TimeEntryRow> & {
    complete: string[];
  };
  for await (const page of connector.pull.ticketTime?.(ticketIds.map(String), soon()) ?? []) {
    read.rows.push(...page.rows);
    read.rejected.push(...page.rejected);
    read.complete.push(...page.ticketIds);
  }
  return read;
}

export async function checked(bench: HalopsaBench, connector = bench.connector) {
  const clientIds = [String(bench.dupont), String(bench.martin)];
  const results = await connector.check(clientIds, soon());
  return new Map(results.map((result) => [result.id, result]));
}

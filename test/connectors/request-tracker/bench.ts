/** A connector before its sandbox, for the tests of what only Request Tracker does. */

import { requestTracker } from '../../../connectors/request-tracker/index.ts';
import type {
  PullRequest,
  Pulls,
  TicketRow,
  TimeEntryRow,
} from '../../../src/contract/connector.ts';
import {
  type RequestTrackerOptions,
  type RequestTrackerSandbox,
  startRequestTrackerSandbox,
} from '../../sandbox/request-tracker/index.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';

export interface Bench {
  sandbox: RequestTrackerSandbox;
  context: TestContext;
  connector: ReturnType<typeof requestTracker.create>;
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

export async function withRequestTracker(
  use: (bench: Bench) => Promise<void>,
  options: { settings?: Record<string, unknown>; sandbox?: RequestTrackerOptions } = {},
): Promise<void> {
  const sandbox = await startRequestTrackerSandbox(options.sandbox);
  try {
    sandbox.state.users.set('bob@dupont.test', { organization: 'Dupont SARL' });
    sandbox.state.users.set('ann@martin.test', { organization: 'Cabinet Martin' });
    for (const name of ['Dupont', 'Martin']) sandbox.state.addQueue(name);
    const context = createTestContext();
    const settings = { ...sandbox.config, ...options.settings };
    const connector = requestTracker.create(requestTracker.config.parse(settings), context);
    await use({ sandbox, context, connector });
  } finally {
    await sandbox.close();
  }
}

export function pullRequest(change: Partial<PullRequest> = {}): PullRequest {
  return {
    since: new Date(Date.now() - 3_600_000).toISOString(),
    until: new Date().toISOString(),
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: ['5', '6'],
    signal: soon(),
    ...change,
  };
}

async function readAll<Row>(
  pull: Pulls['clients'] | Pulls['tickets'] | Pulls['timeEntries'],
  change: Partial<PullRequest>,
): Promise<Row[]> {
  const rows: unknown[] = [];
  if (pull === undefined) throw new Error('There is no such stream.');
  for await (const page of pull(pullRequest(change))) rows.push(...page.rows);
  return rows as Row[];
}

export function readTickets(bench: Bench, change: Partial<PullRequest> = {}): Promise<TicketRow[]> {
  return readAll(bench.connector.pull.tickets, change);
}

export function readTime(bench: Bench, change: Partial<PullRequest> = {}): Promise<TimeEntryRow[]> {
  return readAll(bench.connector.pull.timeEntries, change);
}

export function readClients(
  bench: Bench,
  change: Partial<PullRequest> = {},
): Promise<{ sourceId: string; name: string }[]> {
  return readAll(bench.connector.pull.clients, change);
}

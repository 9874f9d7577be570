/** A connector before a real Request Tracker, and its streams read to their ends. */
import assert from 'node:assert/strict';
import { requestTracker } from '../../../connectors/request-tracker/index.ts';
import type {
  Connector,
  PullRequest,
  TicketRow,
  TimeEntryRow,
} from '../../../src/contract/connector.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import type { RealRequestTracker } from './prepare.ts';

export type Step = [name: string, test: (rt: RealRequestTracker) => Promise<void>];

export interface Opened {
  connector: Connector;
  context: TestContext;
}

export function open(rt: RealRequestTracker, settings: Record<string, unknown> = {}): Opened {
  const context = createTestContext();
  const config = requestTracker.config.parse({
    baseUrl: rt.baseUrl,
    token: rt.token,
    clientFrom: 'queue',
    alerts: { queue: 'Alerts' },
    billing: { queue: 'Billing' },
    ...settings,
  });
  return { context, connector: requestTracker.create(config, context) };
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(60_000);
}

export function requestSince(since: string): PullRequest {
  const until = new Date().toISOString();
  const stored = { isStored: true, whenStored: async () => {} };
  return { since, until, resume: null, ...stored, clientIds: ['1'], signal: soon() };
}

export const longAgo = '2020-01-01T00:00:00.000Z';

export async function readTickets({ connector }: Opened, since = longAgo): Promise<TicketRow[]> {
  const rows: TicketRow[] = [];
  for await (const page of connector.pull.tickets?.(requestSince(since)) ?? []) {
    assert.deepEqual(page.rejected, []);
    rows.push(...page.rows);
  }
  return rows;
}

export async function readTime({ connector }: Opened, since = longAgo): Promise<TimeEntryRow[]> {
  const rows: TimeEntryRow[] = [];
  for await (const page of connector.pull.timeEntries?.(requestSince(since)) ?? []) {
    assert.deepEqual(page.rejected, []);
    rows.push(...page.rows);
  }
  return rows;
}

/** Waits for the next second, since RT's timestamps have no fractions, and answers with it. */
export async function nextSecond(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1100 - (Date.now() % 1000)));
  return new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
}

/** A NinjaOne connector beside its sandbox, for one test. */

import { ninjaone } from '../../../connectors/ninjaone/index.ts';
import type {
  Connector,
  PullRequest,
  RejectedRow,
  TicketTimePage,
  TimeEntryRow,
} from '../../../src/contract/connector.ts';
import {
  type NinjaoneSandbox,
  type NinjaoneSandboxOptions,
  startNinjaoneSandbox,
} from '../../sandbox/ninjaone/index.ts';
import type { NinjaoneState } from '../../sandbox/ninjaone/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';

export interface NinjaoneBench {
  sandbox: NinjaoneSandbox;
  state: NinjaoneState;
  context: TestContext;
  connector: Connector;
  /** Another process over the same memory. */
  restart(settings?: object): Connector;
  /** `METHOD path` of every request since the last call, the token's left out. */
  takeRequests(): string[];
}

export async function withNinjaone(
  use: (bench: NinjaoneBench) => Promise<void>,
  options: { sandbox?: NinjaoneSandboxOptions; settings?: object; now?: () => number } = {},
): Promise<void> {
  const sandbox = await startNinjaoneSandbox(options.sandbox ?? {});
  const context = createTestContext(options.now === undefined ? {} : { now: options.now });
  const open = (settings: object = {}): Connector =>
    ninjaone.create(
      ninjaone.config.parse({ ...sandbox.settings, ...options.settings, ...settings }),
      context,
    );
  let taken = 0;
  try {
    await use({
      sandbox,
      state: sandbox.state,
      context,
      connector: open(),
      restart: open,
      takeRequests() {
        const fresh = sandbox.exchanges.slice(taken);
        taken = sandbox.exchanges.length;
        return fresh
          .map(({ request }) => `${request.method} ${request.path}`)
          .filter((line) => !line.endsWith('/ws/oauth/token'));
      },
    });
  } finally {
    await sandbox.close();
  }
}

export function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

export function asked(
  clientIds: readonly number[],
  change: Partial<PullRequest> = {},
): PullRequest {
  return {
    since: '2026-03-01T00:00:00.000Z',
    until: new Date(Date.now() + 60_000).toISOString(),
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: clientIds.map(String),
    signal: soon(),
    ...change,
  };
}

export async function readAll<Row>(
  pages: AsyncIterable<{ rows: readonly Row[]; rejected: readonly RejectedRow[] }> | undefined,
): Promise<{ rows: Row[]; rejected: RejectedRow[] }> {
  if (pages === undefined) throw new Error('The connector has no such stream.');
  const read: { rows: Row[]; rejected: RejectedRow[] } = { rows: [], rejected: [] };
  for await (const page of pages) {
    read.rows.push(...page.rows);
    read.rejected.push(...page.rejected);
  }
  return read;
}

export async function readTime(
  connector: Connector,
  ticketIds: readonly number[],
): Promise<{ pages: TicketTimePage[]; rows: TimeEntryRow[]; rejected: RejectedRow[] }> {
  const pages: TicketTimePage[] = [];
  const stream = connector.pull.ticketTime?.(ticketIds.map(String), soon());
  if (stream === undefined) throw new Error('The connector reads no time.');
  for await (const page of stream) pages.push(page);
  return {
    pages,
    rows: pages.flatMap(({ rows }) => rows),
    rejected: pages.flatMap(({ rejected }) => rejected),
  };
}

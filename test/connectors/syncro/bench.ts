/** A Syncro account with two customers, a stranger and a technician, and a connector to it. */

import { syncro } from '../../../connectors/syncro/index.ts';
import type { Connector, PullRequest, PushMessages } from '../../../src/contract/connector.ts';
import { type SyncroSandbox, startSyncroSandbox } from '../../sandbox/syncro/index.ts';
import type { SyncroState } from '../../sandbox/syncro/state.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';
import { pullRequestFor, soon } from '../pull-rows.ts';
import { tenHours } from '../ten-hours.ts';

export interface SyncroBench {
  sandbox: SyncroSandbox;
  state: SyncroState;
  context: TestContext;
  connector: Connector;
  dupont: number;
  martin: number;
  stranger: number;
  /** Another connector to the same sandbox and memory. */
  connect(settings?: object): Connector;
  asked(change?: Partial<PullRequest>): PullRequest;
  /** Requests since the last call. */
  requests(): string[];
  /** Results of `check` by id. */
  checked(connector?: Connector): Promise<Map<string, { status: string; detail: string }>>;
  sale(change?: Partial<PushMessages['invoice']>): PushMessages['invoice'];
}

export async function withSyncro(
  use: (bench: SyncroBench) => Promise<void>,
  settings: object = {},
): Promise<void> {
  const sandbox = await startSyncroSandbox();
  const { state } = sandbox;
  const context = createTestContext();
  const connect = (more: object = {}): Connector =>
    syncro.create(syncro.config.parse({ ...sandbox.settings, ...settings, ...more }), context);
  const [dupont = 0, martin = 0, stranger = 0] = ['Dupont', 'Martin', 'Stranger'].map((name) =>
    state.addCustomer(name),
  );
  const own = connect();
  let seen = 0;
  try {
    await use({
      sandbox,
      state,
      context,
      connector: own,
      dupont,
      martin,
      stranger,
      connect,
      asked: (change = {}) => pullRequestFor([dupont, martin], change),
      requests() {
        const fresh = sandbox.exchanges.slice(seen);
        seen = sandbox.exchanges.length;
        return fresh.map(({ request }) => `${request.method} ${request.path.slice(7)}`);
      },
      async checked(connector = own) {
        const results = await connector.check([String(dupont), String(martin)], soon());
        return new Map(results.map((result) => [result.id, result]));
      },
      sale: (change = {}) => {
        const texts = { offer: 'ten', title: 'Ten hours', body: 'A block of ten hours.' };
        return tenHours(String(dupont), 'ph:invoice:1:0a1b2c3d4e5f', { ...texts, ...change });
      },
    });
  } finally {
    await sandbox.close();
  }
}

/** A day of work; when it was logged is another matter. */
export const start = '2026-03-02T09:00:00.000Z';

/** What is in the sandbox already is older. */
export function now(): string {
  return new Date().toISOString();
}

export function anHourAgo(): number {
  return Date.now() - 3_600_000;
}

/** A ticket and a timer that are an hour old. */
export function addOldTime({ state, dupont }: SyncroBench, seconds = 1800) {
  const old = { createdMs: anHourAgo(), updatedMs: anHourAgo() };
  const ticketId = state.addTicket(dupont, old);
  return { ticketId, timerId: state.addTimer(ticketId, { seconds, start, ...old }) };
}

/** An admin corrects which statuses count as closed: what was read before is read again by that, once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { requestTracker } from '../../connectors/request-tracker/index.ts';
import { startRequestTrackerSandbox } from '../sandbox/request-tracker/index.ts';
import { commandsIn, writeBenchConfig } from '../support/bench-msp.ts';

const Balances = z.object({
  clients: z.tuple([z.object({ settledSeconds: z.int(), pendingSeconds: z.int() })]),
});
const Run = z.object({ steps: z.array(z.object({ step: z.string(), rows: z.int() })) });

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}

test('a status that is added to the closed ones closes the tickets that were read before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-settings-'));
  const sandbox = await startRequestTrackerSandbox();
  try {
    const { state } = sandbox;
    const queue = state.addQueue('Dupont');
    const ticket = state.addTicket('Dupont', 'Printer', { at: hoursAgo(30) });
    state.addMessage(ticket, 'Comment', 'tess', { minutes: 60, at: hoursAgo(29) });
    state.setStatus(ticket, 'rejected', 'tess', { at: hoursAgo(28) });
    const run = commandsIn(folder);
    const configure = (settings: object) => {
      const bench = { settings: { ...sandbox.config, ...settings } };
      writeBenchConfig(folder, { psa: { vendor: requestTracker, bench } }, fileFor(queue));
    };
    const rowsRead = async () => (await run(['run'], Run)).steps[0]?.rows;
    const balance = async () => (await run(['balances'], Balances)).clients[0];

    configure({ closedStatuses: ['resolved'] });
    expect(await rowsRead()).toBeGreaterThan(0);
    expect(await balance()).toEqual({ settledSeconds: 36_000, pendingSeconds: 3600 });
    configure({ closedStatuses: ['resolved', 'rejected'] });
    expect(await rowsRead()).toBeGreaterThan(0);
    expect(await balance()).toEqual({ settledSeconds: 32_400, pendingSeconds: 0 });
    const quiet = await rowsRead();
    // Another page size reads nothing otherwise.
    configure({ closedStatuses: ['resolved', 'rejected'], pageSize: 7 });
    expect(await rowsRead()).toBe(quiet);
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

function fileFor(queue: string): object {
  const purchasedOn = hoursAgo(24 * 40).slice(0, 10);
  return {
    mode: 'live',
    timezone: 'UTC',
    currency: 'EUR',
    store: './prepaid-hours.db',
    agreements: { standard: { debitWhen: 'ticket-closed' } },
    clients: [
      {
        name: 'Dupont',
        ids: { psa: queue },
        agreement: 'standard',
        openingBlocks: [{ hours: 10, rate: 120, purchasedOn }],
      },
    ],
  };
}

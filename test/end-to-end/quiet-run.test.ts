import { expect, test } from '@jest/globals';
import type { SandboxServer } from '../sandbox/server.ts';
import { dumpTables } from '../support/dump-tables.ts';
import {
  pageSize,
  psaTickets,
  rmmTickets,
  type SmallMsp,
  withMspHere,
} from '../support/small-msp.ts';

/** Requests since the last call: how often each path was asked for, numbers in it as N. */
function counter(sandbox: SandboxServer): () => Record<string, number> {
  let seen = 0;
  return () => {
    const counts: Record<string, number> = {};
    for (const { request } of sandbox.exchanges.slice(seen)) {
      const path = request.path.replace(/^\/v2026_1\/apis\/3\.0/, '').replace(/\/\d+/g, '/N');
      const name = `${request.method} ${path}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    seen = sandbox.exchanges.length;
    return counts;
  };
}

interface Run {
  ok: boolean;
  steps: { step: string; changed: number; posted: number; messages: number; delivered: number }[];
}

async function pullOnly(msp: SmallMsp): Promise<void> {
  const { exitCode, stderr } = await msp.run('run', 'pull');
  if (exitCode !== 0) throw new Error(stderr);
}

test('the first pull sends what the page sizes make necessary, and no more', async () => {
  await withMspHere({}, async (msp) => {
    const psa = counter(msp.psa);
    const rmm = counter(msp.rmm);
    await pullOnly(msp);
    const pages = Math.ceil((psaTickets.dupont + psaTickets.martin) / pageSize);
    expect(psa()).toEqual({
      'GET /login/companyinfo/mspdemo': 1,
      'GET /company/companies': 1,
      'GET /service/tickets': pages,
      'GET /project/tickets': 1,
      'GET /time/entries': pages,
      // Once a day: technicians' e-mails.
      'GET /system/members': 1,
      'GET /finance/invoices': 1,
    });
    expect(rmm()).toEqual({
      'POST /ws/oauth/token': 1,
      // The list ends with an empty page.
      'GET /v2/organizations': 2,
      'GET /v2/ticketing/trigger/boards': 1,
      // One row to learn the board's columns, one page of tickets, and the empty one after it.
      'POST /v2/ticketing/trigger/board/N/run': 3,
      'GET /v2/ticketing/statuses': 1,
      'GET /v2/ticketing/ticket/N/log-entry': rmmTickets,
      'GET /v2/users': 1,
      // One list for each remote tool.
      'GET /v2/activities': 3,
    });
  });
}, 60_000);

test('a run with nothing new asks once a stream, and writes its own record alone', async () => {
  await withMspHere({}, async (msp) => {
    await msp.ask<Run>('run');
    // The second run mirrors what the first one wrote into the PSA: the alert and the invoice.
    await msp.ask<Run>('run');
    const before = dumpTables(msp.store);
    const psa = counter(msp.psa);
    const rmm = counter(msp.rmm);
    const [psaBefore, rmmBefore] = [psa(), rmm()];
    expect(psaBefore).not.toEqual({});
    expect(rmmBefore).not.toEqual({});

    const third = await msp.ask<Run>('run');
    expect(third.ok).toBe(true);
    for (const { changed, posted, messages, delivered } of third.steps) {
      expect({ changed, posted, messages, delivered }).toEqual({
        changed: 0,
        posted: 0,
        messages: 0,
        delivered: 0,
      });
    }
    expect(psa()).toEqual({
      'GET /company/companies': 1,
      'GET /service/tickets': 1,
      'GET /project/tickets': 1,
      'GET /time/entries': 1,
      'GET /finance/invoices': 1,
      // The lines of the invoice that was written minutes ago, which the overlap shows again.
      'GET /procurement/products': 1,
    });
    expect(rmm()).toEqual({
      // A token is kept in memory alone, so each process asks for its own.
      'POST /ws/oauth/token': 1,
      // Its lists end with an empty page.
      'GET /v2/organizations': 2,
      'POST /v2/ticketing/trigger/board/N/run': 1,
      'GET /v2/activities': 3,
    });

    const after = dumpTables(msp.store);
    expect(after.get('run')).toHaveLength((before.get('run')?.length ?? 0) + 1);
    expect(after.get('step_health')).toHaveLength(before.get('step_health')?.length ?? 0);
    for (const dump of [before, after]) {
      for (const name of ['run', 'step_health']) dump.delete(name);
    }
    expect(before.size).toBeGreaterThan(15);
    expect(after).toEqual(before);
  });
}, 60_000);

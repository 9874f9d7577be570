import { expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { type App, openApp } from '../../src/service/app/app.ts';
import { checkCallbacks } from '../../src/service/check/check-callbacks.ts';
import { runNamed } from '../../src/service/run/named.ts';
import { runSteps, usualSteps } from '../../src/service/run/run.ts';
import { Pokes } from '../../src/service/schedule/pokes.ts';
import { openWeb } from '../../src/web/server.ts';
import type { CallbackDelivery } from '../sandbox/connectwise/callbacks.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { sampleSize } from '../support/sample-size.ts';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';

const { signal } = new AbortController();
const more = `web: { token: "\${WEB_TOKEN}", listen: "127.0.0.1:0" }
sweep: { days: 400 }`;
const env = { WEB_TOKEN: 'a-token-of-the-status-page' };

interface World {
  msp: SmallMsp;
  app: App;
  pokes: Pokes;
  /** Where callbacks are registered for. */
  hook: string;
  /** Delivers what changed, and answers it as the service would. */
  tell(delivery?: CallbackDelivery): ReturnType<typeof runNamed>;
}

/** The service's parts in this process, after a first run; callbacks are registered. */
async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  await withSmallMsp({ more, env }, async (msp) => {
    const options = { vendors: registry, configFile: msp.configFile, isJson: true } as const;
    const app = await openApp({ ...options, access: 'run', env: { LOG_LEVEL: 'error' } });
    const pokes = new Pokes();
    const poke: World['pokes']['add'] = (...given) => pokes.add(...given);
    const web = await openWeb({
      app: () => app,
      fault: () => null,
      poke: (connection, changed) => poke(connection, changed, app.now()),
    });
    try {
      await runSteps(app, usualSteps, 'test', { signal });
      const hook = `${web?.url}hook/psa`;
      await app.connectors.get('psa')?.webhook?.registrations?.keep(hook, [hook], signal);
      await msp.psa.deliverCallbacks({ arrives: () => false });
      const tell: World['tell'] = async (delivery) => {
        const statuses = await msp.psa.deliverCallbacks(delivery);
        expect(new Set(statuses)).toEqual(new Set(statuses.length === 0 ? [] : [204]));
        return runNamed(app, pokes.takeNamed(), { signal });
      };
      await use({ msp, app, pokes, hook, tell });
    } finally {
      await web?.close();
      await app.close();
    }
  });
}

const entriesOf = ({ msp }: World, company: number) =>
  msp.psa.state.tables.timeEntries.list((row) => (row.company as { id: number }).id === company);

/** What happens between two runs by the schedule: every kind of change, some of one ticket. */
const bursts: readonly ((world: World) => void)[] = [
  ({ msp }) => {
    const { state } = msp.psa;
    const { ticket } = msp.addWork({ company: msp.ids.martin, day: 16, hours: '1.5', isNew: true });
    const { martin: company, board, member } = msp.ids;
    const open = state.addTicket({ company, board, summary: 'Still open' });
    const start = '2026-03-17T10:00:00Z';
    state.addTime({ ticket: open, member, workType: msp.workTypes.remote, start, hours: '2' });
    state.reopenTicket(ticket);
    state.closeTicket(ticket);
  },
  (world) => {
    const { state } = world.msp.psa;
    const [first, second] = entriesOf(world, world.msp.ids.martin);
    state.editTime(first?.id ?? 0, { hours: '0.5' }, new Date().toISOString());
    state.deleteTime(second?.id ?? 0);
    const open = state.listTickets().find(({ summary }) => summary === 'Still open');
    state.closeTicket(open?.id ?? 0);
  },
  (world) => {
    const { msp } = world;
    const [first] = entriesOf(world, msp.ids.dupont);
    msp.psa.state.deleteTime(first?.id ?? 0);
    msp.addWork({ company: msp.ids.dupont, day: 18, hours: '3', isNew: true });
    msp.addWork({ company: msp.ids.stranger, day: 18, hours: '3', isNew: true });
    msp.addWork({ company: msp.ids.martin, day: 19, hours: '14', isNew: true });
  },
];

interface Entry {
  client: string;
  side: string;
  reason: string;
  block: string;
  seconds: number;
  workedOn: string | null;
  key: string;
  reverses: string | null;
}

/**
 * The ledger in its order. Run, timestamp and hash differ between any two runs of the program; the IDs of clients
 * are drawn, and those of blocks follow from them, so they are numbered. Nothing else is left out.
 */
function ledgerOf({ app, msp }: World): Entry[] {
  const blocks: string[] = [];
  const numbered = (id: string): string => {
    if (!blocks.includes(id)) blocks.push(id);
    return `block ${blocks.indexOf(id)}`;
  };
  const named = (text: unknown): string =>
    app.clients
      .reduce((result, { id, name }) => result.replaceAll(id, name), String(text))
      .replaceAll(/\bb-\w{10}\b/g, numbered);
  const rows = (dumpTables(msp.store).get('ledger') ?? []).map((row) => JSON.parse(row));
  return rows
    .sort((one, other) => one.seq - other.seq)
    .map((row) => ({
      client: named(row.client_id),
      side: row.side,
      reason: row.reason,
      block: named(row.block_id),
      seconds: row.seconds,
      workedOn: row.worked_on,
      key: named(row.key),
      reverses: row.reverses === null ? null : named(row.reverses),
    }));
}

/** What stands of it: the seconds of each client's day of work. */
function standing(entries: readonly Entry[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { client, workedOn, side, seconds } of entries) {
    const key = `${client} ${workedOn}`;
    sums[key] = (sums[key] ?? 0) + (side === 'credit' ? seconds : -seconds);
  }
  return Object.fromEntries(Object.entries(sums).filter(([, seconds]) => seconds !== 0));
}

async function play(delivery: CallbackDelivery | null) {
  let result = { ledger: [] as Entry[], tickets: 0, callbackRuns: 0 };
  await withWorld(async (world) => {
    const { app, msp } = world;
    for (const happen of bursts) {
      happen(world);
      if (delivery !== null) await world.tell(delivery);
      await runSteps(app, ['sweep', ...usualSteps], 'schedule', { signal });
    }
    expect(await app.store.verify()).toBeNull();
    const runs = (dumpTables(msp.store).get('run') ?? []).map((row) => JSON.parse(row));
    result = {
      ledger: ledgerOf(world),
      tickets: msp.psa.state.listTickets().length,
      callbackRuns: runs.filter(({ command }) => command === 'start callback').length,
    };
  });
  return result;
}

const deliveries = [
  { times: 2, order: 'reversed' },
  {},
  { times: 2 },
  { order: 'reversed' },
] as const;

test('the ledger is the same with callbacks off, on, doubled, turned round and half lost', async () => {
  const off = await play(null);
  expect(off.callbackRuns).toBe(0);
  expect(off.ledger.filter(({ reason }) => reason === 'reversal').length).toBeGreaterThan(2);
  for (const delivery of deliveries.slice(0, sampleSize({ short: 1, full: 4 }))) {
    const on = await play(delivery);
    expect(on.callbackRuns).toBe(bursts.length);
    expect(on.ledger).toEqual(off.ledger);
    expect(on.tickets).toBe(off.tickets);
  }
  // A lost deletion is found by the sweep, after other work was debited: as with any two schedules, entries may
  // then come in another order, and hours be paid by the block before or after. What was debited is the same.
  for (const half of [1, 0].slice(0, sampleSize({ short: 1, full: 2 }))) {
    const lossy = await play({ arrives: (index) => index % 2 === half });
    expect(standing(lossy.ledger)).toEqual(standing(off.ledger));
    expect(lossy.tickets).toBe(off.tickets);
  }
}, 120_000);

test('a deletion counts only if it was told and the entry is gone', async () => {
  await withWorld(async (world) => {
    const { msp, app, hook, pokes } = world;
    const entries = entriesOf(world, msp.ids.martin).map(({ id }) => id);
    const [told = 0, untold = 0, hidden = 0] = entries;
    const balance = () => ledgerOf(world).filter(({ reason }) => reason === 'reversal').length;

    // Told, and still there.
    const name = (id: number, isDeleted: boolean) =>
      pokes.add('psa', { kind: 'time', id: String(id), isDeleted }, app.now());
    name(hidden, true);
    await runNamed(app, pokes.takeNamed(), { signal });
    expect(balance()).toBe(0);

    // Gone, and told only as a change: no more than a hint.
    msp.psa.state.deleteTime(untold);
    await msp.psa.deliverCallbacks({ arrives: () => false });
    name(untold, false);
    expect((await runNamed(app, pokes.takeNamed(), { signal }))?.ok).toBe(true);
    expect(balance()).toBe(0);

    msp.psa.state.deleteTime(told);
    expect((await world.tell())?.ok).toBe(true);
    expect(balance()).toBe(1);
    expect(hook).toContain('/hook/psa');
  });
});

test('most of a client’s time is not removed by callbacks; the sweep asks about it', async () => {
  await withWorld(async (world) => {
    const { msp, app } = world;
    for (const { id } of entriesOf(world, msp.ids.martin).slice(0, 9)) {
      msp.psa.state.deleteTime(id);
    }
    const before = ledgerOf(world);
    expect((await world.tell())?.ok).toBe(true);
    expect(ledgerOf(world)).toEqual(before);
    const swept = await runSteps(app, ['sweep'], 'schedule', { signal });
    expect(swept.steps.map(({ error }) => error).join(' ')).toContain('Nothing was removed.');
  });
});

test('what does not concern us starts no run, and what cannot be read an early pull', async () => {
  await withWorld(async (world) => {
    const { msp } = world;
    msp.addWork({ company: msp.ids.stranger, day: 18, isNew: true });
    expect(await world.tell()).toBeNull();

    msp.addWork({ company: msp.ids.martin, day: 18, isNew: true });
    msp.psa.faults.add('forbidden', { path: /\/time\/entries\/\d+$/ });
    const run = await world.tell();
    expect(run?.ok).toBe(true);
    const pulls = run?.steps.filter(({ step }) => step === 'pull');
    expect(pulls?.map(({ connection }) => connection)).toEqual(['psa']);
    expect(run?.steps.find(({ step }) => step === 'debit')?.posted).toBe(1);
    // The other connection was not pulled, so the step as a whole was not done.
    const health = await world.app.store.listStepHealth();
    const commands = health
      .filter(({ step }) => step === 'pull')
      .map((row) => [row.connection, row.command]);
    expect(new Map(commands as [string | null, string][])).toEqual(
      new Map([
        [null, 'test'],
        ['psa', 'start callback'],
        ['rmm', 'test'],
      ]),
    );
  });
});

test('check warns once time was changed and no callback arrived', async () => {
  await withWorld(async ({ msp, app, hook, tell }) => {
    const url = new URL(hook).origin;
    const web = { host: '127.0.0.1', port: 0, token: env.WEB_TOKEN, url };
    const connector = app.connectors.get('psa');
    if (connector === undefined) throw new Error('There is no connection.');
    const target = { ...app, config: { ...app.config, web }, connection: 'psa', connector, signal };
    const statuses = async () => (await checkCallbacks(target)).map(({ status }) => status);
    expect(await statuses()).toEqual([]);

    const longAgo = '2026-01-01T00:00:00.000Z';
    await app.store.writeMemory('psa', 'callback-urls', hook, longAgo);
    expect(await statuses()).toEqual(['warning']);
    msp.addWork({ company: msp.ids.martin, day: 18, isNew: true });
    await tell();
    expect(await statuses()).toEqual(['ok']);
    await app.store.writeMemory('psa', 'webhook-at', longAgo, longAgo);
    expect(await statuses()).toEqual(['warning']);
  });
});

test('records are looked at within three seconds, once each, and not without end', () => {
  const pokes = new Pokes();
  const name = (id: number, isDeleted = false, nowMs = 1_000) =>
    pokes.add('psa', { kind: 'time', id: String(id), isDeleted }, nowMs);
  expect(pokes.isLookDue(1_000)).toBe(false);
  expect([name(1), name(1, true, 2_000), name(1, false, 3_000), name(2)]).not.toContain(false);
  expect([pokes.isLookDue(3_999), pokes.isLookDue(4_000)]).toEqual([false, true]);
  expect([...pokes.takeNamed()]).toEqual([
    [
      'psa',
      [
        { kind: 'time', id: '1', isDeleted: true },
        { kind: 'time', id: '2', isDeleted: false },
      ],
    ],
  ]);
  expect(pokes.isLookDue(9_000)).toBe(false);
  const taken = Array.from({ length: 700 }, (_, index) => name(index + 10)).filter(Boolean);
  expect(taken).toHaveLength(598);
  expect(name(5, false, 3_601_000)).toBe(true);
  expect(pokes.takeRun(1e12)).toBe(false);
  pokes.add('psa', null, 0);
  expect([pokes.takeRun(9_999), pokes.takeRun(10_000), pokes.takeRun(1e12)]).toEqual([
    false,
    true,
    false,
  ]);
});

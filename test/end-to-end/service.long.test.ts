import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { startStripeSandbox } from '../sandbox/stripe/index.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const never = '0 0 1 1 *';
const scheduleOf = (steps: Record<string, string>) => {
  const all = { pull: never, debit: never, replenish: never, push: never, sweep: never };
  const lines = Object.entries({ ...all, reconcile: never, ...steps });
  return `schedule:\n${lines.map(([step, text]) => `  ${step}: "${text}"`).join('\n')}`;
};

function runsOf({ store }: SmallMsp, command: string): { startedAt: string }[] {
  const rows = (dumpTables(store).get('run') ?? []).map((row) => JSON.parse(row));
  return rows
    .filter((row) => row.command === command)
    .map((row) => ({ startedAt: row.started_at }));
}

test('a daily job that was missed while no service ran is done by the next, which says so', async () => {
  // In an hour that is not now, so that only the missed one runs.
  const hour = (new Date().getUTCHours() + 12) % 24;
  await withSmallMsp({ schedule: scheduleOf({ sweep: `0 ${hour} * * *` }) }, async (msp) => {
    await msp.run('run');
    const first = msp.start('start');
    await waitUntil('it runs', () => first.stderr().includes('The service is running.'));
    first.kill('SIGTERM');
    await first.done;
    expect(runsOf(msp, 'start sweep')).toEqual([]);

    const database = new DatabaseSync(msp.store);
    const key = "key = 'schedule:sweep'";
    const isDoneBy = () => {
      const row = database.prepare(`SELECT value FROM connection_memory WHERE ${key}`).get();
      return String(row?.value).split('\n');
    };
    const [rule, until] = isDoneBy();
    const before = new Date(Date.parse(String(until)) - 24 * 3_600_000).toISOString();
    const change = `UPDATE connection_memory SET value = ? WHERE ${key}`;
    database.prepare(change).run(`${rule}\n${before}`);

    const second = msp.start('start');
    await waitUntil('it is made up for', () => isDoneBy()[1] !== before);
    expect(runsOf(msp, 'start sweep')).toHaveLength(1);
    database.close();
    second.kill('SIGTERM');
    const { stderr, exitCode } = await second.done;
    expect(stderr).toContain('A daily job was missed; running it now.');
    expect(exitCode).toBe(0);

    const third = msp.start('start');
    await waitUntil('it runs', () => third.stderr().includes('The service is running.'));
    third.kill('SIGTERM');
    expect((await third.done).stderr).not.toContain('was missed');
  });
}, 60_000);

test('an edited config is used from the next step on, and one with faults is not', async () => {
  const schedule = scheduleOf({ push: '* * * * * *' });
  await withSmallMsp({ schedule }, async (msp) => {
    const service = msp.start('start');
    await waitUntil('it runs', () => service.stderr().includes('The service is running.'));
    await waitUntil('it runs', () => runsOf(msp, 'start push').length > 0);
    appendFileSync(msp.configFile, 'nonsense: true\n');
    await waitUntil('it is refused', () => service.stderr().includes('has errors'));
    const count = runsOf(msp, 'start push').length;
    await waitUntil('it goes on', () => runsOf(msp, 'start push').length > count);
    const told = () => service.stderr().match(/has errors.*connector\.yaml:\d+.*nonsense/g) ?? [];
    await waitUntil('each step says so', () => told().length > 2);

    msp.configure({ schedule: scheduleOf({ debit: '* * * * * *' }) });
    await waitUntil('it is used', () => runsOf(msp, 'start debit').length > 0);
    expect(service.stderr()).toContain('The edited config is now in use.');
    const last = runsOf(msp, 'start push').length;
    await waitUntil('it goes on', () => runsOf(msp, 'start debit').length > 2);
    expect(runsOf(msp, 'start push')).toHaveLength(last);

    const good = readFileSync(msp.configFile, 'utf8');
    writeFileSync(msp.configFile, good.replace(/^store: .*$/m, 'store: ./data/other.db'));
    await waitUntil('it is refused', () => service.stderr().includes('another database'));
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
  });
}, 60_000);

test('in observe mode the service applies an edited config to what was debited before, too', async () => {
  const schedule = scheduleOf({ debit: '* * * * * *' });
  await withSmallMsp({ mode: 'observe', schedule }, async (msp) => {
    await msp.run('run');
    const service = msp.start('start');
    await waitUntil('it runs', () => runsOf(msp, 'start debit').length > 0);
    msp.configure({ mode: 'observe', schedule, workTypes: '{ excluded: [Remote] }' });
    await waitUntil('it is applied', () =>
      service.stderr().includes('all balances were recalculated'),
    );
    const count = runsOf(msp, 'start debit').length;
    await waitUntil('it goes on', () => runsOf(msp, 'start debit').length > count + 1);
    const { clients } = await msp.ask<{ clients: { client: string; settledSeconds: number }[] }>(
      'balances',
    );
    expect(clients.find(({ client }) => client === 'Dupont')?.settledSeconds).toBe(15 * 3600);
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
  });
}, 60_000);

test('a live service that was stopped before its first step starts again', async () => {
  await withSmallMsp({ schedule: scheduleOf({}) }, async (msp) => {
    for (let round = 0; round < 2; round += 1) {
      const service = msp.start('start');
      await waitUntil('it runs', () => service.stderr().includes('The service is running.'));
      service.kill('SIGTERM');
      expect(await service.done).toMatchObject({ exitCode: 0 });
    }
  });
}, 60_000);

test('a step that became due many times while it was at work runs once afterwards', async () => {
  await withSmallMsp({ schedule: scheduleOf({ pull: '* * * * * *' }) }, async (msp) => {
    msp.psa.faults.add('slow', { path: /companyinfo|tickets/, delayMs: 8_000 });
    const service = msp.start('start');
    const runs = () => runsOf(msp, 'start pull');
    await waitUntil('it runs', () => service.stderr().includes('The service is running.'));
    await waitUntil('it is at work', () => runs().length === 1);
    const begunMs = Date.parse(runs()[0]?.startedAt ?? '');
    await waitUntil('it is due again and again', () => Date.now() > begunMs + 4_500);
    // Then nothing is due any more: what runs until the edit is used had been waiting.
    msp.configure({ schedule: scheduleOf({}) });
    await waitUntil('it is used', () =>
      service.stderr().includes('The edited config is now in use'),
    );
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
    // One that waited, and at most one that became due while that was at work.
    expect([2, 3]).toContain(runs().length);
  });
}, 60_000);

test('a signed webhook of a payment provider brings the next run forward', async () => {
  const stripe = await startStripeSandbox();
  const webhookSecret = 'whsec_0123456789abcdef';
  const more = `web: { listen: "127.0.0.1:0", token: "\${WEB_TOKEN}" }`;
  const connections = `  stripe:
    vendor: stripe
    baseUrl: ${stripe.baseUrl}
    secretKey: "\${STRIPE_SECRET_KEY}"
    webhookSecret: "\${STRIPE_WEBHOOK_SECRET}"
`;
  const env = {
    WEB_TOKEN: 'a-token-of-the-status-page',
    STRIPE_SECRET_KEY: stripe.settings.secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
  };
  try {
    await withSmallMsp({ schedule: scheduleOf({}), more, env }, async (msp) => {
      const text = readFileSync(msp.configFile, 'utf8');
      writeFileSync(msp.configFile, text.replace('connections:\n', `connections:\n${connections}`));
      await msp.run('run');
      const service = msp.start('start');
      await waitUntil('it serves', () => /The status page is served/.test(service.stderr()));
      const [, url = ''] = /"url":"([^"]+)"/.exec(service.stderr()) ?? [];
      stripe.state.addCustomer('Dupont');
      stripe.state.addMethod([...stripe.state.customers.keys()][0] ?? '', 'card');
      const delivery = { url: new URL('/hook/stripe', url).href, secret: webhookSecret, times: 3 };
      const statuses = await stripe.deliverEvents(delivery);
      expect(new Set(statuses)).toEqual(new Set([204]));
      await waitUntil('it runs', () => runsOf(msp, 'start webhook').length > 0, 20_000);
      service.kill('SIGTERM');
      await service.done;
      expect(runsOf(msp, 'start webhook')).toHaveLength(1);
    });
  } finally {
    await stripe.close();
  }
}, 60_000);

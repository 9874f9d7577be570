import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const never = '0 0 1 1 *';
const steps = ['pull', 'debit', 'replenish', 'push', 'sweep', 'reconcile'];
const schedule = `schedule:\n${steps.map((step) => `  ${step}: "${never}"`).join('\n')}`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

/** The service runs with a schedule that is months away, and its callbacks are registered. */
async function withService(use: (msp: SmallMsp) => Promise<void>): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  const more = `web: { token: "\${WEB_TOKEN}", listen: "${listen}", url: "http://${listen}/" }`;
  const env = { WEB_TOKEN: 'a-token-of-the-status-page' };
  await withSmallMsp({ schedule, more, env }, async (msp) => {
    await msp.run('run');
    const registered = await msp.run('init', 'callbacks', 'psa');
    expect(registered.stderr).toBe('');
    expect(registered.stdout).toContain(
      'Registered: time, ticket, invoice, agreement. Kept: none. Removed: none.',
    );
    await msp.psa.deliverCallbacks({ arrives: () => false });
    const service = msp.start('start');
    try {
      await waitUntil('it runs', () => service.stderr().includes('The service is running.'));
      await use(msp);
    } finally {
      service.kill('SIGTERM');
      expect((await service.done).exitCode).toBe(0);
    }
  });
}

async function left(msp: SmallMsp, name: string): Promise<number> {
  const { clients } = await msp.ask<{ clients: { client: string; settledSeconds: number }[] }>(
    'balances',
  );
  return (clients.find(({ client }) => client === name)?.settledSeconds ?? 0) / 3600;
}

async function waitForHours(msp: SmallMsp, name: string, hours: number): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while ((await left(msp, name)) !== hours) {
    if (performance.now() > deadlineMs) throw new Error(`${name} never had ${hours} h left.`);
    // The sandbox answers in this process, too.
    await sleep(200);
  }
}

test('a closed ticket alerts within ten seconds, and a deleted entry comes back within a minute', async () => {
  await withService(async (msp) => {
    const { state } = msp.psa;
    const { martin: company } = msp.ids;
    const work = msp.addWork({ company, day: 20, hours: '14.5', isOpen: true, isNew: true });
    expect(new Set(await msp.psa.deliverCallbacks())).toEqual(new Set([204]));
    await waitUntil('the open ticket is read', () =>
      msp.psa.exchanges.some(({ request }) => request.path.endsWith(`/time/entries/${work.entry}`)),
    );
    const alerts = () => state.listTickets().filter(({ board }) => board === 'Billing').length;
    const before = alerts();

    state.closeTicket(work.ticket);
    const closedAtMs = performance.now();
    await msp.psa.deliverCallbacks({ times: 3 });
    await waitUntil('the alert is there', () => alerts() === before + 1);
    expect(performance.now() - closedAtMs).toBeLessThan(10_000);

    // The alert is a ticket, too: what it calls back changes nothing.
    await msp.psa.deliverCallbacks();
    const hours = await left(msp, 'Martin');
    state.deleteTime(work.entry);
    await msp.psa.deliverCallbacks();
    await waitForHours(msp, 'Martin', hours + 14.5);
    expect(alerts()).toBe(before + 1);
  });
}, 120_000);

test('check says whether callbacks arrive, and --remove takes ours away', async () => {
  await withService(async (msp) => {
    const { callbacks } = msp.psa.state.tables;
    const foreign = callbacks.add({
      type: 'time',
      url: 'https://crm.example/?id=',
      level: 'owner',
    });
    const line = async () => {
      const { checks } = await msp.ask<{
        checks: { id: string; status: string; detail: string }[];
      }>('check');
      return checks.find(({ id }) => id === 'callbacks');
    };
    expect(await line()).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/none has arrived yet/),
    });
    const again = await msp.run('init', 'callbacks', 'psa');
    expect(again.stdout).toContain('Registered: none. Kept: time, ticket, invoice, agreement.');
    callbacks.remove(callbacks.list().find(({ type }) => type === 'invoice')?.id ?? 0);
    expect(await line()).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/not registered for: invoice/),
    });
    await msp.run('init', 'callbacks', 'psa');

    msp.addWork({ company: msp.ids.martin, isNew: true });
    callbacks.remove(foreign.id);
    await msp.psa.deliverCallbacks();
    expect(await line()).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/the last one arrived 20/),
    });
    const removed = await msp.run('init', 'callbacks', 'psa', '--remove');
    expect(removed.stdout).toMatch(/^Removed at psa: /);
    expect(callbacks.list()).toEqual([]);
    expect(await line()).toBeUndefined();
  });
}, 120_000);

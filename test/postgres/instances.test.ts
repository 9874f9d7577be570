/**
 * Several instances on one database, each of which may be killed, stopped for longer than its lease lasts
 * or lose the server at any time: what comes of it is what one run would have made.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomFrom } from '../../src/domain/forecast/random.ts';
import { readLockOwner } from '../../src/store/lock.ts';
import { openRawAt } from '../support/databases.ts';
import { type Ending, endingOf } from '../support/ending.ts';
import { passSearchLag } from '../support/pass-search-lag.ts';
import type { StartedCommand } from '../support/run-command.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';
import { openServer, type TestServer } from './server.ts';

/** `RESTARTS=100 npm run test:postgres -- instances`; a few by default. */
const restarts = Number(process.env.RESTARTS ?? 4);

/** `DISTURBANCES=20`: how often one of several instances is killed or stopped. */
const disturbances = Number(process.env.DISTURBANCES ?? 4);

/** `SEED=…` does the same at the same times again, as far as clocks allow. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

const eachSecond = ['pull', 'debit', 'replenish', 'push']
  .map((step) => `  ${step}: "* * * * * *"`)
  .join('\n');
const schedule = `schedule:\n${eachSecond}`;

/** Of this suite's own: it is restarted. */
let server: TestServer;
beforeAll(async () => {
  const opened = await openServer();
  if (opened === null) throw new Error('there is no PostgreSQL here');
  server = opened;
}, 60_000);
afterAll(() => server.remove());

let places = 0;
function newPlace(): string {
  places += 1;
  return `${server.url}?schema=instances_${places}`;
}

/** A quarter of an hour for Martin, every third time: a hundred such leave him enough, so that nothing is sold. */
function addWork(msp: SmallMsp, round: number): void {
  if (round % 3 === 0) msp.addWork({ company: msp.ids.martin, hours: '0.25', isNew: true });
}

async function undisturbed(rounds: number): Promise<Ending> {
  let ending: Ending | null = null;
  await withMspHere({}, async (msp) => {
    for (let round = 0; round < rounds; round += 1) addWork(msp, round);
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    ending = await endingOf(msp);
  });
  if (ending === null) throw new Error('there is no ending');
  return ending;
}

/** Two runs after the last disturbance, as a schedule would have made them. */
async function settle(msp: SmallMsp): Promise<void> {
  expireLease(msp.store);
  await msp.run('run');
  passSearchLag(msp.store);
  expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
}

/** As if half a minute had passed since its last write. */
function expireLease(place: string): void {
  const raw = openRawAt(place);
  raw.exec("UPDATE lease SET ends_at = ends_at - interval '31 seconds'");
  raw.close();
}

async function expectSame(msp: SmallMsp, ending: Ending): Promise<void> {
  expect(await endingOf(msp)).toEqual(ending);
  expect(await msp.ask('verify')).toMatchObject({ ok: true });
}

async function waitFor(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(`waited in vain: ${what}`);
}

const isWorking = async (msp: SmallMsp) => (await readLockOwner(msp.store)) !== null;

test('one instance works, the other stands by and takes over after a kill -9', async () => {
  const ending = await undisturbed(0);
  await withMspHere({ store: newPlace(), schedule }, async (msp) => {
    const first = msp.start('start');
    await waitFor(() => isWorking(msp), 'the first works');
    const second = msp.start('start');
    await waitFor(async () => second.stderr().includes('Standing by'), 'the second stands by');
    expect(second.stderr()).toMatch(/Another prepaid-hours process \(pid \d+ on .*`start`/);
    const owner = await readLockOwner(msp.store);
    first.kill('SIGKILL');
    await first.done;
    expireLease(msp.store);
    await waitFor(async () => {
      const now = await readLockOwner(msp.store);
      return now !== null && now.pid !== owner?.pid;
    }, 'the second has taken over');
    await waitFor(async () => second.stderr().includes('The service is running'), 'it runs');
    second.kill('SIGTERM');
    expect(await second.done).toMatchObject({ exitCode: 0 });
    expect(await readLockOwner(msp.store)).toBeNull();
    await settle(msp);
    await expectSame(msp, ending);
  });
}, 120_000);

test('one that was stopped for too long writes nothing more, says so and ends', async () => {
  await withMspHere({ store: newPlace(), schedule }, async (msp) => {
    const first = msp.start('start');
    await waitFor(() => isWorking(msp), 'the first works');
    const second = msp.start('start');
    await waitFor(async () => second.stderr().includes('Standing by'), 'the second stands by');
    first.kill('SIGSTOP');
    expireLease(msp.store);
    await waitFor(async () => second.stderr().includes('The service is running'), 'it runs');
    first.kill('SIGCONT');
    const ended = await first.done;
    expect(ended).toMatchObject({ exitCode: 4 });
    expect(ended.stderr).toMatch(
      /error: This process was stopped for too long, and another one works/,
    );
    second.kill('SIGTERM');
    expect(await second.done).toMatchObject({ exitCode: 0 });
  });
}, 120_000);

test('in observe mode a working instance applies an edited config, and keeps its lease', async () => {
  const observing = { mode: 'observe', store: newPlace(), schedule } as const;
  await withMspHere(observing, async (msp) => {
    const service = msp.start('start');
    await waitFor(() => isWorking(msp), 'it works');
    const settledHours = async () => {
      const { clients } = await msp.ask<{ clients: { client: string; settledSeconds: number }[] }>(
        'balances',
      );
      return (clients.find(({ client }) => client === 'Dupont')?.settledSeconds ?? 0) / 3600;
    };
    await waitFor(async () => (await settledHours()) === 1, 'its work is debited');
    msp.configure({ ...observing, workTypes: '{ excluded: [Remote] }' });
    await waitFor(async () => service.stderr().includes('were recalculated'), 'it is applied');
    await waitFor(async () => (await settledHours()) === 15, 'nothing is debited any more');
    await sleep(2_000);
    expect(await isWorking(msp)).toBe(true);
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
  });
}, 120_000);

describe.each([2, 4])('%i instances', (count) => {
  test(`killed and stopped at any time, come to the same (seed ${seed})`, async () => {
    const rounds = disturbances;
    const ending = await undisturbed(rounds);
    const random = randomFrom(seed + count);
    await withMspHere({ store: newPlace(), schedule }, async (msp) => {
      const instances: StartedCommand[] = Array.from({ length: count }, () => msp.start('start'));
      await waitFor(() => isWorking(msp), 'one of them works');
      for (let round = 0; round < rounds; round += 1) {
        addWork(msp, round);
        await sleep(random() * 1500);
        const at = Math.floor(random() * count);
        const instance = instances[at];
        if (instance === undefined) throw new Error('there is no such instance');
        if (round % 2 === 0) {
          instance.kill('SIGKILL');
          await instance.done;
          instances[at] = msp.start('start');
        } else {
          instance.kill('SIGSTOP');
          expireLease(msp.store);
          await sleep(500 + random() * 6000);
          instance.kill('SIGCONT');
        }
        expireLease(msp.store);
      }
      for (const instance of instances) instance.kill('SIGTERM');
      await Promise.all(instances.map(({ done }) => done));
      await settle(msp);
      await expectSame(msp, ending);
    });
  }, 240_000);
});

test(
  `the server, restarted ${restarts} times under load, loses and doubles nothing`,
  async () => {
    const ending = await undisturbed(restarts);
    const random = randomFrom(seed);
    await withMspHere({ store: newPlace(), schedule }, async (msp) => {
      let instances = [msp.start('start'), msp.start('start')];
      await waitFor(() => isWorking(msp), 'one of them works');
      for (let round = 0; round < restarts; round += 1) {
        addWork(msp, round);
        await sleep(random() * 1000);
        await server.stop();
        await sleep(random() * 500);
        await server.start();
        instances = await Promise.all(
          instances.map(async (instance) => {
            const ended = await Promise.race([instance.done, sleep(0)]);
            return ended === undefined ? instance : msp.start('start');
          }),
        );
      }
      for (const instance of instances) instance.kill('SIGTERM');
      await Promise.all(instances.map(({ done }) => done));
      await settle(msp);
      await expectSame(msp, ending);
    });
  },
  60_000 + restarts * 10_000,
);

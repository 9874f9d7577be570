import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { NoticeRequest } from '../../src/contract/notices.ts';
import { KindError } from '../../src/domain/errors.ts';
import { notifyAfterRun } from '../../src/service/notify/notify.ts';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const webhook = 'https://hooks.example/T000/secret-path';
const ping = 'https://ping.example/0123-4567';
const every = '*/10 * * * *';
const schedule = {
  pull: every,
  debit: every,
  replenish: every,
  push: every,
  sweep: every,
  reconcile: every,
};

let bench: CoreBench;
let sent: NoticeRequest[];
let isDown: boolean;

beforeEach(async () => {
  bench = await CoreBench.open({ clients: [clientOf({ openingBlocks: [openingOf(10)] })] });
  const vendor = { name: 'psa', vendor: {} as never, settings: {} };
  const connections = new Map([['psa', vendor]]);
  const notify = { webhook, ping, client: null, after: 3 };
  bench.app.config = { ...bench.app.config, schedule, connections, notify };
  [sent, isDown] = [[], false];
});
afterEach(() => bench.close());

/** A run with what follows it: the addresses that were called, and of a webhook what it was told. */
async function run(): Promise<string[]> {
  bench.advance(60);
  const before = sent.length;
  const send = async (request: NoticeRequest) => {
    sent.push(request);
    if (isDown) throw new KindError('transient', 'no answer');
  };
  await bench.runWith(['pull', 'debit', 'replenish', 'push'], {
    afterRun: (app, result, signal) => notifyAfterRun(app, result, send, signal),
  });
  return sent.slice(before).map(({ method, url, body }) => {
    if (url === ping) return `${method} ping`;
    const { event, notices } = body as { event: string; notices: { subject: string }[] };
    return `${method} ${event}: ${notices.map(({ subject }) => subject).join(', ')}`;
  });
}

const failPsa = (times: number) => bench.psa.fail('tickets', 'transient', { times });

test('after three failed runs the webhook is called once, and once when it works again', async () => {
  expect(await run()).toEqual(['GET ping']);
  failPsa(5);
  expect(await run()).toEqual([]);
  expect(await run()).toEqual([]);
  expect(await run()).toEqual(['POST problem: pull psa']);
  expect(sent.at(-1)?.body).toMatchObject({
    text: expect.stringMatching(/^prepaid-hours: pull psa: 3 runs in a row failed: scripted/),
    notices: [{ since: expect.any(String), fix: expect.stringContaining('prepaid-hours check') }],
  });
  expect(await run()).toEqual([]);
  expect(await run()).toEqual([]);
  expect(await run()).toEqual(['POST recovered: pull psa', 'GET ping']);
  expect(await run()).toEqual(['GET ping']);
  failPsa(3);
  for (let count = 0; count < 2; count += 1) expect(await run()).toEqual([]);
  expect(await run()).toEqual(['POST problem: pull psa']);
});

test('a short failure is not notified, and only holds back the ping', async () => {
  await run();
  failPsa(2);
  expect([await run(), await run(), await run()]).toEqual([[], [], ['GET ping']]);
});

test('what could not be sent is sent later, unless it is over by then', async () => {
  failPsa(5);
  await run();
  await run();
  isDown = true;
  expect(await run()).toEqual(['POST problem: pull psa']);
  expect(bench.logs).toContainEqual({
    message: 'A notice could not be sent.',
    detail: { kind: 'webhook', reason: 'no answer' },
  });
  isDown = false;
  expect(await run()).toEqual(['POST problem: pull psa']);
  await run();
  isDown = true;
  expect(await run()).toEqual(['POST recovered: pull psa', 'GET ping']);
  isDown = false;
  expect(await run()).toEqual(['POST recovered: pull psa', 'GET ping']);

  failPsa(3);
  isDown = true;
  for (let count = 0; count < 3; count += 1) await run();
  isDown = false;
  expect(await run()).toEqual(['GET ping']);
});

test('a message that failed or is stuck is notified with its command until it is decided', async () => {
  await run();
  bench.spoil(`INSERT INTO push_message (key, kind, client_id, connection, payload, status,
    next_attempt_at, created_at, last_error, run_id)
    VALUES ('ph:1', 'invoice', '${bench.clientId()}', 'psa', '{}', 'dead', '', '2026-03-02T08:00:00.000Z', 'No product.', 'r')`);
  expect(await run()).toEqual(['POST problem: message ph:1', 'GET ping']);
  expect(sent.at(-2)?.body).toMatchObject({
    notices: [
      {
        text: 'The invoice for Dupont to psa failed: No product.',
        fix: expect.stringContaining('prepaid-hours outbox retry ph:1'),
      },
    ],
  });
  await bench.app.store.cancelMessage('ph:1', '2026-03-02T09:00:00.000Z');
  expect(await run()).toEqual(['POST recovered: message ph:1', 'GET ping']);
});

test('nobody is notified where the config asks for nobody', async () => {
  bench.app.config = { ...bench.app.config, notify: null };
  failPsa(4);
  for (let count = 0; count < 4; count += 1) expect(await run()).toEqual([]);
});

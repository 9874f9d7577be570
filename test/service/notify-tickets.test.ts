import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { notifyAfterRun } from '../../src/service/notify/notify.ts';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const every = '*/10 * * * *';
const client = { connection: 'psa', sourceId: '2' };

let bench: CoreBench;

beforeEach(async () => {
  bench = await CoreBench.open({
    clients: [
      clientOf({
        sourceIds: new Map([
          ['psa', '1'],
          ['rmm', '1'],
        ]),
        openingBlocks: [openingOf(10)],
      }),
    ],
  });
  const vendor = { vendor: {} as never, settings: {} };
  const connections = new Map(['psa', 'rmm'].map((name) => [name, { name, ...vendor }]));
  const notify = { webhook: null, ping: null, client, after: 3 };
  const schedule = { pull: every, debit: every, replenish: every, push: every };
  bench.app.config = {
    ...bench.app.config,
    schedule: { ...schedule, sweep: every, reconcile: every },
    connections,
    notify,
  };
});
afterEach(() => bench.close());

async function run(seconds = 60): Promise<string> {
  bench.advance(seconds);
  const { run } = await bench.runWith(['pull', 'debit', 'replenish', 'push'], {
    afterRun: (app, result, signal) => notifyAfterRun(app, result, async () => {}, signal),
  });
  return run;
}

async function runTimes(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await run();
}

const tickets = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message);
const failRmm = (times: number) => bench.rmm.fail('tickets', 'transient', { times });

/** A message that the PSA rejected, as the outbox keeps it. */
function addDead(key: string): void {
  bench.spoil(`INSERT INTO push_message (key, kind, client_id, connection, payload, status,
    next_attempt_at, created_at, last_error, run_id)
    VALUES ('${key}', 'invoice', '${bench.clientId()}', 'psa', '{}', 'dead', '', '2026-03-02T08:00:00.000Z', 'No product.', 'r')`);
}

test('after three failed runs one ticket is opened, and closed once it works again', async () => {
  await run();
  failRmm(5);
  await runTimes(2);
  expect(tickets()).toEqual([]);
  await runTimes(3);
  expect(tickets()).toEqual([
    {
      key: 'ph:notice:2026-03-02T08:04:00.000Z',
      clientId: '2',
      subject: 'prepaid-hours needs attention: pull rmm',
      body: expect.stringMatching(
        /^pull rmm: 3 runs in a row failed: scripted.*prepaid-hours check/s,
      ),
    },
  ]);
  expect(bench.psa.withdrawn).toEqual([]);
  await runTimes(2);
  const closed = [{ remoteId: 'alert-ticket-1', reason: expect.stringContaining('is over') }];
  expect(bench.psa.withdrawn).toEqual(closed);
  failRmm(3);
  await runTimes(5);
  expect(tickets()).toHaveLength(2);
  expect(bench.psa.withdrawn).toHaveLength(2);
  expect(bench.psa.sentOf('ticket-note')).toEqual([]);
});

test('a PSA that cannot close a ticket gets a note on it', async () => {
  bench.psa.withdrawable.clear();
  bench.app.connectors = new Map([...bench.app.connectors, ['psa', bench.psa.connector()]]);
  await run();
  failRmm(3);
  await runTimes(6);
  expect(tickets()).toHaveLength(1);
  expect(bench.psa.sentOf('ticket-note').map(({ message }) => message)).toEqual([
    {
      key: 'ph:notice:2026-03-02T08:04:00.000Z:end',
      clientId: '2',
      ticketId: 'alert-ticket-1',
      audience: 'internal',
      body: expect.stringContaining('is over'),
    },
  ]);
});

test('lost answers open one ticket and close it once', async () => {
  await run();
  failRmm(4);
  bench.psa.loseAnswer('alert-ticket');
  bench.psa.loseAnswer('alert-ticket', 'withdraw');
  bench.psa.searchLagSeconds = 80;
  await runTimes(3);
  for (let count = 0; count < 4; count += 1) await run(200);
  expect(tickets()).toHaveLength(1);
  expect(bench.psa.withdrawn).toHaveLength(1);
  const rows = await bench.app.store.listMessages({ clientId: 'notify.client' });
  expect(rows.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
});

test('a PSA that is down gets its ticket when it is back, unless all is over by then', async () => {
  await run();
  failRmm(9);
  bench.psa.fail('find alert-ticket', 'transient', { times: 2 });
  await runTimes(4);
  expect(tickets()).toEqual([]);
  await run(600);
  await run(600);
  expect(tickets()).toHaveLength(1);
  await runTimes(5);
  expect(bench.psa.withdrawn).toHaveLength(1);

  bench.psa.fail('tickets', 'transient', { times: 4 });
  bench.psa.fail('find alert-ticket', 'transient', { times: 2 });
  await runTimes(4);
  await run(7200);
  await run(7200);
  expect(tickets()).toHaveLength(1);
  const rows = await bench.app.store.listMessages({ clientId: 'notify.client' });
  expect(rows.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'cancelled']);
});

test('rejected messages share a ticket, and a rejected ticket opens no other', async () => {
  await run();
  addDead('ph:1');
  addDead('ph:2');
  await runTimes(2);
  const subjects = ['prepaid-hours needs attention: message ph:1 and 1 more'];
  expect(tickets().map((message) => 'subject' in message && message.subject)).toEqual(subjects);
  await bench.app.store.cancelMessage('ph:1', '2026-03-02T09:00:00.000Z');
  await run();
  expect(bench.psa.withdrawn).toEqual([]);
  await bench.app.store.cancelMessage('ph:2', '2026-03-02T09:00:00.000Z');
  await run();
  expect(bench.psa.withdrawn).toHaveLength(1);

  bench.psa.fail('create alert-ticket', 'rejected');
  addDead('ph:3');
  await runTimes(3);
  expect(tickets()).toHaveLength(1);
  expect(await bench.app.store.listMessages({ statuses: ['dead'] })).toHaveLength(2);
  expect(await bench.app.store.listNotices()).toHaveLength(2);
  await bench.app.store.cancelMessage('ph:3', '2026-03-02T09:00:00.000Z');
  await run();
  expect(await bench.app.store.listMessages({ statuses: ['dead'] })).toEqual([]);
});

test('observe mode opens and closes nothing', async () => {
  await run();
  bench.setMode('observe');
  failRmm(4);
  await runTimes(4);
  expect(await bench.app.store.listMessages({})).toEqual([]);
  expect(await bench.app.store.listNotices()).toHaveLength(1);
});

test('undoing the run after which it was opened leaves the ticket alone', async () => {
  await run();
  failRmm(3);
  await runTimes(2);
  const third = await run();
  expect(tickets()).toHaveLength(1);
  await bench.undo(third);
  expect(bench.psa.withdrawn).toEqual([]);
});

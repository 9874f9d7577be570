import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { nextSlots } from '../../src/service/schedule/slots.ts';
import { readStatus, type Status } from '../../src/service/status/status.ts';
import { ageText } from '../../src/service/status/words.ts';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

const schedule = {
  pull: '*/10 * * * *',
  debit: '2-59/10 * * * *',
  replenish: '4-59/10 * * * *',
  push: '*/2 * * * *',
  sweep: '15 3 * * *',
  reconcile: '30 3 * * *',
};

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ clients: [clientOf({ openingBlocks: [openingOf(10)] })] });
  const vendor = { name: 'psa', vendor: {} as never, settings: {} };
  const connections = new Map([
    ['psa', vendor],
    ['rmm', { ...vendor, name: 'rmm' }],
  ]);
  bench.app.config = { ...bench.app.config, schedule, connections };
});
afterEach(() => bench.close());

const subjects = ({ problems }: Status) =>
  problems.map(({ kind, subject }) => `${kind} ${subject}`);
const read = () => readStatus(bench.app);
const stepOf = ({ steps }: Status, step: string, connection: string | null = null) =>
  steps.find((one) => one.step === step && one.connection === connection);

test('before anything has run, that is the one problem, with what to do', async () => {
  const status = await read();
  expect(subjects(status)).toEqual(['late service']);
  expect(status.problems[0]?.fix).toContain('prepaid-hours run');
  expect(status.steps.map(({ state }) => state)).toEqual(Array(6).fill('never'));
});

test('after a run all is well, with the age of each step and connection, and when it runs next', async () => {
  await bench.run();
  bench.advance(90);
  const status = await read();
  expect(status).toMatchObject({ ok: true, problems: [], service: null });
  // It is 08:02:30 UTC, 09:02:30 in Paris.
  expect(stepOf(status, 'pull', 'psa')).toMatchObject({ state: 'ok', ageSeconds: 90, failures: 0 });
  expect(stepOf(status, 'push')).toMatchObject({ nextRunAt: '2026-03-02T08:04:00.000Z' });
  expect(stepOf(status, 'sweep')).toMatchObject({
    state: 'never',
    nextRunAt: '2026-03-03T02:15:00.000Z',
  });
});

test('a step is late once its last success is older than twice its schedule', async () => {
  await bench.run();
  bench.at('2026-03-02T08:20:30.000Z');
  expect((await read()).ok).toBe(true);
  bench.at('2026-03-02T08:25:01.000Z');
  const status = await read();
  // One `run` does these steps together, so each may be as old as the slowest.
  expect(subjects(status)).toEqual([
    'late pull psa',
    'late pull rmm',
    'late debit',
    'late replenish',
    'late push',
  ]);
  expect(status.problems[0]).toMatchObject({
    text: 'Last success 24 min ago, longer than twice its schedule.',
    fix: expect.stringContaining('No service is running. Start it with `prepaid-hours start`'),
  });
  bench.at('2026-03-04T02:16:30.000Z');
  expect(subjects(await read())).toContain('late sweep');
  await bench.run('sweep', 'reconcile');
  await bench.run();
  expect((await read()).ok).toBe(true);
});

test('a connection that fails is named with its reason until it succeeds again', async () => {
  await bench.run();
  bench.psa.fail('tickets', 'transient', { times: 2 });
  await bench.run();
  await bench.run();
  const status = await read();
  expect(subjects(status)).toEqual(['failed pull psa']);
  expect(status.problems[0]?.text).toContain('2 runs in a row failed: scripted transient');
  expect(stepOf(status, 'pull', 'psa')).toMatchObject({ failures: 2, failedRuns: 2, runs: 3 });
  expect(stepOf(status, 'pull', 'rmm')).toMatchObject({ state: 'ok', failures: 0 });
  bench.advance(3600);
  expect(subjects(await read())[0]).toBe('late pull psa');
  await bench.run();
  expect((await read()).ok).toBe(true);
});

test.each([
  ['over a weekend', '*/10 8-18 * * 1-5', '2026-03-06T17:50:00Z', ['09T07:00', '09T07:10']],
  ['on the day an hour is skipped', '30 2 * * *', '2026-03-28T12:00:00Z', ['29T01:30', '30T00:30']],
  ['every second', '* * * * * *', '2026-03-02T08:00:00Z', ['02T08:00', '02T08:00']],
])('the next times of a schedule: %s', async (_, expression, from, expected) => {
  const slots = await nextSlots(expression, 'Europe/Paris', Date.parse(from), 2);
  expect(slots.map((ms) => new Date(ms).toISOString().slice(8, 16))).toEqual(expected);
});

test('a schedule that does not come round for years has no next time', async () => {
  expect(await nextSlots('0 0 29 2 *', 'Europe/Paris', Date.parse('2026-03-02'), 1)).toEqual([]);
});

test.each([
  [90, '90 s'],
  [120, '2 min'],
  [7199, '119 min'],
  [7200, '2 h'],
  [172_800, '2 days'],
])('an age of %d seconds reads %s', (seconds, text) => {
  expect(ageText(seconds)).toBe(text);
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T09:00:00.000Z`;

/** Twenty closed tickets of an hour each, in a PSA that never tells of deleted time. */
beforeEach(async () => {
  const martin = clientOf({
    name: 'Martin',
    sourceIds: new Map([['psa', '2']]),
    openingBlocks: [openingOf(10)],
  });
  bench = await CoreBench.open({ clients: [clientOf({ openingBlocks: [openingOf(30)] }), martin] });
  for (let number = 1; number <= 20; number += 1) {
    const id = String(number);
    bench.psa.ticket(id, { clientId: number <= 15 ? '1' : '2' });
    bench.psa.log(id, id, day(number), 60);
    bench.psa.close(id);
  }
  bench.at('2026-03-25T08:00:00.000Z');
  await bench.run();
});

function removeAll(from: number, to: number): void {
  for (let id = from; id <= to; id += 1) bench.psa.removeEntry(String(id));
}

function hideAll(from: number, to: number): void {
  for (let id = from; id <= to; id += 1) bench.psa.hidden.add(String(id));
}

async function sweep(acceptedSweeps: string[] = []) {
  bench.advance(60);
  const { steps } = await bench.runWith(['sweep', 'debit'], { acceptedSweeps });
  return steps.find(({ step, connection }) => step === 'sweep' && connection === 'psa');
}

describe('an entry that was deleted', () => {
  test('is found by the sweep, and its hours come back', async () => {
    removeAll(3, 3);
    await bench.run();
    expect(await bench.hours()).toEqual([15, 0]);
    expect(await sweep()).toMatchObject({ rows: 19, changed: 1, error: null });
    expect(await bench.hours()).toEqual([16, 0]);
    expect((await bench.story()).slice(-1)).toEqual(['+1 reversal']);
  });

  test('is gone once, however often one looks', async () => {
    removeAll(3, 3);
    await sweep();
    const before = bench.dump();
    expect(await sweep()).toMatchObject({ changed: 0 });
    expect(bench.dump()).toEqual(before);
  });

  test('outside of the window stays as it was', async () => {
    removeAll(1, 2);
    bench.at('2026-06-01T08:00:00.000Z');
    expect(await sweep()).toMatchObject({ rows: 0, changed: 0 });
    expect(await bench.hours()).toEqual([15, 0]);
  });

  test('and brought back is debited again', async () => {
    const [gone] = bench.psa.timeEntries.filter(({ sourceId }) => sourceId === '3');
    removeAll(3, 3);
    await sweep();
    bench.psa.timeEntries.push({ ...(gone as NonNullable<typeof gone>), updatedAt: bench.psa.now });
    await bench.run();
    expect(await bench.hours()).toEqual([15, 0]);
  });
});

describe('time that was taken for deleted and is seen again', () => {
  test('is debited again after one sweep, though nothing says that it changed', async () => {
    bench.psa.isCountHonest = false;
    bench.advance(86_400);
    await bench.run();
    hideAll(16, 17);
    expect(await sweep()).toMatchObject({ changed: 2 });
    expect(await bench.hours('Martin')).toEqual([7, 0]);
    bench.psa.hidden.clear();
    await bench.run();
    expect(await bench.hours('Martin')).toEqual([7, 0]);
    expect(await sweep()).toMatchObject({ changed: 0 });
    await bench.run();
    expect(await bench.hours('Martin')).toEqual([5, 0]);
    expect(await bench.hours()).toEqual([15, 0]);
  });

  test('is debited again where time is read ticket by ticket and no list of ids is there', async () => {
    await bench.close();
    bench = await CoreBench.open({
      isTimePerTicket: true,
      listsNoIds: true,
      clients: [clientOf({ openingBlocks: [openingOf(30)] })],
    });
    for (const id of ['1', '2']) {
      bench.psa.ticket(id);
      bench.psa.log(id, id, day(Number(id)), 60);
      bench.psa.close(id);
    }
    await bench.run();
    bench.psa.hidden.add('1');
    bench.psa.editTicket('1', {});
    await bench.run();
    expect(await bench.hours()).toEqual([29, 0]);
    bench.psa.hidden.clear();
    await bench.run();
    await sweep();
    expect(await bench.hours()).toEqual([28, 0]);
  });
});

describe('where time is read ticket by ticket, most of a client’s', () => {
  beforeEach(async () => {
    await bench.close();
    bench = await CoreBench.open({
      isTimePerTicket: true,
      listsNoIds: true,
      clients: [clientOf({ openingBlocks: [openingOf(30)] })],
    });
    for (let number = 1; number <= 5; number += 1) {
      const id = String(number);
      bench.psa.ticket(id);
      bench.psa.log(id, id, day(number), 60);
      bench.psa.close(id);
    }
    bench.at('2026-03-25T08:00:00.000Z');
    await bench.run();
    hideAll(1, 5);
    for (const { sourceId } of bench.psa.tickets) bench.psa.editTicket(sourceId, {});
  });

  test('is not taken for deleted because its tickets answer with none, and is told', async () => {
    const { steps } = await bench.run();
    const { error } = steps.find(({ step }) => step === 'pull') ?? {};
    expect(error).toMatch(/Most time entries of client 1 are missing/);
    expect(await bench.hours()).toEqual([25, 0]);
    bench.psa.hidden.clear();
    const again = await bench.run();
    expect(again.steps.find(({ step }) => step === 'pull')).toMatchObject({ error: null });
    expect(await bench.hours()).toEqual([25, 0]);
  });

  test('is gone once a person agrees', async () => {
    await bench.run();
    expect(await sweep(['psa'])).toMatchObject({ changed: 5, error: null });
    expect(await bench.hours()).toEqual([30, 0]);
    expect((await bench.run()).steps.every(({ error }) => error === null)).toBe(true);
  });
});

describe('nothing is removed', () => {
  test('where the vendor counts more than it lists', async () => {
    hideAll(3, 3);
    const result = await sweep();
    expect(result?.error).toMatch(/counts 20 time entries but lists 19/);
    expect(await bench.hours()).toEqual([15, 0]);
  });

  test('where more than the set share is missing, until a person agrees to just that', async () => {
    bench.psa.isCountHonest = false;
    hideAll(1, 5);
    expect((await sweep())?.error).toMatch(
      /no longer lists 5 time entries \(5 h, 25 % of mirrored/,
    );
    expect(await bench.hours()).toEqual([15, 0]);
    hideAll(6, 6);
    expect((await sweep(['psa']))?.error).toMatch(/no longer lists 6 time entries/);
    expect(await sweep(['psa'])).toMatchObject({ changed: 6, error: null });
    expect(await bench.hours()).toEqual([21, 0]);
  });

  test.each([
    ['all', 20],
    ['most', 18],
  ])('where a client would lose %s it has, small as its share may be', async (_, last) => {
    bench.app.config = { ...bench.app.config, sweep: { days: 62, percentMax: 50 } };
    bench.psa.isCountHonest = false;
    hideAll(16, last);
    expect((await sweep())?.error).toMatch(/including most of client 2’s time/);
    expect(await bench.hours('Martin')).toEqual([5, 0]);
    expect(await sweep(['psa'])).toMatchObject({ changed: last - 15, error: null });
    expect(await bench.hours('Martin')).toEqual([5 + last - 15, 0]);
  });

  test('where the list breaks off', async () => {
    removeAll(3, 3);
    bench.psa.fail('present', 'transient');
    expect((await sweep())?.error).toMatch(/scripted transient/);
    expect(await bench.hours()).toEqual([15, 0]);
    expect(await sweep()).toMatchObject({ changed: 1 });
  });
});

test('time that changed while it was hidden is read again once it is seen, and only then', async () => {
  bench.psa.ticket('21', { updatedAt: '2026-03-24T09:00:00.000Z' });
  bench.psa.log('21', '21', day(21), 60, { updatedAt: '2026-03-24T09:00:00.000Z' });
  bench.psa.editTicket('21', {
    isClosed: true,
    closedAt: day(24),
    status: 'Closed',
    updatedAt: '2026-03-24T09:00:00.000Z',
  });
  // The watermark has passed all of that by now.
  bench.advance(3600);
  await bench.run();
  expect(await bench.hours()).toEqual([15, 0]);
  await sweep();
  // One sweep cannot tell it from time that was logged since the last pull.
  expect(bench.logs.filter(({ message }) => /hidden from the API user/.test(message))).toEqual([]);
  await bench.run();
  await sweep();
  expect(bench.logs.filter(({ message }) => /hidden from the API user/.test(message))).toHaveLength(
    1,
  );
  await bench.run();
  expect(await bench.hours()).toEqual([14, 0]);
  const asked = bench.psa.asked.length;
  await sweep();
  await bench.run();
  expect(bench.logs.filter(({ message }) => /hidden from the API user/.test(message))).toHaveLength(
    1,
  );
  expect(bench.psa.asked.slice(asked).every(({ since }) => since > day(24))).toBe(true);
});

test('time that was logged since the last pull, night after night, has nothing read again', async () => {
  for (const id of [21, 22, 23]) {
    bench.psa.ticket(String(id));
    bench.psa.log(String(id), String(id), day(id), 60);
    bench.psa.close(String(id));
    await sweep();
    await bench.run();
  }
  expect(await bench.hours()).toEqual([12, 0]);
  expect(bench.logs.filter(({ message }) => /hidden from the API user/.test(message))).toEqual([]);
});

test('a first sweep that nobody has been asked about is not accepted in advance', async () => {
  bench.psa.isCountHonest = false;
  hideAll(1, 5);
  expect((await sweep(['psa']))?.error).toMatch(/no longer lists 5/);
});

test('time ticket by ticket: a hidden entry that is seen later is read with its ticket, which did not change', async () => {
  await bench.close();
  bench = await CoreBench.open({
    isTimePerTicket: true,
    clients: [clientOf({ openingBlocks: [openingOf(30)] })],
  });
  bench.psa.ticket('1');
  bench.psa.close('1');
  bench.at('2026-03-25T08:00:00.000Z');
  await bench.run();
  bench.psa.log('1', '1', day(20), 60, { updatedAt: '2026-03-21T09:00:00.000Z' });
  await bench.run();
  await sweep();
  expect(await bench.hours()).toEqual([30, 0]);
  await sweep();
  await bench.run();
  expect(await bench.hours()).toEqual([29, 0]);
});

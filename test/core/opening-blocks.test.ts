import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCheck } from '../../src/service/check/check.ts';
import { extendBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open();
  await bench.run();
});
afterEach(() => bench.close());

const conflicts = () => bench.logs.filter(({ message }) => message.includes('opening block'));

test('an opening block is credited once, however often the config is read', async () => {
  await bench.run();
  await bench.configure([clientOf()]);
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase']);
  expect(conflicts()).toEqual([]);
});

const configureBlock = (...blocks: ReturnType<typeof openingOf>[]) =>
  bench.configure([clientOf({ openingBlocks: blocks })]);

async function firstBlock() {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  return ledger?.blocks[0];
}

test.each([
  ['rate', openingOf(10, { rateMinor: 11000 })],
  ['priority', openingOf(10, { priority: 2 })],
  ['purchasedOn', openingOf(10, { purchasedOn: '2026-01-02' })],
  ['workTypes', openingOf(10, { workTypes: ['Remote'] })],
  ['kind', openingOf(0, { seconds: 0, amountMinor: 50_000 })],
])(
  'a changed %s is refused aloud by every run and by check, and changes nothing',
  async (field, block) => {
    await configureBlock(block);
    await bench.run();
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase']);
    expect(conflicts()).toHaveLength(2);
    expect(conflicts()[0]?.detail).toMatchObject({
      client: 'Dupont',
      reason: expect.stringContaining(field),
    });
    const { signal } = new AbortController();
    const { lines } = await runCheck(bench.app, { isOffline: true, probeClient: null, signal });
    expect(lines).toContainEqual(
      expect.objectContaining({ id: 'opening-block', detail: expect.stringContaining(field) }),
    );
  },
);

test('a line that is gone while hours are left is told, and no longer once they are withdrawn', async () => {
  await configureBlock();
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase']);
  expect(conflicts()).toHaveLength(1);
  await voidBlock(bench.app, { blockId: (await firstBlock())?.id ?? '', reason: 'wrong' });
  await bench.run();
  expect(conflicts()).toHaveLength(1);
});

test('changed hours become an adjustment of the day, once, up and down', async () => {
  await configureBlock(openingOf(12));
  await bench.run();
  await bench.run();
  await configureBlock(openingOf(9));
  await bench.run();
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '+2 adjustment', '-3 adjustment']);
  expect((await bench.ledger()).map(({ note }) => note)).toEqual([
    ...['opening', '10 h → 12 h', '12 h → 9 h'],
  ]);
  expect((await bench.ledger())[1]?.workedOn).toBe('2026-03-02');
  expect(conflicts()).toEqual([]);
});

test('hours lowered below what is left are refused aloud, and applied once there is enough', async () => {
  bench.psa.log('e1', null, '2026-03-02T09:00:00.000Z', 5 * 60, { clientId: '1' });
  await bench.run();
  await configureBlock(openingOf(4));
  await bench.run();
  expect(await bench.hours()).toEqual([5, 0]);
  expect(conflicts()[0]?.detail).toMatchObject({ reason: 'Only 5 h are left.' });
  await configureBlock(openingOf(5));
  await bench.run();
  expect(await bench.hours()).toEqual([0, 0]);
});

test('raised hours pay overage first', async () => {
  bench.psa.log('e1', null, '2026-03-02T09:00:00.000Z', 12 * 60, { clientId: '1' });
  await bench.run();
  expect(await bench.hours()).toEqual([-2, 0]);
  await configureBlock(openingOf(15));
  await bench.run();
  expect(await bench.balance()).toMatchObject({ settledSeconds: 3 * 3600, overageSeconds: 0 });
});

test('the amount of a block of money follows the config as well', async () => {
  const money = openingOf(0, { seconds: 0, amountMinor: 50_000, rateMinor: 0 });
  await bench.configure([
    clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]), openingBlocks: [money] }),
  ]);
  await bench.run();
  const raised = { ...money, amountMinor: 60_000 };
  await bench.configure([
    clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]), openingBlocks: [raised] }),
  ]);
  await bench.run();
  await bench.run();
  const entries = await bench.ledger('Martin');
  expect(entries.map(({ side, minor, note }) => [side, minor, note])).toEqual([
    ['credit', 50_000, 'opening'],
    ['credit', 10_000, '€500.00 → €600.00'],
  ]);
});

test('a changed last day is moved, with the hours that had ended, and a new day ends them again', async () => {
  await configureBlock(openingOf(10, { expiresOn: '2026-03-31' }));
  await bench.run();
  bench.at('2026-04-02T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([0, 0]);
  await configureBlock(openingOf(11, { expiresOn: '2026-06-30' }));
  await bench.run();
  await bench.run();
  expect(await bench.hours()).toEqual([11, 0]);
  expect((await firstBlock())?.expiresOn).toBe('2026-06-30');
  await configureBlock(openingOf(11, { expiresOn: '2026-04-01' }));
  await bench.run();
  expect(await bench.story()).toEqual([
    ...['+10 purchase', '-10 expiry', '+10 reversal', '+1 adjustment', '-11 expiry'],
  ]);
  expect(conflicts()).toEqual([]);
});

test('a last day that was moved by hand holds until the config names another', async () => {
  await configureBlock(openingOf(10, { expiresOn: '2026-03-31' }));
  await bench.run();
  const blockId = (await firstBlock())?.id ?? '';
  await extendBlock(bench.app, { blockId, expiresOn: '2026-06-30', reason: 'asked for' });
  await configureBlock(openingOf(12, { expiresOn: '2026-03-31' }));
  await bench.run();
  await bench.run();
  expect(await firstBlock()).toMatchObject({ expiresOn: '2026-06-30', remainingSeconds: 43_200 });
  await configureBlock(openingOf(12, { expiresOn: '2026-04-30' }));
  await bench.run();
  expect(await firstBlock()).toMatchObject({ expiresOn: '2026-04-30', remainingSeconds: 43_200 });
  expect(conflicts()).toEqual([]);
});

test('a block that has not begun follows the config without a posting', async () => {
  await configureBlock(openingOf(10), openingOf(5, { purchasedOn: '2026-04-01' }));
  await bench.run();
  await configureBlock(openingOf(10), openingOf(6, { purchasedOn: '2026-03-02' }));
  await bench.run();
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '+6 purchase']);
  expect(conflicts()).toEqual([]);
});

test('an adjustment that an undo took back is posted again, the config being as it is', async () => {
  for (const hours of [12, 9]) {
    await configureBlock(openingOf(hours));
    await bench.undo(await bench.run());
    await bench.run();
    expect(await bench.hours()).toEqual([hours, 0]);
  }
  expect(await bench.story()).toEqual([
    ...['+10 purchase', '+2 adjustment', '-2 reversal', '+2 adjustment'],
    ...['-3 adjustment', '+3 reversal', '-3 adjustment'],
  ]);
});

test('a lowered block whose purchase is undone comes back as the config has it', async () => {
  const [first] = await bench.ledger();
  await configureBlock(openingOf(9));
  await bench.run();
  await bench.undo(first?.runId ?? '');
  expect(await bench.hours()).toEqual([0, 0]);
  await bench.run();
  expect(await bench.hours()).toEqual([9, 0]);
});

test('a line added beside the old one is another block, of the same day too', async () => {
  await bench.configure([clientOf({ openingBlocks: [openingOf(10), openingOf(5)] })]);
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '+5 purchase']);
  expect(conflicts()).toEqual([]);
});

test('a line of another day counts once the wrong one was voided by hand', async () => {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
  await voidBlock(bench.app, { blockId: ledger?.blocks[0]?.id ?? '', reason: 'wrong day' });
  await bench.configure([
    clientOf({ openingBlocks: [openingOf(6, { purchasedOn: '2026-02-01' })] }),
  ]);
  await bench.run();
  expect(await bench.hours()).toEqual([6, 0]);
});

test('an opening block that comes after the work pays off what was overdrawn', async () => {
  await bench.configure([clientOf({ startOn: '2026-01-01', openingBlocks: [] })]);
  bench.psa.ticket('1');
  bench.psa.log('e1', '1', '2026-03-02T09:00:00.000Z', 12 * 60);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([-2, 0]);
  await bench.configure([clientOf({ openingBlocks: [openingOf(10), openingOf(10)] })]);
  await bench.run();
  expect(await bench.hours()).toEqual([8, 0]);
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { voidBlock } from '../../src/service/manual.ts';
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

test.each([
  ['hours', openingOf(12)],
  ['price', openingOf(10, { rateMinor: 11000 })],
  ['expiry', openingOf(10, { expiresOn: '2026-12-31' })],
  ['priority', openingOf(10, { priority: 2 })],
  ['day of purchase', openingOf(10, { purchasedOn: '2026-01-02' })],
])('a changed %s is told and credits nothing a second time', async (_, block) => {
  await bench.configure([clientOf({ openingBlocks: [block] })]);
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase']);
  expect(conflicts()[0]?.detail).toMatchObject({ client: 'Dupont' });
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

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rebuildRehearsal } from '../../src/service/app/rehearsal.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { openStore } from '../../src/store/open.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';
import { isOnPostgres } from '../support/databases.ts';

const travelIsFree = agreementOf({
  workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' },
});

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ mode: 'observe' });
  bench.psa.ticket('100');
  bench.psa.log('1', '100', '2026-03-02T08:00:00.000Z', 60);
  bench.psa.log('2', '100', '2026-03-02T09:00:00.000Z', 120, { workType: 'Travel' });
  bench.psa.close('100');
  await bench.run();
});
afterEach(() => bench.close());

/** What `run` does once it has read a changed config file. */
async function runWithConfig(...clients: Parameters<CoreBench['configure']>[0]) {
  await bench.configure(clients);
  bench.app.store = await rebuildRehearsal(bench.app);
  return bench.run();
}

test('a corrected rule is applied to what was debited before, too', async () => {
  expect(await bench.hours()).toEqual([7, 0]);
  await runWithConfig(clientOf({ agreement: travelIsFree }));
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test('a corrected opening block takes the place of the one that was applied', async () => {
  await runWithConfig(clientOf({ openingBlocks: [openingOf(6, { purchasedOn: '2026-02-01' })] }));
  expect(await bench.story()).toEqual(['+6 purchase', '-1 usage', '-2 usage']);
  expect(bench.logs.filter(({ message }) => message.includes('all balances'))).toHaveLength(1);
});

test('an unchanged config leaves the ledger as it is', async () => {
  const before = bench.dump();
  bench.app.store = await rebuildRehearsal(bench.app);
  expect(bench.dump()).toEqual(before);
});

test('what was entered by hand is carried over, block ids included', async () => {
  const clientId = bench.clientId();
  const block = { seconds: 3600, amountMinor: null, rateMinor: 9000, priority: 1 };
  const days = { purchasedOn: '2026-03-01', expiresOn: null };
  const { blockId } = await addBlock(bench.app, { clientId, ...block, ...days, reason: 'sold' });
  bench.advance(60);
  await adjustBalance(bench.app, { clientId, seconds: 7200, reason: 'goodwill' });
  bench.advance(60);
  await voidBlock(bench.app, { blockId, reason: 'sold by mistake' });
  await runWithConfig(clientOf({ agreement: travelIsFree }));
  await runWithConfig(clientOf());
  const notes = (await bench.ledger()).map(({ reason, note }) => `${reason}: ${note}`);
  expect(notes).toEqual([
    'purchase: opening',
    'purchase: sold',
    'adjustment: goodwill',
    'refund: sold by mistake',
    'usage: null',
    'usage: null',
  ]);
  expect(await bench.hours()).toEqual([9, 0]);
  const [ledger] = await bench.app.store.readLedgers([clientId], { isAllBlocks: true });
  expect(ledger?.blocks.find(({ id }) => id === blockId)).toMatchObject({ status: 'void' });
});

test('an entry that does not fit the changed config is told, and tried again with the next change', async () => {
  const clientId = bench.clientId();
  await adjustBalance(bench.app, { clientId, seconds: 3600, reason: 'goodwill' });
  await runWithConfig(clientOf({ openingBlocks: [] }));
  const told = bench.logs.filter(({ message }) => message.includes('does not fit'));
  expect(told).toMatchObject([{ detail: { command: 'adjust' } }]);
  await runWithConfig(clientOf());
  expect(await bench.story()).toEqual(['+10 purchase', '+1 adjustment', '-1 usage', '-2 usage']);
});

test('once it has run live, a changed config leaves what is posted alone for good', async () => {
  bench.setMode('live');
  await bench.run();
  bench.setMode('observe');
  await runWithConfig(clientOf({ agreement: travelIsFree }));
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '-2 usage']);
});

test('a config that is corrected and goes live at once is applied before anything is sent', async () => {
  bench.setMode('live');
  await runWithConfig(clientOf({ agreement: travelIsFree }));
  expect(await bench.hours()).toEqual([9, 0]);
});

test('a process that reads the database holds a file up until it is done, and a server never', async () => {
  const place = bench.app.config.store;
  const reader = await openStore({ file: place, isReadOnly: true, now: Date.now });
  await bench.configure([clientOf({ agreement: travelIsFree })]);
  if (isOnPostgres) {
    bench.app.store = await rebuildRehearsal(bench.app);
    expect(await reader.listClients()).toHaveLength(1);
    await reader.close();
    await bench.run();
  } else {
    const { store } = bench.app;
    await expect(rebuildRehearsal(bench.app)).rejects.toMatchObject({ kind: 'transient' });
    await reader.close();
    bench.app.store = await openStore({ file: place, now: Date.now });
    expect(store).not.toBe(bench.app.store);
    expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '-2 usage']);
    await runWithConfig(clientOf({ agreement: travelIsFree }));
  }
  expect(await bench.hours()).toEqual([9, 0]);
});

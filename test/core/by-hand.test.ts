import { afterEach, expect, test } from '@jest/globals';
import { explain } from '../../src/reports/explain/explain.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { type AdjustRequest, adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, extendBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const general = openingOf(1, { purchasedOn: '2026-02-02' });
const remote = openingOf(5, { workTypes: ['Remote'] });
const money = openingOf(0, { amountMinor: 50_000, rateMinor: 0 });

async function openWith(...blocks: ReturnType<typeof openingOf>[]): Promise<void> {
  const agreement = agreementOf({ debitWhen: 'logged' });
  bench = await CoreBench.open({ clients: [clientOf({ openingBlocks: blocks, agreement })] });
  await bench.run();
}

function adjust(change: Partial<AdjustRequest>) {
  const clientId = bench.clientId();
  return adjustBalance(bench.app, { clientId, seconds: 0, reason: 'goodwill', ...change });
}

async function blocks() {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  return ledger?.blocks ?? [];
}

async function left(): Promise<(number | null)[]> {
  return (await blocks()).map(({ remainingSeconds, remainingMinor }) =>
    remainingMinor === null ? remainingSeconds / 3600 : remainingMinor,
  );
}

test('hours given by hand go to a block for any work, not to one that is limited', async () => {
  await openWith(remote, general);
  await adjust({ seconds: 7200 });
  expect(await left()).toEqual([5, 3]);
});

test('a limited block is changed when it is named', async () => {
  await openWith(remote, general);
  const blockId = (await blocks())[0]?.id ?? '';
  await adjust({ seconds: 3600, blockId });
  await adjust({ seconds: -7200, blockId });
  expect(await left()).toEqual([4, 1]);
});

test('where all blocks are limited, the command asks which one is meant', async () => {
  await openWith(remote);
  await expect(adjust({ seconds: 3600 })).rejects.toMatchObject({
    kind: 'config',
    fix: expect.stringMatching(/--block: b-\w+ \(Remote\)/),
  });
});

test('more than there is to take is refused, unless overage is allowed', async () => {
  await openWith(remote, general);
  await expect(adjust({ seconds: -7200 })).rejects.toMatchObject({ kind: 'config' });
  expect(await left()).toEqual([5, 1]);
  const { overageSeconds } = await adjust({ seconds: -7200, isOverageAllowed: true });
  expect(overageSeconds).toBe(3600);
  expect(await left()).toEqual([5, 0]);
});

test('money is given to and taken from blocks of money, and never below nothing', async () => {
  await openWith(money, general);
  await adjust({ minor: 5000 });
  await adjust({ minor: -2000 });
  expect(await left()).toEqual([53_000, 1]);
  await expect(adjust({ minor: -60_000 })).rejects.toMatchObject({ kind: 'config' });
  expect(await left()).toEqual([53_000, 1]);
});

test('a block of hours takes no money, and the other way round', async () => {
  await openWith(general);
  await expect(adjust({ minor: 5000 })).rejects.toMatchObject({ kind: 'config' });
  const blockId = (await blocks())[0]?.id ?? '';
  await expect(adjust({ minor: 5000, blockId })).rejects.toMatchObject({ kind: 'config' });
});

test('a block added by hand may be limited to work types', async () => {
  await openWith(general);
  const price = { seconds: 7200, amountMinor: null, rateMinor: 9000, priority: 0 };
  const days = { purchasedOn: '2026-01-15', expiresOn: null };
  const terms = { ...price, ...days, workTypes: ['On-site'], reason: 'sold' };
  await addBlock(bench.app, { clientId: bench.clientId(), ...terms });
  bench.psa.log('1', null, '2026-03-02T08:00:00.000Z', 60, { clientId: '1' });
  await bench.run();
  expect(await left()).toEqual([2, 0]);
});

test('a block whose last day is moved before it ends keeps its hours', async () => {
  await openWith(openingOf(10, { expiresOn: '2026-03-31' }));
  const blockId = (await blocks())[0]?.id ?? '';
  await extendBlock(bench.app, { blockId, expiresOn: '2026-06-30', reason: 'closed in March' });
  bench.at('2026-04-02T08:00:00.000Z');
  await bench.run();
  expect(await left()).toEqual([10]);
  bench.at('2026-07-01T08:00:00.000Z');
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-10 expiry']);
});

test('hours of a block that had ended come back with its new last day, and pay overage', async () => {
  await openWith(openingOf(10, { expiresOn: '2026-03-31' }));
  const blockId = (await blocks())[0]?.id ?? '';
  bench.at('2026-04-02T08:00:00.000Z');
  bench.psa.log('1', null, '2026-04-01T08:00:00.000Z', 120, { clientId: '1' });
  await bench.run();
  expect(await bench.hours()).toEqual([-2, 0]);
  const back = await extendBlock(bench.app, { blockId, expiresOn: null, reason: 'asked for' });
  expect(back).toMatchObject({ returnedSeconds: 36_000 });
  expect(await bench.hours()).toEqual([8, 0]);
});

test('the statement of a month that was over shows the last day that held then', async () => {
  await openWith(openingOf(10, { purchasedOn: '2026-03-02', expiresOn: '2026-06-30' }));
  const blockId = (await blocks())[0]?.id ?? '';
  bench.at('2026-04-05T08:00:00.000Z');
  const ask = () => {
    const now = new Date(bench.nowMs).toISOString();
    const request = { client: bench.client(), month: '2026-03', locale: 'en', now } as const;
    return buildStatement(bench.app.store, request);
  };
  const before = await ask();
  await extendBlock(bench.app, { blockId, expiresOn: '2026-12-31', reason: 'asked for' });
  expect(await ask()).toEqual(before);
  expect(before.blocks).toMatchObject([{ expiresOn: '2026-06-30' }]);
});

test('what was paid before a last day moved is explained by the last day that held then', async () => {
  const other = openingOf(10, { priority: 1 });
  await openWith(openingOf(10, { expiresOn: '2026-03-31' }), other);
  const blockId = (await blocks()).find(({ expiresOn }) => expiresOn !== null)?.id ?? '';
  bench.at('2026-04-02T08:00:00.000Z');
  bench.psa.log('1', null, '2026-04-01T08:00:00.000Z', 120, { clientId: '1' });
  await bench.run();
  bench.advance(60);
  await extendBlock(bench.app, { blockId, expiresOn: '2026-12-31', reason: 'asked for' });
  const [told] = await explain(bench.app.store, {
    id: '1',
    clients: bench.app.clients,
    connections: ['psa'],
    locale: null,
    fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
  });
  expect(told?.steps.find(({ step }) => step === 'blocks')?.lines[1]).toBe(
    `Skipped, expired before the work: ${blockId} (31 March 2026).`,
  );
});

test('a last day that is over, or the same, is refused', async () => {
  await openWith(openingOf(10, { expiresOn: '2026-03-31' }));
  const blockId = (await blocks())[0]?.id ?? '';
  for (const expiresOn of ['2026-03-01', '2026-03-31']) {
    const request = { blockId, expiresOn, reason: 'x' };
    await expect(extendBlock(bench.app, request)).rejects.toMatchObject({ kind: 'config' });
  }
});

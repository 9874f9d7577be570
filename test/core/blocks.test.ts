import { afterEach, describe, expect, test } from '@jest/globals';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

async function openWith(...blocks: ReturnType<typeof openingOf>[]): Promise<void> {
  bench = await CoreBench.open({ clients: [clientOf({ openingBlocks: blocks })] });
}

function closeTicket(id: string, startedAt: string, hours: number): void {
  bench.psa.ticket(id);
  bench.psa.log(`e${id}`, id, startedAt, hours * 60);
  bench.psa.close(id);
}

/** Hours that were taken from each block, by its price, newest entry last. */
async function slices(chargeId: string): Promise<string[]> {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  const entries = (await bench.ledger()).filter((entry) => entry.chargeId === chargeId);
  return entries.map((entry) => {
    const block = ledger?.blocks.find(({ id }) => id === entry.blockId);
    return `${entry.reason} ${entry.seconds / 3600} at ${block?.rateMinor ?? 'nothing'}`;
  });
}

async function buy(hours: number, expiresOn: string | null = null): Promise<string> {
  const request = {
    clientId: bench.clientId(),
    seconds: hours * 3600,
    amountMinor: null,
    rateMinor: 9900,
  };
  const { blockId } = await addBlock(bench.app, {
    ...request,
    purchasedOn: '2026-03-02',
    expiresOn,
    priority: 0,
    reason: 'sold on the phone',
  });
  return blockId;
}

const day = '2026-03-02T09:00:00.000Z';

describe('several blocks', () => {
  test('the second begins where the first is empty, as slices of one charge', async () => {
    await openWith(
      openingOf(1, { rateMinor: 100 }),
      openingOf(5, { rateMinor: 200, purchasedOn: '2026-02-01' }),
    );
    closeTicket('1', day, 2);
    await bench.run();
    expect(await slices('t:psa:1#1')).toEqual(['usage 1 at 100', 'usage 1 at 200']);
  });

  test('slices are reversed one by one, the last first', async () => {
    await openWith(
      openingOf(1, { rateMinor: 100 }),
      openingOf(5, { rateMinor: 200, purchasedOn: '2026-02-01' }),
    );
    closeTicket('1', day, 2);
    await bench.run();
    bench.psa.editEntry('e1', { seconds: 1800, endedAt: '2026-03-02T09:30:00.000Z' });
    await bench.run();
    expect(await slices('t:psa:1#1')).toEqual([
      'usage 1 at 100',
      'usage 1 at 200',
      'reversal 1 at 200',
      'reversal 1 at 100',
    ]);
    expect(await slices('t:psa:1#2')).toEqual(['usage 0.5 at 100']);
  });

  test('a block added later re-assigns nothing that was posted', async () => {
    await openWith(openingOf(5, { rateMinor: 200 }));
    closeTicket('1', day, 2);
    await bench.run();
    await buy(5, '2026-03-31');
    await bench.run();
    expect(await slices('t:psa:1#1')).toEqual(['usage 2 at 200']);
    closeTicket('2', day, 1);
    await bench.run();
    expect(await slices('t:psa:2#1')).toEqual(['usage 1 at 9900']);
  });

  test('older work takes its hours first, in whatever order the vendor told of it', async () => {
    await openWith(openingOf(1));
    closeTicket('1', '2026-03-01T09:00:00.000Z', 1);
    closeTicket('2', '2026-02-01T09:00:00.000Z', 1);
    await bench.run();
    expect(await slices('t:psa:2#1')).toEqual(['usage 1 at 12000']);
    expect(await slices('t:psa:1#1')).toEqual(['overage 1 at nothing']);
  });
});

describe('expiry', () => {
  test('comes at the end of the last day in the client’s zone, as an entry of the ledger', async () => {
    await openWith(openingOf(10, { expiresOn: '2026-03-02' }));
    bench.at('2026-03-02T22:58:00.000Z');
    await bench.run();
    expect(await bench.hours()).toEqual([10, 0]);
    bench.at('2026-03-02T23:00:00.000Z');
    await bench.run();
    expect(await bench.hours()).toEqual([0, 0]);
    expect(await bench.story()).toEqual(['+10 purchase', '-10 expiry']);
    await bench.run();
    expect(await bench.story()).toHaveLength(2);
  });

  test('takes hours that come back to the ended block, once more and once only', async () => {
    await openWith(openingOf(10, { expiresOn: '2026-03-02' }));
    closeTicket('1', day, 2);
    await bench.run();
    bench.at('2026-03-05T09:00:00.000Z');
    await bench.run();
    bench.psa.editEntry('e1', { isBillable: false });
    await bench.run();
    await bench.run();
    expect((await bench.story()).slice(1)).toEqual([
      '-2 usage',
      '-8 expiry',
      '+2 reversal',
      '-2 expiry',
    ]);
  });

  test('takes no hours from work of the block’s own days whose ticket closes later', async () => {
    await openWith(openingOf(10, { expiresOn: '2026-03-02' }));
    bench.psa.ticket('1');
    bench.psa.log('e1', '1', day, 180);
    await bench.run();
    bench.at('2026-03-03T09:00:00.000Z');
    await bench.run();
    expect(await bench.hours()).toEqual([0, 3]);
    bench.psa.close('1');
    await bench.run();
    expect(await bench.hours()).toEqual([0, 0]);
    expect(await bench.story()).toEqual([
      ...['+10 purchase', '-10 expiry', '+10 reversal', '-3 usage', '-7 expiry'],
    ]);
    // Work of the day after is not the block's, and disturbs nothing.
    closeTicket('2', '2026-03-03T08:00:00.000Z', 1);
    await bench.run();
    expect((await bench.story()).slice(5)).toEqual(['-1 overage']);
  });

  test('looks at the first day on which something was charged, not at free work before it', async () => {
    const workTypes = { covered: [], excluded: ['Travel'], unlisted: 'covered' } as const;
    const agreement = agreementOf({ workTypes });
    const openingBlocks = [openingOf(5, { expiresOn: '2026-03-02' }), openingOf(5)];
    bench = await CoreBench.open({ clients: [clientOf({ agreement, openingBlocks })] });
    bench.at('2026-03-02T20:00:00.000Z');
    bench.psa.ticket('1');
    bench.psa.log('0', '1', day, 60, { workType: 'Travel' });
    bench.psa.log('1', '1', '2026-03-03T09:00:00.000Z', 60);
    bench.psa.log('2', '1', '2026-03-03T11:00:00.000Z', 60);
    bench.psa.close('1');
    await bench.run('pull', 'debit');
    expect((await bench.ledger()).at(-1)).toMatchObject({ seconds: 7200, workedOn: '2026-03-03' });
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    bench.at('2026-03-05T09:00:00.000Z');
    await bench.run();
    expect(await bench.hours()).toEqual([3, 0]);
  });

  test('keeps a block from paying for work of a later day', async () => {
    await openWith(openingOf(10, { expiresOn: '2026-03-02' }));
    closeTicket('1', '2026-03-02T23:30:00.000Z', 1);
    await bench.run();
    expect(await slices('t:psa:1#1')).toEqual(['overage 1 at nothing']);
  });
});

describe('overage', () => {
  test('is carried, and the next block pays it off first', async () => {
    await openWith(openingOf(1));
    closeTicket('1', day, 3);
    await bench.run();
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 7200 });
    await buy(10);
    expect(await bench.hours()).toEqual([8, 0]);
    expect(await slices('t:psa:1#1')).toEqual([
      'usage 1 at 12000',
      'overage 2 at nothing',
      'reversal 2 at nothing',
      'usage 2 at 9900',
    ]);
  });

  test('that was paid off goes back to the block that paid when the work is taken back', async () => {
    await openWith(openingOf(1));
    closeTicket('1', day, 3);
    await bench.run();
    const blockId = await buy(10);
    bench.psa.reopen('1');
    await bench.run();
    expect(await bench.hours()).toEqual([11, 3]);
    const ledgers = await bench.app.store.readLedgers([bench.clientId()]);
    const block = ledgers[0]?.blocks.find(({ id }) => id === blockId);
    expect(block?.remainingSeconds).toBe(36000);
    bench.psa.close('1');
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
  });

  test('is paid in parts when the block is too small, and the rest by the one after it', async () => {
    await openWith(openingOf(1));
    closeTicket('1', day, 6);
    await bench.run();
    await buy(2);
    expect(await bench.hours()).toEqual([-3, 0]);
    await buy(10);
    expect(await bench.hours()).toEqual([7, 0]);
    bench.psa.editEntry('e1', { isBillable: false });
    await bench.run();
    expect(await bench.hours()).toEqual([13, 0]);
  });

  test('is paid by hours that other work gives back, in the same step', async () => {
    await openWith(openingOf(2));
    closeTicket('1', day, 2);
    await bench.run();
    closeTicket('2', day, 1);
    await bench.run();
    expect(await bench.hours()).toEqual([-1, 0]);
    bench.psa.editEntry('e1', { isBillable: false });
    await bench.run();
    expect(await bench.balance()).toMatchObject({ settledSeconds: 3600, overageSeconds: 0 });
  });

  test('an adjustment upwards pays it first, one downwards adds to it', async () => {
    await openWith(openingOf(1));
    closeTicket('1', day, 2);
    await bench.run();
    const clientId = bench.clientId();
    await adjustBalance(bench.app, { clientId, seconds: 3 * 3600, reason: 'goodwill' });
    expect(await bench.hours()).toEqual([2, 0]);
    await adjustBalance(bench.app, {
      clientId,
      seconds: -4 * 3600,
      isOverageAllowed: true,
      reason: 'forgotten work',
    });
    expect(await bench.hours()).toEqual([-2, 0]);
    await buy(5);
    expect(await bench.hours()).toEqual([3, 0]);
  });
});

describe('a voided block', () => {
  test('loses what is left, keeps what was used, and gets nothing back for good', async () => {
    await openWith(openingOf(10));
    closeTicket('1', day, 2);
    await bench.run();
    const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
    const blockId = ledger?.blocks[0]?.id ?? '';
    expect(await voidBlock(bench.app, { blockId, reason: 'sold twice' })).toEqual({
      removedSeconds: 8 * 3600,
      removedMinor: null,
      currency: 'EUR',
    });
    bench.psa.editEntry('e1', { seconds: 3600, endedAt: '2026-03-02T10:00:00.000Z' });
    await bench.run();
    expect(await bench.hours()).toEqual([-1, 0]);
    expect((await bench.story()).slice(2)).toEqual([
      '-8 refund',
      '+2 reversal',
      '-1 overage',
      '-2 refund',
    ]);
    await expect(voidBlock(bench.app, { blockId, reason: 'again' })).rejects.toThrow(
      /already void/,
    );
  });
});

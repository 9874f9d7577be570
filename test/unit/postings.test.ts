import { describe, expect, test } from '@jest/globals';
import { allocate, type Demand, type SpendableBlock } from '../../src/domain/blocks/allocation.ts';
import type { Posting } from '../../src/domain/ledger/ledger.ts';
import {
  type Account,
  canPayWhole,
  type OpenOverage,
  payOffOverage,
  reverseSlices,
  spend,
  takeUpEnded,
} from '../../src/domain/ledger/postings.ts';
import { creditPurchase } from '../../src/domain/ledger/purchase.ts';

function block(id: string, seconds: number, fields: Partial<SpendableBlock> = {}): SpendableBlock {
  return {
    id,
    priority: 0,
    expiresOn: null,
    purchasedOn: '2026-01-01',
    remainingSeconds: seconds,
    remainingMinor: null,
    currency: 'EUR',
    isActive: true,
    workTypes: null,
    shares: new Map(),
    ...fields,
  };
}

function account(...blocks: SpendableBlock[]): Account {
  return {
    ...{ clientId: 'dupont', blocks, orderedBlocks: new Set<string>() },
    overageSeconds: 0,
    shares: new Map(),
  };
}

/** As it stands in the ledger once posted. */
function stored(postings: readonly Posting[], firstSeq = 1): OpenOverage[] {
  return postings.map((posting, index) => ({
    ...posting,
    seq: firstSeq + index,
    clientSeq: firstSeq + index,
    postedAt: '2026-03-02T00:00:00.000Z',
    runId: 'r',
    hash: '',
    workTypes: null,
    price: null,
  }));
}

function usage(key: string, seconds: number, workedOn = '2026-03-02') {
  return {
    key,
    seconds,
    workedOn,
    workTypes: null,
    price: null,
    usedBy: null,
    chargeId: key,
    reason: 'usage' as const,
    note: null,
  };
}

function demand(seconds: number, workedOn = '2026-03-02'): Demand {
  return { seconds, workedOn, workTypes: null, price: null, usedBy: null };
}

const brief = ({ reason, blockId, seconds }: Posting) => `${reason} ${blockId ?? '-'} ${seconds}`;

describe('blocks pay', () => {
  test.each([
    ['by priority first', { priority: 1 }, { priority: 0, expiresOn: null }, 'b'],
    ['then what expires first', { expiresOn: '2026-12-31' }, { expiresOn: '2026-06-30' }, 'b'],
    ['what never expires last', { expiresOn: null }, { expiresOn: '2030-01-01' }, 'b'],
    ['then what was bought first', { purchasedOn: '2026-02-01' }, {}, 'b'],
    ['then by id, so that it is the same each time', {}, {}, 'a'],
  ])('%s', (_, a, b, first) => {
    const slices = allocate(demand(10), [block('a', 100, a), block('b', 100, b)]);
    expect(slices).toEqual([{ blockId: first, seconds: 10, minor: null }]);
    const turned = allocate(demand(10), [block('b', 100, b), block('a', 100, a)]);
    expect(turned).toEqual(slices);
  });

  test.each([
    ['work of a type in its list', ['on-site'], 'a'],
    ['work of all types in its list', ['On-site', 'Cabling'], 'a'],
    ['no charge with any other work in it', ['On-site', 'Remote'], null],
    ['no work without a type', ['On-site', null], null],
    ['hours taken by hand, which are of no work type', null, 'a'],
  ])('limited to work types: %s', (_, workTypes, payer) => {
    const limited = [block('a', 100, { workTypes: ['On-site', 'Cabling'] })];
    expect(allocate({ ...demand(10), workTypes }, limited)).toMatchObject([
      { blockId: payer, seconds: 10 },
    ]);
    expect(allocate({ ...demand(10), workTypes }, [block('b', 100)])).toMatchObject([
      { blockId: 'b', seconds: 10 },
    ]);
  });

  test('for work up to the day that they expire on, and no later', () => {
    const ending = () => [block('a', 100, { expiresOn: '2026-03-02' })];
    expect(allocate(demand(10), ending())).toMatchObject([{ blockId: 'a', seconds: 10 }]);
    expect(allocate(demand(10, '2026-03-03'), ending())).toMatchObject([
      { blockId: null, seconds: 10 },
    ]);
  });

  test('not once they are void, nor when they are empty', () => {
    const blocks = [block('a', 100, { isActive: false }), block('b', 0)];
    expect(allocate(demand(10), blocks)).toMatchObject([{ blockId: null, seconds: 10 }]);
  });

  test('no more than they hold, and the rest is overage', () => {
    const blocks = [block('a', 7), block('b', 5)];
    const slices = allocate(demand(20), blocks);
    expect(slices.map(({ seconds }) => seconds)).toEqual([7, 5, 8]);
    expect(blocks.map(({ remainingSeconds }) => remainingSeconds)).toEqual([0, 0]);
  });
});

describe('a reversal', () => {
  test('undoes the slices in reverse order, into the blocks that they came from', () => {
    const held = account(block('a', 10), block('b', 5));
    const slices = stored(spend(held, usage('c', 20)));
    expect(held.overageSeconds).toBe(5);
    const reversals = reverseSlices(held, slices, 'changed');
    expect(reversals.map(brief)).toEqual(['reversal - 5', 'reversal b 5', 'reversal a 10']);
    expect(reversals.map(({ reverses }) => reverses)).toEqual(['c/3', 'c/2', 'c/1']);
    expect(reversals.every(({ side }) => side === 'credit')).toBe(true);
    expect(held).toEqual(account(block('a', 10), block('b', 5)));
  });

  test('of hours that were credited takes them back out of their block', () => {
    const held = account(block('a', 10));
    const [credit] = stored(spend(held, usage('c', 4))).map((slice) => ({
      ...slice,
      side: 'credit' as const,
    }));
    expect(reverseSlices(held, credit === undefined ? [] : [credit], 'moved')).toMatchObject([
      { key: 'rev:c/1', side: 'debit', reason: 'reversal', seconds: 4, note: 'moved' },
    ]);
    expect(held).toEqual(account(block('a', 2)));
  });

  test('of a slice whose block is not loaded is a defect, never a guess', () => {
    const slices = stored(spend(account(block('a', 10)), usage('c', 5)));
    expect(() => reverseSlices(account(), slices, 'changed')).toThrow(/unknown block/);
  });
});

describe('overage is paid off', () => {
  test('oldest work first, as the same charge', () => {
    const held = account();
    const open = stored([
      ...spend(held, usage('new', 10, '2026-03-05')),
      ...spend(held, usage('old', 10, '2026-03-01')),
    ]);
    held.blocks.push(block('a', 15));
    const trial = account(block('a', 15));
    const postings = payOffOverage(held, open);
    expect(payOffOverage(trial, [...open].reverse())).toEqual(postings);
    expect(postings.map(brief)).toEqual([
      ...['reversal - 10', 'usage a 10'],
      ...['reversal - 10', 'usage a 5', 'overage - 5'],
    ]);
    expect(postings.map(({ chargeId }) => chargeId)).toEqual(['old', 'old', 'new', 'new', 'new']);
    expect(new Set(postings.map(({ note }) => note))).toEqual(new Set(['overage-paid']));
    expect(held.overageSeconds).toBe(5);
  });

  test('in the order of posting where it is of one day, whatever order it is read in', () => {
    const held = account();
    const open = stored([
      ...spend(held, usage('first', 10)),
      ...spend(held, usage('second', 10)),
      ...spend(held, usage('third', 10)),
    ]);
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const trial = { ...held, blocks: [block('a', 20)] };
      const paid = payOffOverage(
        trial,
        order.flatMap((index) => open[index] ?? []),
      );
      expect(paid.map(({ chargeId }) => chargeId)).toEqual(['first', 'first', 'second', 'second']);
    }
  });

  test('not by a block that ended before the work was done', () => {
    const held = account();
    const open = stored(spend(held, usage('c', 10, '2026-03-05')));
    held.blocks.push(block('a', 15, { expiresOn: '2026-03-04' }));
    expect(payOffOverage(held, open)).toEqual([]);
    expect(held.overageSeconds).toBe(10);
  });

  test('as often as it takes, each time under keys of its own', () => {
    const held = account();
    let open = stored(spend(held, usage('c', 10)));
    const keys = open.map(({ key }) => key);
    for (const id of ['a', 'b', 'd']) {
      held.blocks.push(block(id, 4));
      const postings = stored(payOffOverage(held, open), 10);
      keys.push(...postings.map(({ key }) => key));
      open = postings.filter(({ reason }) => reason === 'overage');
    }
    expect(held.overageSeconds).toBe(0);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('of an adjustment stays an adjustment', () => {
    const held = account();
    const open = stored(spend(held, { ...usage('adjust:1', 10), chargeId: null, workTypes: null }));
    held.blocks.push(block('a', 10));
    expect(payOffOverage(held, open).map(brief)).toEqual(['reversal - 10', 'adjustment a 10']);
  });
});

describe('hours of a block that has ended', () => {
  const work = demand(10);
  const ended = (id: string, expiresOn: string) => block(id, 0, { expiresOn });

  function expiry(blockId: string | null, seconds: number): Posting {
    return {
      key: `expiry:${blockId}`,
      clientId: 'dupont',
      side: 'debit',
      reason: 'expiry',
      blockId,
      seconds,
      minor: null,
      usedBy: null,
      chargeId: null,
      reverses: null,
      workedOn: '2026-03-31',
      note: null,
    };
  }

  test('are taken up for work of its own days, and offered to no second charge', () => {
    const held = account(ended('a', '2026-03-31'), ended('b', '2026-03-01'));
    const expiries = stored([expiry('a', 10), expiry('b', 5)]);
    const postings = takeUpEnded(held, work, expiries);
    expect(postings).toMatchObject([
      {
        key: 'rev:expiry:a',
        side: 'credit',
        reason: 'reversal',
        blockId: 'a',
        seconds: 10,
        reverses: 'expiry:a',
        workedOn: '2026-03-31',
        note: 'worked-before-expiry',
      },
    ]);
    expect(held.blocks.map(({ remainingSeconds }) => remainingSeconds)).toEqual([10, 0]);
    expect(expiries.map(({ key }) => key)).toEqual(['expiry:b']);
    expect(takeUpEnded(held, work, expiries)).toEqual([]);
  });

  test('stay ended for work of a kind that the block does not pay for', () => {
    const limited = block('a', 0, { expiresOn: '2026-03-31', workTypes: ['On-site'] });
    const expiries = stored([expiry('a', 10)]);
    expect(takeUpEnded(account(limited), { ...work, workTypes: ['Remote'] }, expiries)).toEqual([]);
    expect(expiries).toHaveLength(1);
    expect(
      takeUpEnded(account(limited), { ...work, workTypes: ['On-site'] }, expiries),
    ).toHaveLength(1);
  });

  test('count towards paying a charge whole, to the second', () => {
    const held = account(block('c', 4), ended('a', '2026-03-31'), ended('b', '2026-03-01'));
    const expiries = stored([expiry('a', 6), expiry('b', 100), expiry(null, 100)]);
    expect(canPayWhole(held, { ...work, seconds: 10 }, expiries)).toBe(true);
    expect(canPayWhole(held, { ...work, seconds: 11 }, expiries)).toBe(false);
    expect(canPayWhole(held, { ...work, seconds: 5 }, [])).toBe(false);
  });

  test('do not make up for hours that may not pay for the work', () => {
    const limited = block('d', 100, { workTypes: ['On-site'] });
    const held = account(limited, block('e', 100, { isActive: false }));
    const remote = { ...demand(1), workTypes: ['Remote'] };
    expect(canPayWhole(held, remote, [])).toBe(false);
    expect(canPayWhole(held, { ...remote, workTypes: ['on-site'] }, [])).toBe(true);
  });
});

test('a purchase credits the whole block once, under the block’s own key', () => {
  const held = account();
  const bought = {
    id: 'b-1',
    seconds: 36000,
    amountMinor: null,
    currency: 'EUR',
    priority: 0,
    expiresOn: null,
    workTypes: null,
  };
  const posting = creditPurchase(held, { ...bought, purchasedOn: '2026-03-02' }, 'ten');
  expect(posting).toEqual({
    key: 'purchase:b-1',
    clientId: 'dupont',
    side: 'credit',
    reason: 'purchase',
    blockId: 'b-1',
    seconds: 36000,
    minor: null,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: '2026-03-02',
    note: 'ten',
  });
  expect(held.blocks).toMatchObject([block('b-1', 36000, { purchasedOn: '2026-03-02' })]);
});

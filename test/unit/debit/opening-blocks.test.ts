import { describe, expect, test } from '@jest/globals';
import { compareBlocks } from '../../../src/debit/opening-blocks.ts';
import type { OpeningBlock } from '../../../src/domain/agreements/terms.ts';
import { blockIdOf } from '../../../src/domain/keys.ts';
import type { BlockBalance, ClientLedger } from '../../../src/store/port.ts';
import { openingOf } from '../../support/terms.ts';
import { dupont } from './work.ts';

function compare(openingBlocks: OpeningBlock[], blocks: BlockBalance[] = []) {
  const ledger: ClientLedger = {
    clientId: 'dupont',
    blocks,
    sharedUse: [],
    overageSeconds: 0,
    clientSeq: 1,
  };
  return compareBlocks({ ...dupont, openingBlocks }, ledger, { undone: new Set(), edits: [] });
}

/** As they stand once credited. */
function credited(openingBlocks: OpeningBlock[]): BlockBalance[] {
  return compare(openingBlocks).fresh.map((block) => ({
    ...block,
    remainingSeconds: block.seconds,
    remainingMinor: block.amountMinor,
  }));
}

describe('an opening block', () => {
  test('is credited under a key of its client and day, and its place among that day’s', () => {
    const blocks = [
      openingOf(10),
      openingOf(4, { purchasedOn: '2026-02-01', expiresOn: '2026-12-31', priority: 2 }),
      openingOf(5),
    ];
    const { fresh, changes } = compare(blocks);
    expect(changes).toEqual([]);
    expect(fresh.map(({ key }) => key)).toEqual([
      'opening:dupont:2026-01-01:1',
      'opening:dupont:2026-02-01:1',
      'opening:dupont:2026-01-01:2',
    ]);
    expect(fresh[1]).toEqual({
      ...blocks[1],
      id: blockIdOf('opening:dupont:2026-02-01:1'),
      key: 'opening:dupont:2026-02-01:1',
      clientId: 'dupont',
      source: 'opening',
      offer: null,
      status: 'active',
      activate: 'at-once',
      invoiceKey: null,
    });
  });

  test('that stands as configured is neither new nor changed', () => {
    const blocks = [openingOf(10), openingOf(5, { workTypes: ['Remote'] })];
    expect(compare(blocks, credited(blocks))).toEqual({
      ...{ fresh: [], changes: [], purposes: [], unlisted: [] },
    });
  });

  test.each<[string, Partial<OpeningBlock>]>([
    ['hours', { seconds: 1 }],
    ['price', { rateMinor: 1 }],
    ['currency', { currency: 'CHF' }],
    ['day of purchase', { purchasedOn: '2026-01-02' }],
    ['expiry', { expiresOn: '2026-12-31' }],
    ['priority', { priority: 3 }],
    ['work types', { workTypes: ['Remote'] }],
  ])('that the config gives another %s is a change and credits nothing', (_, fields) => {
    const applied = credited([openingOf(10)]);
    const configured = openingOf(10, fields);
    expect(compare([configured], applied)).toMatchObject({
      fresh: [],
      changes: [{ applied: applied[0], configured, known: { seconds: 36_000, edits: 0 } }],
    });
  });

  test('of another day is new beside one that is void, bought or still listed', () => {
    const [applied] = credited([openingOf(10)]);
    if (applied === undefined) throw new Error('nothing was credited');
    const later = openingOf(6, { purchasedOn: '2026-02-01' });
    expect(compare([later], [{ ...applied, status: 'void' }]).fresh).toHaveLength(1);
    expect(compare([later], [{ ...applied, source: 'purchase' }]).fresh).toHaveLength(1);
    expect(compare([openingOf(10), later], [applied])).toMatchObject({
      fresh: [{ purchasedOn: '2026-02-01' }],
      changes: [],
    });
  });

  test('is taken for one that is listed no longer, each for one alone', () => {
    const applied = credited([openingOf(10)]);
    const dates = ['2026-02-01', '2026-03-01'];
    const moved = dates.map((purchasedOn) => openingOf(10, { purchasedOn }));
    const { fresh, changes } = compare(moved, applied);
    expect(changes.map(({ configured }) => configured.purchasedOn)).toEqual(['2026-02-01']);
    expect(fresh.map(({ purchasedOn }) => purchasedOn)).toEqual(['2026-03-01']);
  });
});

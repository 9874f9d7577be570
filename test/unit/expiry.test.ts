import { expect, test } from '@jest/globals';
import type { Rollover } from '../../src/domain/agreements/terms.ts';
import { endBlocks } from '../../src/replenish/expiry.ts';
import { accountFrom, type BlockBalance, type ClientLedger } from '../../src/store/port.ts';

const expired: BlockBalance = {
  ...{ id: 'b-1', key: 'opening:dupont:1', clientId: 'dupont', source: 'opening', offer: null },
  ...{ seconds: 7200, amountMinor: null, rateMinor: 12_000, currency: 'EUR', priority: 0 },
  ...{ purchasedOn: '2026-02-01', expiresOn: '2026-03-05', workTypes: null, status: 'active' },
  ...{ activate: 'at-once', invoiceKey: null, purpose: null, followedBy: null },
  ...{ remainingSeconds: 3600, remainingMinor: null },
};

/** One hour is left in a block that has expired, and 20 minutes were carried. */
async function endWith(workedOn: string, rollover: Rollover | null = null): Promise<string[]> {
  const ledger: ClientLedger = {
    ...{ clientId: 'dupont', blocks: [expired], sharedUse: [] },
    ...{ overageSeconds: 1200, clientSeq: 9 },
  };
  const carried = {
    ...({ key: 't:psa:7#1', clientId: 'dupont', side: 'debit', reason: 'overage' } as const),
    ...{ blockId: null, seconds: 1200, minor: null, usedBy: null, chargeId: 't:psa:7#1' },
    ...{ reverses: null, workedOn, note: null, seq: 9, clientSeq: 9, runId: 'r', hash: '' },
    ...{ postedAt: '2026-03-08T07:00:00.000Z', workTypes: null, price: null },
  };
  const store = {
    readOpenOverage: async () => [carried],
    readUndoneBlocks: async () => new Set<string>(),
  };
  const rules = { rollover, today: '2026-03-08' };
  const { postings } = await endBlocks(store, ledger, accountFrom(ledger, []), rules);
  expect(new Set(postings.map(({ key }) => key)).size).toBe(postings.length);
  return postings.map(({ side, reason, seconds }) => `${side} ${reason} ${seconds}`);
}

test('hours that come back to an expired block pay for carried work of its days first', async () => {
  expect(await endWith('2026-03-05')).toEqual([
    'credit reversal 1200',
    'debit usage 1200',
    'debit expiry 2400',
  ]);
});

test('not for work after its last day', async () => {
  expect(await endWith('2026-03-06')).toEqual(['debit expiry 3600']);
});

test('hours that roll over pay for it once, as the new block’s', async () => {
  const rollover = { seconds: null, validForMonths: 1 };
  expect(await endWith('2026-03-06', rollover)).toEqual([
    'debit rollover 3600',
    'credit rollover 3600',
    'credit reversal 1200',
    'debit usage 1200',
  ]);
});

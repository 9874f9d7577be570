import { expect, test } from '@jest/globals';
import {
  chainHash,
  chainStart,
  type LedgerEntry,
  signedSeconds,
} from '../../src/domain/ledger/ledger.ts';

const entry: Omit<LedgerEntry, 'seq' | 'hash'> = {
  clientId: 'dupont',
  clientSeq: 1,
  key: 't:psa:1#1/1',
  side: 'debit',
  reason: 'usage',
  blockId: 'b-1',
  seconds: 3600,
  minor: null,
  usedBy: null,
  chargeId: 't:psa:1#1',
  reverses: null,
  workedOn: '2026-03-02',
  note: null,
  postedAt: '2026-03-02T09:00:00.000Z',
  runId: 'r-1',
};

test('an entry hashes to what it always did, so that an old ledger still verifies', () => {
  expect(chainHash('0'.repeat(64), entry)).toBe(
    '0cac298fd35d875f209ecac0b3bc71b0268b39b3b1f93d9fd30dec1912b88f8d',
  );
  expect(chainStart).toBe('0'.repeat(64));
});

test.each(Object.keys(entry))('the chain covers the column %s', (column) => {
  const other = { ...entry, [column]: 'changed' };
  expect(chainHash(chainStart, other)).not.toBe(chainHash(chainStart, entry));
});

test('the chain covers the entry before', () => {
  expect(chainHash('1'.repeat(64), entry)).not.toBe(chainHash(chainStart, entry));
});

test('nothing slips from one column into the next', () => {
  const a = { ...entry, key: 'ab', chargeId: 'c' };
  const b = { ...entry, key: 'a', chargeId: 'bc' };
  expect(chainHash(chainStart, a)).not.toBe(chainHash(chainStart, b));
});

test('a credit adds and a debit takes', () => {
  expect(signedSeconds({ side: 'credit', seconds: 5, minor: null })).toBe(5);
  expect(signedSeconds({ side: 'debit', seconds: 5, minor: null })).toBe(-5);
});

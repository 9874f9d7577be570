import { hash } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { chainHash, type LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { isOnPostgres } from '../support/databases.ts';
import {
  type Bench,
  charge,
  debits,
  group,
  openBench,
  posting,
  postOneCharge,
} from './store-bench.ts';

let bench: Bench;

/** 10 h bought, 1 h charged, withdrawn, charged again as 2 h; 1 h of overage that no charge made. */
beforeEach(async () => {
  bench = await openBench();
  await postOneCharge(bench.store);
  const second = charge({ revision: 2, seconds: 7200, facts: '{"seconds":7200}' });
  const back = { reason: 'reversal', side: 'credit', reverses: 't:psa:t1#1/1' } as const;
  await bench.store.writeDebits(
    debits(2, {
      charges: [second],
      postings: [
        posting({ key: 'rev:1', chargeId: 't:psa:t1#1', ...back }),
        posting({ key: `${second.id}/1`, chargeId: second.id, seconds: 7200 }),
        posting({ key: 'o1', reason: 'overage', blockId: null }),
      ],
      groups: [group({ chargeId: second.id, revision: 2 })],
    }),
  );
  expect(await bench.store.verify()).toBeNull();
  for (const name of ['update', 'delete', 'insert']) {
    bench.raw.exec(`DROP TRIGGER ledger_is_append_only_${name}`);
    bench.raw.exec(`DROP TRIGGER charge_is_append_only_${name}`);
  }
});

/** A forger who makes the chain whole again after the change. */
function rechain(): void {
  const rows = bench.raw
    .prepare(
      `SELECT seq, client_id AS clientId, client_seq AS clientSeq, key, side, reason,
         block_id AS blockId, seconds, charge_id AS chargeId, reverses, worked_on AS workedOn, note,
         posted_at AS postedAt, run_id AS runId, hash FROM ledger ORDER BY client_seq`,
    )
    .all() as unknown as LedgerEntry[];
  let previous = '0'.repeat(64);
  for (const row of rows) {
    previous = chainHash(previous, row);
    bench.raw.prepare('UPDATE ledger SET hash = ? WHERE seq = ?').run(previous, row.seq);
  }
}

test.each<[string, string, string, RegExp]>([
  ['a changed amount', 'UPDATE ledger SET seconds = 60 WHERE seq = 2', 'ledger 2', /hash/],
  ['a changed note', "UPDATE ledger SET note = 'x' WHERE seq = 3", 'ledger 3', /hash/],
  [
    'a changed date',
    "UPDATE ledger SET worked_on = '2026-02-01' WHERE seq = 4",
    'ledger 4',
    /hash/,
  ],
  ['a changed hash', "UPDATE ledger SET hash = 'x' WHERE seq = 5", 'ledger 5', /hash/],
  ['a row taken out', 'DELETE FROM ledger WHERE seq = 3', 'ledger 4', /position 4 .*follows 2/],
  [
    'the last row taken off',
    'DELETE FROM ledger WHERE seq = 5',
    'client_balance dupont',
    /Seconds/,
  ],
  ['changed facts', "UPDATE charge SET facts = '{1}'", 'charge t:psa:t1#1', /facts/],
  ['a block taken away', 'DELETE FROM block', 'ledger 1', /block b-1/],
  ['a charge taken away', 'DELETE FROM charge WHERE revision = 1', 'ledger 2', /t:psa:t1#1/],
  [
    'a group that names no charge of its own',
    "UPDATE charge_group SET charge_id = 'x'",
    'charge_group t:psa:t1',
    /charge x/,
  ],
  [
    'a group that stands on the wrong charge',
    "UPDATE charge_group SET charge_id = 't:psa:t1#1'",
    'charge t:psa:t1#1',
    /0 s .* instead of 3600 s/,
  ],
  [
    'a charge of another length',
    'UPDATE charge SET seconds = 7201 WHERE revision = 2',
    'charge t:psa:t1#2',
    /7200 s .* instead of 7201 s/,
  ],
  [
    'a wrong balance of a block',
    'UPDATE block_balance SET remaining_seconds = 1',
    'block_balance b-1',
    /1 s, the ledger 28800 s/,
  ],
  [
    'a wrong overage',
    'UPDATE client_balance SET overage_seconds = 0',
    'client_balance dupont',
    /overageSeconds is 0, the ledger has 3600/,
  ],
  [
    'a cached client who has no ledger',
    "INSERT INTO client_balance VALUES ('x', 0, 3, '', '')",
    'client_balance x',
    /clientSeq is 3/,
  ],
])('names %s', async (_, sql, where, detail) => {
  bench.raw.exec(sql);
  const found = await bench.store.verify();
  expect(found?.where).toBe(where);
  expect(found?.detail).toMatch(detail);
});

test.each<[string, string, string, RegExp]>([
  [
    'more than a block had',
    'UPDATE ledger SET seconds = 40000 WHERE seq = 2',
    'ledger 2',
    /-4000 s/,
  ],
  [
    'a row dated back',
    "UPDATE ledger SET posted_at = '2026-01-01' WHERE seq = 2",
    'ledger 2',
    /dated/,
  ],
  [
    'overage paid off that was not there',
    "UPDATE ledger SET side = 'credit' WHERE seq = 5",
    'ledger 5',
    /more overage/,
  ],
  [
    'an unequal reversal',
    'UPDATE ledger SET seconds = 60 WHERE seq = 3',
    'ledger 3',
    /another length/,
  ],
  [
    'a reversal of nothing',
    "UPDATE ledger SET reverses = 'x' WHERE seq = 3",
    'ledger 3',
    /x, is not in the ledger/,
  ],
  [
    'a charge that was replaced and still costs',
    "UPDATE ledger SET reason = 'adjustment', reverses = NULL, charge_id = NULL WHERE seq = 3",
    'charge t:psa:t1#1',
    /3600 s .* instead of 0 s/,
  ],
])('names %s, even when the chain was forged anew', async (_, sql, where, detail) => {
  bench.raw.exec(sql);
  rechain();
  bench.raw.exec('DELETE FROM client_balance; DELETE FROM block_balance');
  const found = await bench.store.verify();
  expect(found?.where).toBe(where);
  expect(found?.detail).toMatch(detail);
});

test('nothing is wrong with emptied caches', async () => {
  bench.raw.exec('DELETE FROM client_balance; DELETE FROM block_balance');
  // The guards that were dropped above come last.
  expect(await bench.store.verify()).toMatchObject({ where: expect.stringMatching(/^trigger/) });
  expect(hash('sha256', '{}', 'hex')).toBe(charge().factsHash);
});

test('a dropped guard of the ledger is a disagreement, and so is a stranger’s trigger', async () => {
  expect(await bench.store.verify()).toEqual({
    where: isOnPostgres
      ? expect.stringMatching(/^trigger \w+ \w+_is_append_only$/)
      : 'trigger charge_is_append_only_delete',
    detail: 'it is missing or was changed',
  });
  const other = await openBench();
  const body = isOnPostgres
    ? 'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
    : "BEGIN UPDATE outbox SET status = 'dead'; END";
  other.raw.exec(`CREATE TRIGGER helpful AFTER INSERT ON ledger ${body}`);
  expect(await other.store.verify()).toEqual({
    where: expect.stringMatching(/^trigger (?:ledger )?helpful$/),
    detail: 'it is not of this program',
  });
});

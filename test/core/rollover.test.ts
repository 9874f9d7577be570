import { afterEach, expect, test } from '@jest/globals';
import type { Rollover } from '../../src/domain/agreements/terms.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const all: Rollover = { seconds: null, validForMonths: null };

async function openWith(rollover: Rollover, expiresOn = '2026-03-31'): Promise<void> {
  const openingBlocks = [openingOf(5, { expiresOn, rateMinor: 9900, priority: 3 })];
  const agreement = agreementOf({ rollover });
  bench = await CoreBench.open({
    clients: [clientOf({ agreement, openingBlocks })],
    isTimePerTicket: true,
  });
  await bench.run();
}

function work(id: string, startedAt: string, hours: number): void {
  bench.psa.ticket(id);
  bench.psa.log(id, id, startedAt, hours * 60);
  bench.psa.close(id);
}

async function rolled() {
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  return ledger?.blocks
    .filter(({ source }) => source === 'rollover')
    .map(({ seconds, purchasedOn, expiresOn, rateMinor, priority }) => {
      return { hours: seconds / 3600, purchasedOn, expiresOn, rateMinor, priority };
    });
}

test('what is left goes on at its price, for as long again, once', async () => {
  await openWith(all);
  work('1', '2026-03-02T09:00:00.000Z', 2);
  bench.at('2026-04-01T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([3, 0]);
  const block = { purchasedOn: '2026-04-01', rateMinor: 9900, priority: 3 };
  expect(await rolled()).toEqual([{ ...block, hours: 3, expiresOn: '2026-06-30' }]);
  await bench.run();
  expect(await bench.story()).toEqual(['+5 purchase', '-2 usage', '-3 rollover', '+3 rollover']);
  bench.at('2026-07-01T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([0, 0]);
  expect((await bench.story()).at(-1)).toBe('-3 expiry');
});

test('a limit and a validity hold for each block, and hours that come back count to the limit', async () => {
  await openWith({ seconds: 3 * 3600, validForMonths: 1 });
  work('1', '2026-03-02T09:00:00.000Z', 3);
  bench.at('2026-04-02T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([2, 0]);
  bench.psa.removeEntry('1');
  await bench.run();
  // Three hours come back after the end: one of them may still go on.
  expect(await bench.hours()).toEqual([3, 0]);
  expect((await rolled())?.map(({ hours, expiresOn }) => [hours, expiresOn])).toEqual(
    expect.arrayContaining([
      [2, '2026-04-30'],
      [1, '2026-04-30'],
    ]),
  );
  expect((await bench.story()).slice(-3)).toEqual(['-1 rollover', '+1 rollover', '-2 expiry']);
});

test('work of the old block’s days that falls due late is paid from what went on', async () => {
  await openWith(all);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', '2026-03-30T09:00:00.000Z', 60);
  bench.at('2026-04-02T08:00:00.000Z');
  await bench.run();
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([4, 0]);
});

test('hours that go on pay overage of later days first', async () => {
  await openWith(all, '2026-03-03');
  work('1', '2026-03-04T09:00:00.000Z', 1);
  bench.at('2026-03-05T08:00:00.000Z');
  await bench.run('pull', 'debit');
  expect(await bench.balance()).toMatchObject({ overageSeconds: 3600 });
  await bench.run('replenish');
  expect(await bench.hours()).toEqual([4, 0]);
});

test('after a long pause hours roll over and end in one go', async () => {
  await openWith(all, '2026-03-03');
  bench.at('2027-03-05T08:00:00.000Z');
  await bench.run();
  expect((await bench.story()).slice(1)).toEqual(['-5 rollover', '+5 rollover', '-5 expiry']);
  const before = bench.dump();
  await bench.run();
  expect(bench.dump()).toEqual(before);
});

test('a statement shows what went on as one line that changes no balance', async () => {
  await openWith(all);
  bench.at('2026-04-01T08:00:00.000Z');
  await bench.run();
  const statement = await buildStatement(bench.app.store, {
    client: bench.client(),
    month: '2026-04',
    locale: 'en',
    now: instantFromMs(bench.nowMs),
  });
  expect(statement.lines).toMatchObject([{ kind: 'rollover', seconds: 0 }]);
  expect(statement.lines[0]?.blocks.map(({ seconds }) => seconds / 3600)).toEqual([5, -5]);
  expect(statement.blocks.map((block) => block.closingSeconds / 3600)).toEqual([0, 5]);
});

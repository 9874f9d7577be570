import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { instantFromMs } from '../../src/domain/time.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open();
});
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';
const listing = (covered: string[]) => ({
  workTypes: { covered, excluded: ['Travel'], unlisted: 'covered' as const },
});

async function shownUnlisted() {
  const { store, clients } = bench.app;
  const report = await buildBalances(store, {
    shown: clients,
    all: clients,
    asOf: instantFromMs(bench.nowMs),
  });
  return report.unlistedWorkTypes;
}

test('a work type in no list is told once, until a list names it', async () => {
  const client = (covered: string[]) => clientOf({ agreement: agreementOf(listing(covered)) });
  await bench.configure([client(['Remote'])]);
  for (const id of ['1', '2']) {
    bench.psa.ticket(id);
    bench.psa.log(id, id, nine, 60, { workType: 'Cabling' });
    bench.psa.close(id);
    await bench.run();
  }
  expect(await bench.hours()).toEqual([8, 0]);
  expect(await shownUnlisted()).toEqual([{ workType: 'Cabling', agreements: ['standard'] }]);
  const told = bench.logs.filter(({ message }) => message.startsWith('A work type is not listed'));
  expect(told).toHaveLength(1);
  await bench.configure([client(['Remote', 'cabling'])]);
  expect(await shownUnlisted()).toEqual([]);
});

test('an id that the vendor lists no name for is told where a rule goes by such names, and is debited', async () => {
  const told = () => bench.logs.filter(({ message }) => message.startsWith('The vendor lists no'));
  const work = async (id: string, role: string) => {
    bench.psa.ticket(id, { board: '#5' });
    bench.psa.log(id, id, nine, 60, { role });
    bench.psa.close(id);
    await bench.run();
  };
  await work('1', '#110');
  expect(await bench.hours()).toEqual([9, 0]);
  expect(told()).toEqual([]);
  const roles = { covered: [], excluded: ['Trainee'] };
  await bench.configure([clientOf({ agreement: agreementOf({ roles }) })]);
  await work('2', '#112');
  expect(await bench.hours()).toEqual([8, 0]);
  expect(told().map(({ detail }) => detail?.role)).toContain('#112');
});

test('work outside the days of an agreement is mirrored and costs nothing', async () => {
  const agreement = agreementOf({ from: '2026-03-02', until: '2026-03-03' });
  await bench.configure([clientOf({ agreement })]);
  // In Paris: the 1st, the 2nd just after midnight, the 3rd just before it, the 4th.
  const starts = ['2026-03-01T12', '2026-03-01T23', '2026-03-03T22', '2026-03-03T23'];
  for (const [index, start] of starts.entries()) {
    const id = String(index + 1);
    bench.psa.ticket(id);
    bench.psa.log(id, id, `${start}:30:00.000Z`, 60);
    bench.psa.close(id);
  }
  bench.at('2026-03-10T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([8, 0]);
  const [early] = await bench.app.store.findGroups('1', null);
  const [late] = await bench.app.store.findGroups('4', null);
  expect([early?.status, early?.reason]).toEqual(['outside', 'before-agreement']);
  expect([late?.status, late?.reason]).toEqual(['outside', 'after-agreement']);
});

test('a short visit with a minimum comes off the block with it, and pends with it', async () => {
  const agreement = agreementOf({
    workTypeMinimums: [{ workType: 'On-site', seconds: 7200 }],
    roles: { covered: [], excluded: ['Trainee'] },
  });
  await bench.configure([clientOf({ agreement })]);
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 30, { workType: 'On-site' });
  bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 30, { role: 'Trainee' });
  await bench.run();
  expect(await bench.hours()).toEqual([10, 2]);
  bench.psa.log('3', '1', '2026-03-02T12:00:00.000Z', 15);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([7.75, 0]);
});

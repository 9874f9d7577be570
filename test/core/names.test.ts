import { afterEach, expect, test } from '@jest/globals';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import type { TicketRow, TimeEntryRow } from '../../src/domain/records/rows.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

/** Rules name things of the PSA; people rename these, and a rule goes on meaning what it meant. */
let bench: CoreBench;
afterEach(() => bench.close());

const rule = { workType: null, role: null, outside: null, factorThousandths: 2000 };
const noLimit = { boards: null, ticketTypes: null, agreements: null };

async function openWith(terms: Partial<Agreement>, openingBlocks = [openingOf(10)]): Promise<void> {
  const clients = [clientOf({ agreement: agreementOf(terms), openingBlocks })];
  bench = await CoreBench.open({ clients });
}

async function configure(terms: Partial<Agreement>): Promise<void> {
  await bench.configure([clientOf({ agreement: agreementOf(terms) })]);
}

/** An hour of work on a closed ticket of its own, and a run. */
async function work(
  id: string,
  entry: Partial<TimeEntryRow> = {},
  ticket: Partial<TicketRow> = {},
): Promise<void> {
  bench.psa.ticket(id, ticket);
  bench.psa.log(`e${id}`, id, '2026-03-02T08:00:00.000Z', 60, entry);
  bench.psa.close(id);
  await bench.run();
}

const typed = (name: string, id: string): Partial<TimeEntryRow> => ({
  workType: name,
  ids: { workType: id },
});
const coveredAre = (...covered: string[]): Partial<Agreement> => ({
  workTypes: { covered, excluded: [], unlisted: 'excluded' },
});

test.each<[string, Partial<Agreement>, Partial<TimeEntryRow>, Partial<TicketRow>, number]>([
  [
    'board',
    { applies: { ...noLimit, boards: ['Old'] } },
    {},
    { board: 'Old', ids: { board: '1' } },
    1,
  ],
  [
    'ticket type',
    { applies: { ...noLimit, ticketTypes: ['Old'] } },
    {},
    { ticketType: 'Old', ids: { ticketType: '1' } },
    1,
  ],
  [
    'agreement',
    { applies: { ...noLimit, agreements: ['Old'] } },
    {},
    { agreement: 'Old', ids: { agreement: '1' } },
    1,
  ],
  [
    'agreement',
    { applies: { ...noLimit, agreements: ['Old'] } },
    { agreement: 'Old', ids: { agreement: '1' } },
    {},
    1,
  ],
  ['work type', coveredAre('Old'), typed('Old', '1'), {}, 1],
  [
    'work type',
    { workTypes: { covered: [], excluded: ['Old'], unlisted: 'covered' } },
    typed('Old', '1'),
    {},
    0,
  ],
  [
    'work type',
    { workTypeMinimums: [{ workType: 'Old', seconds: 7200 }] },
    typed('Old', '1'),
    {},
    2,
  ],
  ['work type', { multipliers: [{ ...rule, workType: 'Old' }] }, typed('Old', '1'), {}, 2],
  ['role', { multipliers: [{ ...rule, role: 'Old' }] }, { role: 'Old', ids: { role: '1' } }, {}, 2],
  [
    'role',
    { roles: { covered: ['Old'], excluded: [] } },
    { role: 'Old', ids: { role: '1' } },
    {},
    1,
  ],
  [
    'role',
    { roles: { covered: [], excluded: ['Old'] } },
    { role: 'Old', ids: { role: '1' } },
    {},
    0,
  ],
  ['technician', { excludedTechnicians: ['Old'] }, { technician: 'Old', technicianId: '1' }, {}, 0],
])(
  'what the rules name as %s keeps them when it is renamed, and every run says so until the config follows',
  async (_, terms, entry, ticket, hours) => {
    await openWith(terms);
    await work('1', entry, ticket);
    expect(await bench.hours()).toEqual([10 - hours, 0]);
    expect(bench.nameWarnings()).toEqual([]);
    const renamed = <Row extends object>(row: Row): Row =>
      JSON.parse(JSON.stringify(row).replaceAll('"Old"', '"New"')) as Row;
    await work('2', renamed(entry), renamed(ticket));
    bench.psa.editEntry('e1', renamed(entry));
    bench.psa.editTicket('1', renamed(ticket));
    await bench.run();
    expect(await bench.hours()).toEqual([10 - 2 * hours, 0]);
    const warning = expect.stringContaining(`"Old" is now called "New" in psa`);
    expect(bench.nameWarnings()).toEqual([warning, warning]);
    await bench.run('push');
    expect(bench.nameWarnings()).toEqual([warning]);
    const all = bench.app.clients;
    const report = await buildBalances(bench.app.store, {
      shown: all,
      all,
      asOf: '2026-03-03T00:00:00.000Z',
    });
    expect(report.names).toMatchObject([{ name: 'Old', other: 'New', connection: 'psa' }]);
    await configure(renamed(terms));
    await work('3', renamed(entry), renamed(ticket));
    expect(bench.nameWarnings()).toEqual([]);
    expect(await bench.hours()).toEqual([10 - 3 * hours, 0]);
  },
);

test('a block limited to a work type pays for it under its new name too', async () => {
  await openWith({}, [openingOf(10, { workTypes: ['Remote'] })]);
  await work('1', typed('Remote', '7'));
  await work('2', typed('Remote support', '7'));
  expect(await bench.hours()).toEqual([8, 0]);
});

test('open work is asked of a limited block under the name that the block knows', async () => {
  const replenish = [
    {
      when: { balance: 'projected', secondsLeft: 9 * 3600 },
      do: ['alert'],
      offer: null,
      tell: ['msp'],
    },
  ] as Agreement['replenish'];
  await openWith({ ...coveredAre('Remote'), replenish }, [
    openingOf(10, { workTypes: ['Remote'] }),
  ]);
  await work('1', { ...typed('Remote', '7'), isBillable: false });
  bench.psa.ticket('2');
  bench.psa.log('e2', '2', '2026-03-02T08:00:00.000Z', 60, typed('Remote support', '7'));
  await bench.run();
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(1);
});

test('the charge keeps the name that the PSA showed when it was posted', async () => {
  await openWith(coveredAre('Remote'));
  await work('1', typed('Remote', '7'));
  await work('2', typed('Remote support', '7'));
  const charges = await bench.app.store.readCharges(['t:psa:1#1', 't:psa:2#1']);
  const shown = charges.map(
    ({ facts }) => (JSON.parse(facts) as { parts: { workType: string }[] }).parts[0]?.workType,
  );
  expect(shown.sort()).toEqual(['Remote', 'Remote support']);
});

test('two work types that swap their names keep the rules that they had, until the config says it anew', async () => {
  const terms = (covered: string, excluded: string): Partial<Agreement> => ({
    workTypes: { covered: [covered], excluded: [excluded], unlisted: 'excluded' },
  });
  await openWith(terms('Remote', 'Travel'));
  await work('1', typed('Remote', '1'));
  await work('2', typed('Travel', '2'));
  expect(await bench.hours()).toEqual([9, 0]);
  await work('3', typed('Travel', '1'));
  await work('4', typed('Remote', '2'));
  expect(await bench.hours()).toEqual([8, 0]);
  expect(bench.nameWarnings().join('\n')).toContain('"Remote" is now called "Travel" in psa');
  await configure(terms('Travel', 'Remote'));
  await work('5', typed('Travel', '1'));
  await work('6', typed('Remote', '2'));
  expect(await bench.hours()).toEqual([7, 0]);
  expect(bench.nameWarnings()).toEqual([]);
});

test('what takes over the name of a rule from something renamed, and was called otherwise before, is not meant', async () => {
  await openWith(coveredAre('Remote'));
  await work('1', typed('Remote', '1'));
  await work('2', typed('Phone', '2'));
  await work('3', typed('Remote support', '1'));
  await work('4', typed('Remote', '2'));
  expect(await bench.hours()).toEqual([8, 0]);
  expect(bench.logs.map(({ message }) => message).join('\n')).toContain('formerly "Phone"');
});

test('a work type deleted and made again, or a second one of its name, counts beside the first', async () => {
  await openWith(coveredAre('Remote'));
  bench.psa.lists = { workTypes: [{ sourceId: '1', name: 'Remote' }] };
  await work('1', typed('Remote', '1'));
  await work('2', typed('Remote', '2'));
  expect(await bench.hours()).toEqual([8, 0]);
  expect(bench.nameWarnings()).toEqual([]);
  await work('3', typed('Remote support', '1'));
  expect(await bench.hours()).toEqual([7, 0]);
  expect(bench.nameWarnings().join('\n')).toContain('another one now has that name');
});

test('a new work type under the old name of one that was renamed counts beside it', async () => {
  await openWith(coveredAre('Remote'));
  await work('1', typed('Remote', '1'));
  await work('2', typed('Remote support', '1'));
  await work('3', typed('Remote', '9'));
  expect(await bench.hours()).toEqual([7, 0]);
});

test('a name that no list has is reported by every run, and the lists are asked once', async () => {
  await openWith(coveredAre('Remote', 'Remoat'));
  bench.psa.lists = { workTypes: [{ sourceId: '1', name: 'Remote' }] };
  await work('1', typed('Remote', '1'));
  const missing = expect.stringContaining(
    'No connection has the work type "Remoat" used in the config',
  );
  expect(bench.nameWarnings()).toEqual([missing]);
  await bench.run();
  await bench.run('push');
  expect(bench.nameWarnings()).toEqual([missing, missing]);
  expect(bench.psa.listsRead).toBe(1);
  await configure(coveredAre('Remote'));
  await bench.run();
  expect(bench.nameWarnings()).toEqual([]);
  expect(bench.psa.listsRead).toBe(1);
});

test('a work type of a block that was added by hand is a name like those of the config', async () => {
  await openWith({});
  bench.psa.lists = { workTypes: [{ sourceId: '1', name: 'Remote' }] };
  await work('1', typed('Remote', '1'));
  const sold = { seconds: 3600, amountMinor: null, rateMinor: 12_000, priority: 0 };
  const days = { purchasedOn: '2026-03-02', expiresOn: null };
  const clientId = bench.clientId();
  await addBlock(bench.app, { clientId, ...sold, ...days, workTypes: ['Remoat'], reason: 'sold' });
  await bench.run();
  expect(bench.nameWarnings()).toEqual([expect.stringContaining('the work type "Remoat"')]);
});

test('a name is followed from the list on, before any work shows it', async () => {
  await openWith({ workTypes: { covered: [], excluded: ['Travel'], unlisted: 'covered' } });
  bench.psa.lists = { workTypes: [{ sourceId: '5', name: 'Travel' }] };
  await work('1', typed('Remote', '1'));
  await work('2', typed('Travel time', '5'));
  expect(await bench.hours()).toEqual([9, 0]);
  expect(bench.nameWarnings()).toEqual([expect.stringContaining('"Travel time"')]);
});

test('an old row that still shows an old name takes nothing back from the new one', async () => {
  await openWith(coveredAre('Remote'));
  await work('1', typed('Remote', '1'));
  await work('2', typed('Remote support', '1'));
  await configure(coveredAre('Remote support'));
  bench.nameWarnings();
  bench.psa.log('late', '1', '2026-03-02T06:00:00.000Z', 60, {
    ...typed('Remote', '1'),
    updatedAt: addSeconds(bench.psa.now, -300),
  });
  await work('3', typed('Remote support', '1'));
  expect(bench.nameWarnings()).toEqual([]);
  expect(await bench.hours()).toEqual([6, 0]);
});

import { expect, test } from '@jest/globals';
import type { LeakRow } from '../../src/reports/leaks/leak-shape.ts';
import { buildLeaks } from '../../src/reports/leaks/leaks.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { readWorkHistory } from '../../src/service/plan/work-history.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

const hour = 3600;
const all = { from: null, to: null };

/** One client with these terms and blocks; each ticket is an hour's work unless it says more. */
async function openWith(
  terms: Parameters<typeof agreementOf>[0] = {},
  fields: Parameters<typeof clientOf>[0] = {},
): Promise<CoreBench> {
  const agreement = agreementOf({ overage: 'carry', ...terms });
  const bench = await CoreBench.open({ clients: [clientOf({ agreement, ...fields })] });
  bench.psa.pageSize = 50;
  bench.at('2026-03-20T08:00:00.000Z');
  return bench;
}

function work(
  { psa }: CoreBench,
  id: string,
  day: string,
  minutes = 60,
  fields: Parameters<CoreBench['psa']['log']>[4] = {},
): void {
  psa.ticket(id);
  psa.log(id, id, `${day}T09:00:00.000Z`, minutes, fields);
}

async function close(bench: CoreBench, ...ids: string[]): Promise<void> {
  for (const id of ids) bench.psa.close(id);
  await bench.run();
}

async function rowsOf(
  bench: CoreBench,
  period: Partial<{ from: string }> = {},
): Promise<LeakRow[]> {
  const report = buildLeaks(
    await readWorkHistory(bench.app, 'given-blocks'),
    { ...all, ...period },
    null,
  );
  return [...report.clients.flatMap(({ rows }) => rows), ...report.withoutClient];
}

/** Reason, ticket, hours and amount of each row. */
async function said(bench: CoreBench): Promise<unknown[]> {
  const rows = await rowsOf(bench);
  return rows.map((row) => [row.reason, row.ticket, row.seconds / hour, (row.minor ?? 0) / 100]);
}

test('work beyond the blocks leaks until a block pays for it, and then the day is told', async () => {
  const bench = await openWith({}, { openingBlocks: [openingOf(1)] });
  work(bench, '1', '2026-03-02', 90);
  await close(bench, '1');
  expect(await said(bench)).toEqual([['overage', '1', 0.5, 60]]);
  const [row] = await rowsOf(bench);
  expect(row).toMatchObject({
    month: '2026-03',
    explain: 't:psa:1#1',
    rate: { minor: 12_000, source: 'block' },
    workedSeconds: hour / 2,
    entries: [{ connection: 'psa', id: '1', seconds: hour / 2 }],
  });
  await addBlock(bench.app, {
    clientId: bench.clientId(),
    ...{ seconds: 2 * hour, amountMinor: null, rateMinor: 11_000, priority: 0 },
    ...{ purchasedOn: '2026-03-20', expiresOn: null, reason: 'sold' },
  });
  const [paid] = await rowsOf(bench);
  expect(paid).toMatchObject({ reason: 'paid-later', isLeak: false, detail: '2026-03-20' });
  expect(paid?.seconds).toBe(hour / 2);
  await bench.close();
});

test('work after the last block expired, and open work whose hours expired, are told apart', async () => {
  const opening = openingOf(4, { expiresOn: '2026-03-05' });
  const bench = await openWith({ replenish: [] }, { openingBlocks: [opening] });
  work(bench, '1', '2026-03-04');
  work(bench, '2', '2026-03-10', 120);
  work(bench, '3', '2026-03-03', 30);
  await close(bench, '1', '2');
  expect(await said(bench)).toEqual([
    ['expired-open', '3', 0.5, 60],
    ['after-expiry', '2', 2, 240],
  ]);
  const rows = await rowsOf(bench);
  expect(rows.map(({ rate, detail }) => [rate?.source, detail])).toEqual([
    ['block', '2026-03-05'],
    ['last-block', null],
  ]);
  await bench.close();
});

test('free work is priced at the block in use, else at the first offer, by its reason', async () => {
  const bench = await openWith(
    {
      workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'excluded' },
      roles: { covered: [], excluded: ['Trainee'] },
      excludedTechnicians: ['Bob'],
      replenish: [
        {
          when: { balance: 'settled', secondsLeft: 0 },
          do: ['invoice'],
          offer: { ...ten, rateMinor: 10_000 },
          tell: ['msp'],
        },
      ],
    },
    { openingBlocks: [openingOf(5, { purchasedOn: '2026-03-10' })], startOn: '2026-03-01' },
  );
  work(bench, '1', '2026-03-11', 60, { workType: 'Travel' });
  work(bench, '2', '2026-03-11', 60, { isBillable: false });
  work(bench, '3', '2026-03-11', 60, { technician: 'Bob', technicianId: 'bob' });
  work(bench, '4', '2026-03-11', 60, { role: 'Trainee' });
  work(bench, '5', '2026-03-02', 60, { workType: 'Oddity' });
  await close(bench, '1', '2', '3', '4', '5');
  expect(await said(bench)).toEqual([
    ['free-not-billable', '2', 1, 120],
    ['free-technician', '3', 1, 120],
    ['free-role', '4', 1, 120],
    ['free-excluded', '1', 1, 120],
    ['free-unlisted', '5', 1, 100],
  ]);
  await bench.close();
});

test('held work, work without a client in the config, and quarantined rows are set aside', async () => {
  const bench = await openWith(
    { overage: 'hold', withoutTicket: 'hold' },
    { openingBlocks: [openingOf(1)] },
  );
  work(bench, '1', '2026-03-02', 120);
  bench.psa.log('20', null, '2026-03-03T09:00:00.000Z', 30, { clientId: '1' });
  bench.psa.ticket('3', { clientId: '99' });
  bench.psa.log('3', '3', '2026-03-04T09:00:00.000Z', 45);
  bench.psa.ticket('4');
  bench.psa.log('4', '4', '2026-04-04T09:00:00.000Z', 15);
  await close(bench, '1', '3', '4');
  const rows = await rowsOf(bench);
  expect(
    rows.map(({ reason, ticket, seconds, minor }) => [reason, ticket, seconds, minor]),
  ).toEqual([
    ['quarantined', '4', hour / 4, 3000],
    ['held-without-ticket', null, hour / 2, 6000],
    ['no-hours', '1', 2 * hour, 24_000],
    ['client-unmapped', '3', 0.75 * hour, null],
  ]);
  const [row] = await bench.app.store
    .listQuarantine(['open'])
    .then((found) => found.filter(({ stream }) => stream === 'clients'));
  await bench.app.store.acceptQuarantine(row?.id ?? 0, '2026-03-20T09:00:00.000Z', 'run');
  expect((await rowsOf(bench)).map(({ reason }) => reason)).not.toContain('client-unmapped');
  await bench.close();
});

const night = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map(() => [{ fromMinute: 0, toMinute: 600 }]),
  isHoliday: () => false,
};

test('what the agreement adds to the PSA’s own billable time is a leak only where it was not charged', async () => {
  const bench = await openWith({
    rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 1800, graceSeconds: 0 },
    multipliers: [{ workType: null, role: null, outside: night, factorThousandths: 2000 }],
  });
  // Ten in Paris at nine UTC: all of it is outside.
  work(bench, '1', '2026-03-02', 50, { billedSeconds: 40 * 60 });
  work(bench, '2', '2026-03-03', 10, { billedSeconds: 10 * 60 });
  work(bench, '3', '2026-03-04', 10);
  await close(bench, '1', '2', '3');
  const minutes = (rows: LeakRow[]) =>
    rows.map(({ reason, ticket, seconds, isLeak }) => [reason, ticket, seconds / 60, isLeak]);
  const added = [
    ['multiplier', '1', 60],
    ['multiplier', '2', 30],
    ['minimum', '2', 15],
    ['rounding', '1', 10],
    ['rounding', '2', 5],
    ['psa-shorter', '1', 10],
  ];
  expect(minutes(await rowsOf(bench))).toEqual(added.map((row) => [...row, false]));
  bench.setMode('observe');
  expect(minutes(await rowsOf(bench))).toEqual(added.map((row) => [...row, true]));
  const { clients, totals } = buildLeaks(
    await readWorkHistory(bench.app, 'given-blocks'),
    all,
    null,
  );
  // A ticket whose billable time is unknown is not compared: half an hour, twice.
  expect(clients[0]?.uncomparedSeconds).toBe(hour);
  expect(totals).toEqual([
    { currency: 'EUR', unbilledMinor: 0, addedMinor: 26_000, leakMinor: 26_000, overMinor: 0 },
  ]);
  await bench.close();
});

test('charged work that the PSA may not want charged has its own rows, each under one reason', async () => {
  const bench = await openWith({
    workTypes: { covered: ['Remote'], excluded: [], unlisted: 'covered' },
    timeFrom: 'worked',
  });
  work(bench, '1', '2026-03-02', 60, { workType: 'Oddity' });
  work(bench, '2', '2026-03-03');
  work(bench, '3', '2026-03-03', 60, { workType: 'Oddity' });
  await close(bench, '1', '2', '3');
  const agreement = agreementOf({
    workTypes: { covered: ['Remote'], excluded: [], unlisted: 'covered' },
    from: '2026-03-03',
  });
  await bench.configure([clientOf({ agreement })]);
  expect(await said(bench)).toEqual([
    ['charged-outside-dates', '1', 1, 120],
    ['charged-twice', '3', 1, 120],
  ]);
  const found = { connection: 'psa', clientId: bench.clientId(), fix: '', seconds: 0 };
  await bench.app.store.writeDifferences(
    [
      { ...found, kind: 'entry-missing-there', subject: 'time entry 2', ours: '1 h', theirs: '' },
      { ...found, kind: 'block-balance', subject: 'agreement', ours: '7 h', theirs: '4 h' },
    ],
    { at: '2026-03-20T08:00:00.000Z', runId: 'r' },
  );
  expect((await said(bench)).slice(0, 1)).toEqual([['charged-missing-there', '2', 1, 120]]);
  expect((await rowsOf(bench)).at(-1)).toMatchObject({
    reason: 'native-block',
    detail: '7 h / 4 h',
  });
  await bench.close();
});

test('work after the agreement’s end is unbilled; another agreement’s work is not looked at', async () => {
  const bench = await openWith({
    until: '2026-03-05',
    applies: { boards: ['Help Desk'], ticketTypes: null, agreements: null },
  });
  work(bench, '1', '2026-03-10');
  bench.psa.ticket('2', { board: 'Managed' });
  bench.psa.log('2', '2', '2026-03-02T09:00:00.000Z', 60);
  await close(bench, '1', '2');
  expect(await said(bench)).toEqual([['outside-dates', '1', 1, 120]]);
  await bench.close();
});

test('before the first day, past blocks decide what leaked; without them these months are left out', async () => {
  const pastBlocks = [
    {
      seconds: 2 * hour,
      rateMinor: 10_000,
      currency: 'EUR',
      purchasedOn: '2026-01-05',
      expiresOn: '2026-02-15',
    },
    {
      seconds: hour,
      rateMinor: 11_000,
      currency: 'EUR',
      purchasedOn: '2026-02-20',
      expiresOn: null,
    },
  ];
  const bench = await openWith({}, { startOn: '2026-03-01', openingBlocks: [openingOf(3)] });
  work(bench, '1', '2026-01-10', 90);
  work(bench, '2', '2026-01-12', 90);
  work(bench, '3', '2026-02-17', 60);
  work(bench, '4', '2026-01-02', 60);
  work(bench, '5', '2026-03-02', 60);
  const closedOn = { 1: '01-11', 2: '01-13', 3: '02-18', 4: '01-03', 5: '03-03' };
  await close(bench, '1', '2', '3', '4', '5');
  for (const [id, day] of Object.entries(closedOn)) {
    bench.psa.editTicket(id, { closedAt: `2026-${day}T12:00:00.000Z` });
  }
  await bench.run();
  expect(await said(bench)).toEqual([]);
  const before = bench.dump();
  const [client] = bench.app.config.clients;
  if (client === undefined) throw new Error('no client');
  await bench.configure([{ ...client, pastBlocks }]);
  const rows = await rowsOf(bench);
  expect(
    rows.map(({ reason, ticket, seconds, minor }) => [reason, ticket, seconds / hour, minor]),
  ).toEqual([
    ['after-expiry', '3', 1, 10_000],
    ['paid-later', '2', 1, 10_000],
  ]);
  expect(bench.dump()).toEqual(before);
  await bench.close();
});

test('the months asked for limit the rows and the sums', async () => {
  const bench = await openWith({}, { openingBlocks: [openingOf(1)] });
  work(bench, '1', '2026-02-02', 120);
  work(bench, '2', '2026-03-02', 60);
  await close(bench, '1', '2');
  const rows = await rowsOf(bench, { from: '2026-03' });
  expect(rows.map(({ month, ticket }) => [month, ticket])).toEqual([['2026-03', '2']]);
  await bench.close();
});

test('what the PSA deleted stays a row until the next debit takes it back', async () => {
  const bench = await CoreBench.open({ isTimePerTicket: true });
  bench.at('2026-03-20T08:00:00.000Z');
  work(bench, '1', '2026-03-02');
  await close(bench, '1');
  bench.psa.removeEntry('1');
  bench.advance(60);
  await bench.runWith(['pull', 'sweep'], { acceptedSweeps: ['psa'] });
  expect(await said(bench)).toEqual([['charged-deleted', '1', 1, 120]]);
  await bench.run();
  expect(await said(bench)).toEqual([]);
  await bench.close();
});

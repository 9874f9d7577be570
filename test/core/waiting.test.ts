import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CoreBench, clientOf } from '../support/core-bench.ts';

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ isTimePerTicket: false });
});
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';
const martin = clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]) });

test('an unmapped client is set aside by name, once, and debited once it is in the config', async () => {
  bench.psa.clients.push({ sourceId: '2', name: 'Cabinet Martin' });
  for (const id of ['1', '2']) {
    bench.psa.ticket(id, { clientId: '2' });
    bench.psa.log(id, id, nine, 60);
    bench.psa.close(id);
  }
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa clients 2']);
  const [row] = await bench.app.store.listQuarantine(['open']);
  expect(row?.reason).toMatch(/Cabinet Martin.*psa.*ids/);
  await bench.configure([clientOf(), martin]);
  await bench.run();
  expect(await bench.quarantine()).toEqual([]);
  expect(await bench.hours('Martin')).toEqual([8, 0]);
});

test('an unmapped client stays set aside while other work of its still waits', async () => {
  bench.psa.log('1', null, nine, 60, { clientId: '2' });
  bench.psa.log('2', null, nine, 60, { clientId: '2' });
  await bench.run();
  // The first turns out to be Dupont's: the second is still nobody's.
  bench.psa.editEntry('1', { clientId: '1' });
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa clients 2']);
  expect(await bench.hours()).toEqual([9, 0]);
});

test('an entry that is gone does not settle the warning about a client others wait for', async () => {
  await bench.close();
  bench = await CoreBench.open({ isTimePerTicket: true, clients: [clientOf()] });
  for (const id of ['1', '2']) {
    bench.psa.ticket(id, { clientId: '1' });
    bench.psa.log(id, id, nine, 60);
  }
  await bench.run();
  // The client is taken out of the config, and both tickets are touched.
  await bench.configure([martin]);
  for (const id of ['1', '2']) bench.psa.editTicket(id, { summary: 'touched' });
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa clients 1']);
  await bench.app.store.writePage({
    stream: 'timeEntries',
    rows: [],
    rejected: [],
    connection: 'psa',
    at: bench.psa.now,
    runId: 'by hand',
    since: bench.psa.now,
    completeTicketIds: ['1'],
  });
  await bench.run('debit');
  expect(await bench.quarantine()).toEqual(['psa clients 1']);
});

test('a ticket without client is set aside, and debited by itself once it has one', async () => {
  bench.psa.ticket('1', { clientId: null });
  bench.psa.log('1', '1', nine, 60);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa tickets 1']);
  expect(await bench.hours()).toEqual([10, 0]);
  bench.psa.editTicket('1', { clientId: '1' });
  await bench.run();
  expect(await bench.quarantine()).toEqual([]);
  expect(await bench.hours()).toEqual([9, 0]);
});

test('a ticket that was unseen and turns out to be of an unmapped client is warned of as that alone', async () => {
  bench.psa.log('1', '77', nine, 60);
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa tickets 77']);
  bench.psa.ticket('77', { clientId: '2' });
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa clients 2']);
});

test('time on a ticket that was never seen waits for it, corrections and all', async () => {
  bench.psa.log('1', '77', nine, 60);
  bench.psa.log('2', '77', '2026-03-02T11:00:00.000Z', -30, { kind: 'correction' });
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa tickets 77']);
  const [row] = await bench.app.store.listQuarantine(['open']);
  expect(row?.reason).toMatch(/Ticket 77.*never read/);
  bench.psa.ticket('77');
  bench.psa.close('77');
  await bench.run();
  expect(await bench.quarantine()).toEqual([]);
  expect(await bench.hours()).toEqual([9.5, 0]);
});

test('a ticket with more taken off than logged is told, costs nothing, and mends itself', async () => {
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 30);
  bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', -45, { kind: 'correction' });
  bench.psa.close('1');
  await bench.run();
  expect(await bench.quarantine()).toEqual(['psa tickets 1']);
  expect(await bench.hours()).toEqual([10, 0]);
  bench.psa.editEntry('1', { seconds: 75 * 60 });
  await bench.run();
  expect(await bench.quarantine()).toEqual([]);
  expect(await bench.hours()).toEqual([9.5, 0]);
});

test.each([
  ['is negative', { seconds: -600 }, /negative duration/],
  ['is longer than a day', { seconds: 30 * 3600 }, /longer than a day/],
  ['ends before it starts', { endedAt: '2026-03-02T08:00:00.000Z' }, /before it starts/],
  ['is not a whole number of seconds', { seconds: 0.5 }, /whole number of seconds/],
  [
    'takes off from nothing',
    { kind: 'correction', ticketId: null, seconds: -60 },
    /not linked to a ticket/,
  ],
  ['takes off nothing', { kind: 'correction', seconds: 60 }, /duration is not negative/],
] as const)(
  'an entry that %s is set aside with its name and the way out',
  async (_, fields, reason) => {
    bench.psa.ticket('1');
    bench.psa.log('1', '1', nine, 60, fields);
    bench.psa.close('1');
    await bench.run();
    const [row] = await bench.app.store.listQuarantine(['open']);
    expect(row).toMatchObject({ stream: 'timeEntries', sourceId: '1' });
    expect(row?.reason).toMatch(reason);
    expect(row?.reason).toMatch(/Ada/);
    expect(await bench.hours()).toEqual([10, 0]);
    bench.psa.editEntry('1', { kind: 'work', ticketId: '1', seconds: 3600, endedAt: nine });
    await bench.run();
    expect(await bench.quarantine()).toEqual([]);
    expect(await bench.hours()).toEqual([9, 0]);
  },
);

test.each([
  ['next year', '2027-03-02T09:00:00.000Z', /dated in the future \(2027-03-02/],
  [
    'the year before its ticket',
    '2025-02-01T09:00:00.000Z',
    /a year before its ticket was created/,
  ],
])('work of %s moves nothing until it is corrected or accepted', async (_, startedAt, reason) => {
  bench.psa.ticket('1', { createdAt: nine });
  bench.psa.log('1', '1', startedAt, 60);
  bench.psa.log('2', '1', nine, 30);
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([9.5, 0]);
  const [row] = await bench.app.store.listQuarantine(['open']);
  expect(row?.reason).toMatch(reason);
  expect(row?.reason).toMatch(/Correct it in the PSA, or accept this row/);
  bench.psa.editEntry('1', { startedAt: nine, endedAt: '2026-03-02T10:00:00.000Z' });
  await bench.run();
  expect(await bench.quarantine()).toEqual([]);
  expect(await bench.hours()).toEqual([8.5, 0]);
  bench.psa.editEntry('1', { startedAt, endedAt: startedAt });
  await bench.run();
  // What was debited stays, and the entry does not count as gone.
  expect(await bench.hours()).toEqual([8.5, 0]);
  expect(await bench.quarantine()).toEqual(['psa timeEntries 1']);
});

test('a negative entry that a person accepts as true takes its time off the ticket', async () => {
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60);
  bench.psa.log('2', '1', '2026-03-02T11:00:00.000Z', 30, { seconds: -30 * 60 });
  bench.psa.close('1');
  await bench.run();
  expect(await bench.hours()).toEqual([9, 0]);
  const [row] = await bench.app.store.listQuarantine(['open']);
  await bench.app.store.acceptQuarantine(row?.id ?? 0, bench.psa.now, 'by hand');
  await bench.run();
  expect(await bench.hours()).toEqual([9.5, 0]);
});

test('a client that leaves the config keeps what was debited, and its new work waits', async () => {
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 60);
  bench.psa.close('1');
  await bench.run();
  const id = bench.clientId();
  await bench.configure([martin]);
  bench.psa.ticket('2');
  bench.psa.log('2', '2', nine, 60);
  bench.psa.close('2');
  await bench.run();
  const [ledger] = await bench.app.store.readLedgers([id]);
  expect(ledger?.blocks[0]?.remainingSeconds).toBe(9 * 3600);
  expect(await bench.quarantine()).toEqual(['psa clients 1']);
  await bench.configure([clientOf(), martin]);
  await bench.run();
  expect(await bench.hours()).toEqual([8, 0]);
});

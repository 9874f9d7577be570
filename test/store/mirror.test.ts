import { expect, test } from '@jest/globals';
import type { TimeEntryRow } from '../../src/contract/connector.ts';
import { at, openBench, page, takeMarks, ticket, timeEntry } from './store-bench.ts';

const tickets = (...rows: ReturnType<typeof ticket>[]) => ({ stream: 'tickets' as const, rows });
const entries = (...rows: TimeEntryRow[]) => ({ stream: 'timeEntries' as const, rows });

test('a row that says the same writes nothing and marks nothing', async () => {
  const { store, raw } = await openBench();
  expect((await store.writePage(page(entries(timeEntry())))).changed).toBe(1);
  expect(takeMarks(raw)).toEqual(['ticket t1']);
  const again = await store.writePage(page(entries(timeEntry(), timeEntry())));
  expect(again).toMatchObject({ changed: 0, quarantined: 0 });
  expect(takeMarks(raw)).toEqual([]);
});

test('a later updatedAt alone is kept and marks nothing', async () => {
  const { store, raw } = await openBench();
  await store.writePage(page(entries(timeEntry())));
  await store.writePage(page(tickets(ticket())));
  takeMarks(raw);
  const updatedAt = '2026-03-02T08:00:00.000Z';
  const outcome = await store.writePage(page(entries(timeEntry({ updatedAt }))));
  await store.writePage(page(tickets(ticket({ updatedAt }))));
  expect(outcome.changed).toBe(0);
  expect(takeMarks(raw)).toEqual([]);
  const work = await store.readWork([{ connection: 'psa', kind: 'ticket', sourceId: 't1' }]);
  expect(work.entries[0]?.updatedAt).toBe(updatedAt);
  expect(work.tickets[0]?.updatedAt).toBe(updatedAt);
});

test.each<Partial<TimeEntryRow>>([
  { seconds: 1800 },
  { isBillable: null },
  { workType: null },
  { note: 'Changed.' },
  { technician: 'Bob' },
])('an entry with %j is another revision', async (change) => {
  const { store, raw } = await openBench();
  await store.writePage(page(entries(timeEntry())));
  takeMarks(raw);
  expect((await store.writePage(page(entries(timeEntry(change))))).changed).toBe(1);
  expect(takeMarks(raw)).toEqual(['ticket t1']);
});

test('an entry that moves marks the ticket it left and the one it came to', async () => {
  const { store, raw } = await openBench();
  await store.writePage(page(entries(timeEntry())));
  takeMarks(raw);
  await store.writePage(page(entries(timeEntry({ ticketId: 't2' }))));
  expect(takeMarks(raw)).toEqual(['ticket t1', 'ticket t2']);
  await store.writePage(page(entries(timeEntry({ ticketId: null }))));
  expect(takeMarks(raw)).toEqual(['ticket t2', 'entry e1']);
});

test('a change after the dirty row was taken is not lost with it', async () => {
  const { store } = await openBench();
  await store.writePage(page(entries(timeEntry())));
  const [taken] = await store.takeDirty(10);
  await store.writePage(page(entries(timeEntry({ seconds: 60 }))));
  const [later] = await store.takeDirty(10);
  expect(later?.sourceId).toBe('t1');
  expect(later?.seq).toBeGreaterThan(taken?.seq ?? Number.NaN);
});

test('a ticket without time marks nothing; the target of a merge is marked when it is first seen', async () => {
  const { store, raw } = await openBench();
  await store.writePage(page(tickets(ticket())));
  expect(takeMarks(raw)).toEqual([]);
  await store.writePage(page(entries(timeEntry({ ticketId: 't2' }))));
  await store.writePage(page(tickets(ticket({ sourceId: 't2', mergedInto: 't9' }))));
  takeMarks(raw);
  await store.writePage(page(tickets(ticket({ sourceId: 't9' }))));
  expect(takeMarks(raw)).toEqual(['ticket t9']);
  await store.writePage(page(tickets(ticket({ sourceId: 't2', mergedInto: null }))));
  expect(takeMarks(raw)).toEqual(['ticket t2', 'ticket t9']);
});

test('time is asked for again for tickets that were touched, of the clients that count', async () => {
  const { store } = await openBench();
  const timeDue = { clientIds: ['1234'], isForced: false, untimedIds: [] };
  const other = ticket({ sourceId: 't2', clientId: '999' });
  await store.writePage(page(tickets(ticket(), other), { timeDue }));
  expect(await store.listTimeDue('psa', 10)).toEqual(['t1']);
  await store.writePage(page(entries(), { completeTicketIds: ['t1'] }));
  expect(await store.listTimeDue('psa', 10)).toEqual([]);
  await store.writePage(page(tickets(ticket()), { timeDue }));
  expect(await store.listTimeDue('psa', 10)).toEqual([]);
  const touched = ticket({ updatedAt: '2026-03-02T08:00:00.000Z' });
  await store.writePage(page(tickets(touched), { timeDue }));
  expect(await store.listTimeDue('psa', 10)).toEqual(['t1']);
  await store.writePage(page(entries(), { completeTicketIds: ['t1'] }));
  await store.writePage(page(tickets(touched), { timeDue: { ...timeDue, isForced: true } }));
  expect(await store.listTimeDue('psa', 10)).toEqual(['t1']);
});

test('time is not asked for of tickets without any, unless some is mirrored', async () => {
  const { store } = await openBench();
  const timeDue = { clientIds: ['1234'], isForced: false, untimedIds: ['t1', 't2'] };
  await store.writePage(page(entries(timeEntry({ ticketId: 't1' }))));
  const others = ['t2', 't3'].map((sourceId) => ticket({ sourceId }));
  await store.writePage(page(tickets(ticket(), ...others), { timeDue }));
  expect(await store.listTimeDue('psa', 10)).toEqual(['t1', 't3']);
});

test('what a complete page lacks is gone, and is back when it comes back', async () => {
  const { store, raw } = await openBench();
  const complete = { completeTicketIds: ['t1'] };
  const second = timeEntry({ sourceId: 'e2' });
  const elsewhere = timeEntry({ sourceId: 'e3', ticketId: 't2' });
  await store.writePage(page(entries(timeEntry(), second, elsewhere)));
  takeMarks(raw);
  expect((await store.writePage(page(entries(timeEntry()), complete))).changed).toBe(1);
  expect(takeMarks(raw)).toEqual(['ticket t1']);
  const deleted = raw.prepare('SELECT deleted_at FROM mirror_time_entry ORDER BY source_id').all();
  expect(deleted.map((row) => row.deleted_at)).toEqual([null, at, null]);
  expect((await store.writePage(page(entries(timeEntry()), complete))).changed).toBe(0);
  expect((await store.writePage(page(entries(timeEntry(), second), complete))).changed).toBe(1);
  expect(raw.prepare('SELECT count(deleted_at) AS n FROM mirror_time_entry').get()?.n).toBe(0);
});

test('an entry that a complete page could not read is not taken for gone', async () => {
  const { store, raw } = await openBench();
  await store.writePage(page(entries(timeEntry())));
  const rejected = [{ sourceId: 'e1', reason: 'bad', row: null, vendorRow: { id: 'e1' } }];
  await store.writePage(page(entries(), { completeTicketIds: ['t1'], rejected }));
  expect(raw.prepare('SELECT deleted_at FROM mirror_time_entry').get()?.deleted_at).toBeNull();
});

test('rows and watermark go in together, or neither does', async () => {
  const { store, raw } = await openBench();
  const watermark = { since: at, clientIds: ['1234'], pass: null };
  const broken = { ...timeEntry({ sourceId: 'e2' }), kind: 'nonsense' } as unknown as TimeEntryRow;
  await expect(
    store.writePage(page(entries(timeEntry(), broken), { watermark })),
  ).rejects.toThrow();
  expect(raw.prepare('SELECT count(*) AS n FROM mirror_time_entry').get()?.n).toBe(0);
  expect(await store.readWatermark('psa', 'timeEntries')).toBeNull();
});

test('a watermark comes back as it went in, and stays when nothing changed', async () => {
  const { store } = await openBench();
  const pass = { since: at, startedAt: at, clientIds: ['1', '2'], resume: 'p2' };
  const watermark = { since: null, clientIds: [], pass };
  await store.writePage(page(entries(), { watermark }));
  expect(await store.readWatermark('psa', 'timeEntries')).toEqual(watermark);
  const next = { since: at, clientIds: ['1'], pass: null };
  await store.writePage(page(entries(), { watermark: next, watermarkWhen: 'if-changed' }));
  expect(await store.readWatermark('psa', 'timeEntries')).toEqual(watermark);
  const changed = page(entries(timeEntry()), { watermark: next, watermarkWhen: 'if-changed' });
  await store.writePage(changed);
  expect(await store.readWatermark('psa', 'timeEntries')).toEqual(next);
});

test('every stream goes into its table', async () => {
  const { store, raw } = await openBench();
  const updatedAt = at;
  const [startedAt, endedAt] = ['2026-03-01T09:00:00.000Z', '2026-03-01T09:30:00.000Z'];
  const who = { clientId: '17', technicianId: '7', technician: 'Ann', device: 'PC-1' };
  const unset = { technicianEmail: null, ticketId: null, entryId: null };
  const session = { sourceId: 's1', ...who, ...unset, startedAt, endedAt, updatedAt };
  const unknown = { saleId: null, netMinor: null, paidMinor: null, creditedMinor: null };
  const money = { currency: 'EUR', totalMinor: 120_000, issuedOn: '2026-03-01', ...unknown };
  const state = { isPaid: false, isVoid: false, paidOn: null, lines: null };
  const invoice = { sourceId: 'i1', number: '42', clientId: '1234', reference: 'ph:1', updatedAt };
  await store.writePage(page({ stream: 'clients', rows: [{ sourceId: '1234', name: 'Dupont' }] }));
  await store.writePage(page({ stream: 'sessions', rows: [session] }));
  await store.writePage(page({ stream: 'invoices', rows: [{ ...invoice, ...money, ...state }] }));
  const paid = { ...invoice, ...money, ...state, isPaid: true };
  const outcome = await store.writePage(page({ stream: 'invoices', rows: [paid] }));
  expect(outcome.changed).toBe(1);
  expect(await store.readMirrorClientName('psa', '1234')).toBe('Dupont');
  expect(await store.readMirrorClientName('psa', '9')).toBeNull();
  expect(raw.prepare('SELECT device FROM mirror_session').get()?.device).toBe('PC-1');
  expect(raw.prepare('SELECT is_paid FROM mirror_invoice').get()?.is_paid).toBe(1);
});

test('a connection keeps what it wants remembered', async () => {
  const { store } = await openBench();
  await store.writeMemory('psa', 'name.board:1', 'Help Desk', at);
  await store.writeMemory('psa', 'fact%', 'yes', at);
  await store.writeMemory('rmm', 'name.board:1', 'Other', at);
  expect(await store.readMemory('psa', 'name.board:1')).toBe('Help Desk');
  expect(await store.listMemory('psa', 'name.')).toEqual([
    { key: 'name.board:1', value: 'Help Desk', updatedAt: at },
  ]);
  await store.writeMemory('psa', 'name.board:1', null, at);
  expect(await store.readMemory('psa', 'name.board:1')).toBeNull();
});

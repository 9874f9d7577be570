import { expect, test } from '@jest/globals';
import type { QuarantinedRow } from '../../src/store/port.ts';
import { at, debits, group, openBench, page, takeMarks, ticket, timeEntry } from './store-bench.ts';

const later = '2026-03-02T10:00:00.000Z';
const tooLong = timeEntry({ seconds: 108_000 });

function rejected(row: unknown, vendorRow: unknown = null): QuarantinedRow[] {
  return [{ sourceId: 'e1', reason: 'Longer than a day.', row, vendorRow }];
}

function badPage(row: unknown, vendorRow: unknown = null, change = {}) {
  const rows = { stream: 'timeEntries' as const, rows: [] };
  return page(rows, { rejected: rejected(row, vendorRow), ...change });
}

test('a bad row is counted once, kept with both its shapes, and settled when it reads well', async () => {
  const { store } = await openBench();
  expect((await store.writePage(badPage(tooLong, { hours: 30 }))).quarantined).toBe(1);
  const again = await store.writePage(badPage(tooLong, { hours: 30 }, { at: later }));
  expect(again.quarantined).toBe(0);
  const [row] = await store.listQuarantine(['open']);
  expect(row).toMatchObject({ firstSeenAt: at, lastSeenAt: later, reason: 'Longer than a day.' });
  expect(JSON.parse(row?.row ?? '')).toEqual(tooLong);
  expect(row?.vendorRow).toBe('{"hours":30}');
  await store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  expect(await store.listQuarantine(['open'])).toEqual([]);
  expect((await store.writePage(badPage(tooLong))).quarantined).toBe(1);
});

test('an accepted row stands in the mirror and stays accepted while it says the same', async () => {
  const { store, raw } = await openBench();
  await store.writePage(badPage(tooLong));
  const [row] = await store.listQuarantine(['open']);
  expect(await store.acceptQuarantine(row?.id ?? 0, at, 'r2')).toBe(true);
  expect(await store.acceptQuarantine(row?.id ?? 0, at, 'r2')).toBe(false);
  expect(takeMarks(raw)).toEqual(['ticket t1']);
  const touched = { ...tooLong, updatedAt: later };
  const outcome = await store.writePage(badPage(touched, null, { completeTicketIds: ['t1'] }));
  expect(outcome).toEqual({ changed: 0, quarantined: 0, vanished: [] });
  expect(await store.listQuarantine(['accepted'])).toHaveLength(1);
  expect(raw.prepare('SELECT seconds FROM mirror_time_entry').get()?.seconds).toBe(108_000);
});

test('an accepted row that says something else is a question again', async () => {
  const { store, raw } = await openBench();
  await store.writePage(badPage(tooLong));
  await store.acceptQuarantine(1, at, 'r2');
  const outcome = await store.writePage(badPage({ ...tooLong, seconds: 900_000 }));
  expect(outcome.quarantined).toBe(1);
  expect(raw.prepare('SELECT seconds FROM mirror_time_entry').get()?.seconds).toBe(108_000);
});

test('an accepted row that was gone comes back with its page', async () => {
  const { store, raw } = await openBench();
  const complete = { completeTicketIds: ['t1'] };
  await store.writePage(badPage(tooLong, null, complete));
  await store.acceptQuarantine(1, at, 'r2');
  await store.writePage(page({ stream: 'timeEntries', rows: [] }, complete));
  expect(raw.prepare('SELECT deleted_at FROM mirror_time_entry').get()?.deleted_at).toBe(at);
  expect((await store.writePage(badPage(tooLong, null, complete))).changed).toBe(1);
  expect(raw.prepare('SELECT deleted_at FROM mirror_time_entry').get()?.deleted_at).toBeNull();
});

test('what was not understood cannot be accepted', async () => {
  const { store } = await openBench();
  await store.writePage(badPage(null, { nonsense: true }));
  await expect(store.acceptQuarantine(1, at, 'r2')).rejects.toThrow(/timeEntries e1 of psa/);
  expect(await store.acceptQuarantine(99, at, 'r2')).toBe(false);
});

test('retry steps the watermark back to where the row was met, and a begun pass starts again', async () => {
  const { store } = await openBench();
  const pass = { since: at, startedAt: later, clientIds: ['1234'], resume: 'p3' };
  const watermark = { since: later, clientIds: ['1234'], pass };
  await store.writePage(badPage(null, {}, { watermark, since: at }));
  expect(await store.retryQuarantine(1, later)).toBe(true);
  const expected = { since: at, clientIds: ['1234'], pass: null };
  expect(await store.readWatermark('psa', 'timeEntries')).toEqual(expected);
  expect(await store.retryQuarantine(99, later)).toBe(false);
});

test('where time is read ticket by ticket, retry asks for the tickets that the row came with', async () => {
  const { store } = await openBench();
  await store.writePage(badPage(null, {}, { completeTicketIds: ['t1', 't2'], since: later }));
  await store.retryQuarantine(1, later);
  expect(await store.listTimeDue('psa', 10)).toEqual(['t1', 't2']);
});

const unmapped = { connection: 'psa', stream: 'clients', sourceId: '999' };

test('an unmapped client is debit’s finding: a client row that reads well does not settle it', async () => {
  const { store } = await openBench();
  const reason = 'Client 999 is in no entry of the config.';
  await store.writeDebits(debits(0, { warnings: [{ ...unmapped, reason }] }));
  await store.writePage(page({ stream: 'clients', rows: [{ sourceId: '999', name: 'Neu' }] }));
  expect(await store.listQuarantine(['open'])).toHaveLength(1);
  await store.writeDebits(debits(0, { warnings: [{ ...unmapped, reason: null }] }));
  expect(await store.listQuarantine(['resolved'])).toHaveLength(1);
});

test('a client left out for good stays out, and its waiting work is looked at again', async () => {
  const { store, raw } = await openBench();
  await store.writePage(page({ stream: 'tickets', rows: [ticket({ clientId: '999' })] }));
  await store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  const waiting = group({ groupKey: 'e:psa:e1', clientId: null, status: 'waiting' });
  const entryGroups = [
    { connection: 'psa', entryId: 'e1', groupKey: 'e:psa:e1', isCharged: false },
  ];
  const warnings = [{ ...unmapped, reason: 'unmapped' }];
  await store.writeDebits(debits(0, { groups: [waiting], entryGroups, warnings }));
  takeMarks(raw);
  expect(await store.acceptQuarantine(1, at, 'r2')).toBe(true);
  expect(takeMarks(raw)).toEqual(['ticket t1']);
  await store.writeDebits(debits(0, { warnings }));
  expect(await store.listQuarantine(['accepted'])).toHaveLength(1);
  expect(await store.retryQuarantine(1, at)).toBe(true);
  expect(await store.listQuarantine(['open'])).toHaveLength(1);
});

test('retry of a ticket that was never seen reads back to the first work on it', async () => {
  const { store } = await openBench();
  await store.writePage(page({ stream: 'timeEntries', rows: [timeEntry()] }));
  const watermark = { since: later, clientIds: ['1234'], pass: null };
  await store.writePage(page({ stream: 'tickets', rows: [] }, { watermark }));
  const unseen = { connection: 'psa', stream: 'tickets', sourceId: 't1', reason: 'unseen' };
  await store.writeDebits(debits(0, { warnings: [unseen] }));
  await store.retryQuarantine(1, at);
  const stepped = await store.readWatermark('psa', 'tickets');
  expect(stepped?.since).toBe(timeEntry().startedAt);
});

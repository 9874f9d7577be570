import { beforeEach, expect, test } from '@jest/globals';
import type { Difference, ListingScope, Store } from '../../src/store/port.ts';
import { dumpTables } from '../support/dump-tables.ts';
import { at, openBench, ticket, timeEntry } from './store-bench.ts';

const later = '2026-03-03T09:00:00.000Z';
let store: Store;
let file: string;
beforeEach(async () => {
  ({ store, file } = await openBench());
});

function difference(fields: Partial<Difference> = {}): Difference {
  return {
    connection: 'psa',
    kind: 'entry-differs',
    subject: 'time entry 1',
    clientId: 'dupont',
    ours: '1 h',
    theirs: '2 h',
    fix: 'Save it again.',
    seconds: 0,
    ...fields,
  };
}

async function all<Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

test('a difference is news when it is new or says something else, and keeps since when it does', async () => {
  const first = { at, runId: 'r1' };
  const next = { at: later, runId: 'r2' };
  expect(await store.writeDifferences([difference()], first)).toEqual([difference()]);
  expect(await store.writeDifferences([difference({ fix: 'Other.' })], next)).toEqual([]);
  expect(await all(store.streamDifferences(null))).toMatchObject([
    { client: 'Dupont', foundAt: at, fix: 'Other.' },
  ]);
  const changed = difference({ theirs: '3 h' });
  expect(await store.writeDifferences([changed], next)).toEqual([changed]);
  expect(await all(store.streamDifferences(null))).toMatchObject([{ foundAt: later }]);
});

test('what a run did not find again is forgotten, of the clients that it looked at', async () => {
  const ofMartin = difference({ subject: 'time entry 2', clientId: 'martin', seconds: 60 });
  const ofNobody = difference({ subject: 'time entry 3', clientId: null });
  const elsewhere = difference({ connection: 'rmm' });
  const written = [difference({ seconds: 3600 }), ofMartin, ofNobody, elsewhere];
  await store.writeDifferences(written, { at, runId: 'r1' });
  expect(await store.sumDifferences(null)).toEqual({ rows: 4, clients: 2, seconds: 3660 });
  expect(await store.sumDifferences(['martin'])).toEqual({ rows: 1, clients: 1, seconds: 60 });
  expect(await store.forgetDifferences('psa', 'r1', null)).toBe(0);
  expect(await store.forgetDifferences('psa', 'r2', ['dupont'])).toBe(1);
  expect(await store.forgetDifferences('psa', 'r2', null)).toBe(2);
  expect(await all(store.streamDifferences(null))).toMatchObject([{ connection: 'rmm' }]);
  await store.keepDifferencesOf(['psa']);
  expect(await store.sumDifferences(null)).toEqual({ rows: 0, clients: 0, seconds: 0 });
});

test('many differences come in pages, each once, in the order of clients', async () => {
  const rows = Array.from({ length: 1201 }, (_, index) =>
    difference({ subject: `time entry ${index}`, clientId: index % 2 === 0 ? 'dupont' : null }),
  );
  await store.writeDifferences(rows, { at, runId: 'r1' });
  const sizes: number[] = [];
  const seen = new Set<string>();
  for await (const page of store.streamDifferences(null)) {
    sizes.push(page.length);
    for (const { subject } of page) seen.add(subject);
  }
  expect(sizes).toEqual([500, 500, 201]);
  expect(seen.size).toBe(1201);
});

test('a listing leaves nothing in the file, and shows what is mirrored and not listed', async () => {
  const entries = Array.from({ length: 1003 }, (_, index) => timeEntry({ sourceId: `e${index}` }));
  const page = { connection: 'psa', at, runId: 'r1', since: at, rejected: [] };
  await store.writePage({ ...page, stream: 'tickets', rows: [ticket()] });
  await store.writePage({ ...page, stream: 'timeEntries', rows: entries });
  const before = dumpTables(file);
  const scope: ListingScope = {
    connection: 'psa',
    clientIds: ['1234'],
    isTimePerTicket: false,
    from: '2026-03-01T00:00:00.000Z',
    to: at,
  };
  await store.beginListing();
  await store.listTickets([{ sourceId: 't1', clientId: '1234', hasAllTime: false }]);
  const listed = { sourceId: 'e7', ticketId: 't1', clientId: '1234', seconds: 5400 };
  await store.listEntries([{ ...listed, isCompared: true }]);
  expect(await store.endListing(scope)).toEqual({ mirrored: 1003, unlisted: 1002 });
  expect(await all(store.streamUnlistedEntries())).toHaveLength(1002);
  expect(await all(store.streamUnlistedTickets(scope))).toEqual([]);
  expect(await all(store.streamHours())).toMatchObject([
    { ticketId: 't1', clientId: '1234', theirs: 5400, ours: 1003 * 3600, due: 0, debited: 0 },
  ]);
  await store.beginListing();
  expect(await store.endListing(scope)).toEqual({ mirrored: 1003, unlisted: 1003 });
  expect(await all(store.streamUnlistedTickets(scope))).toEqual([
    { sourceId: 't1', clientId: '1234' },
  ]);
  expect(dumpTables(file)).toEqual(before);
});

test('a row of another client, or changed outside of the window, is not looked for', async () => {
  const page = { connection: 'psa', at, runId: 'r1', since: at, rejected: [] };
  const rows = [timeEntry(), timeEntry({ sourceId: 'e2', ticketId: null, clientId: '99' })];
  await store.writePage({ ...page, stream: 'tickets', rows: [ticket()] });
  await store.writePage({ ...page, stream: 'timeEntries', rows });
  const scope = { connection: 'psa', clientIds: ['1234'], isTimePerTicket: false };
  const find = async (from: string, to: string) => {
    await store.beginListing();
    return (await store.endListing({ ...scope, from, to })).unlisted;
  };
  expect(await find('2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.001Z')).toBe(1);
  expect(await find('2026-03-01T10:00:00.001Z', at)).toBe(0);
  expect(await find('2026-03-01T09:00:00.000Z', '2026-03-01T10:00:00.000Z')).toBe(0);
});

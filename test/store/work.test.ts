import { expect, test } from '@jest/globals';
import type { Store, Work } from '../../src/store/port.ts';
import { debits, group, openBench, page, takeMarks, ticket, timeEntry } from './store-bench.ts';

type Rows = { tickets?: string[]; entries?: [id: string, ticketId: string | null][] };

/** Tickets as `t2` or, merged, as `t2>t1`. */
async function mirror(store: Store, { tickets = [], entries = [] }: Rows): Promise<void> {
  const rows = tickets.map((text) => {
    const [sourceId = '', mergedInto = null] = text.split('>');
    return ticket({ sourceId, mergedInto });
  });
  await store.writePage(page({ stream: 'tickets', rows }));
  const times = entries.map(([sourceId, ticketId]) => timeEntry({ sourceId, ticketId }));
  await store.writePage(page({ stream: 'timeEntries', rows: times }));
}

async function charge(store: Store, groups: Record<string, string[]>): Promise<void> {
  const keys = Object.keys(groups);
  await store.writeDebits(
    debits(0, {
      groups: keys.map((groupKey) => group({ groupKey })),
      entryGroups: keys.flatMap((groupKey) =>
        (groups[groupKey] ?? []).map((entryId) => ({
          connection: 'psa',
          entryId,
          groupKey,
          isCharged: true,
        })),
      ),
    }),
  );
}

const ofTicket = (sourceId: string) => ({ connection: 'psa', kind: 'ticket' as const, sourceId });
const ofEntry = (sourceId: string) => ({ connection: 'psa', kind: 'entry' as const, sourceId });

function idsOf(work: Work) {
  return {
    entries: work.entries.map(({ sourceId }) => sourceId).sort(),
    tickets: work.tickets.map(({ sourceId }) => sourceId).sort(),
    groups: work.groups.map(({ groupKey }) => groupKey).sort(),
  };
}

test('a chain of merges is loaded whole from either end, and from a ring as well', async () => {
  const { store } = await openBench();
  const entries: Rows['entries'] = [
    ['e1', 't1'],
    ['e3', 't3'],
    ['e9', 't9'],
  ];
  await mirror(store, { tickets: ['t1', 't2>t1', 't3>t2', 't9', 'a>b', 'b>a'], entries });
  const whole = { entries: ['e1', 'e3'], tickets: ['t1', 't2', 't3'], groups: [] };
  expect(idsOf(await store.readWork([ofTicket('t1')]))).toEqual(whole);
  expect(idsOf(await store.readWork([ofTicket('t3')]))).toEqual(whole);
  expect(idsOf(await store.readWork([ofTicket('a')])).tickets).toEqual(['a', 'b']);
});

test('the rows come back as they were read, deleted ones included', async () => {
  const { store } = await openBench();
  const rows = [timeEntry({ isBillable: false, isApproved: true, isTimed: false })];
  await store.writePage(page({ stream: 'timeEntries', rows }));
  await store.writePage(page({ stream: 'tickets', rows: [ticket({ isClosed: false })] }));
  const complete = page({ stream: 'timeEntries', rows: [] }, { completeTicketIds: ['t1'] });
  await store.writePage(complete);
  const work = await store.readWork([ofTicket('t1')]);
  const deletedAt = complete.at;
  expect(work.entries).toEqual([
    {
      ...rows[0],
      billedSeconds: null,
      precisionSeconds: null,
      connection: 'psa',
      deletedAt,
      groupKey: null,
      isCharged: false,
    },
  ]);
  expect(work.tickets).toEqual([
    { ...ticket({ isClosed: false }), source: null, connection: 'psa' },
  ]);
});

test('an entry that moved brings the group it left and the whole of both tickets', async () => {
  const { store } = await openBench();
  const entries: Rows['entries'] = [
    ['e1', 't1'],
    ['e2', 't1'],
    ['e3', 't2'],
  ];
  await mirror(store, { tickets: ['t1', 't2'], entries });
  await charge(store, { 't:psa:t1': ['e1', 'e2'], 't:psa:t2': ['e3'] });
  await mirror(store, { entries: [['e2', 't2']] });
  const all = {
    entries: ['e1', 'e2', 'e3'],
    tickets: ['t1', 't2'],
    groups: ['t:psa:t1', 't:psa:t2'],
  };
  expect(idsOf(await store.readWork([ofTicket('t1')]))).toEqual(all);
  expect(idsOf(await store.readWork([ofTicket('t2')]))).toEqual(all);
});

test('a day’s group brings its members, not all that their tickets ever held', async () => {
  const { store, raw } = await openBench();
  const entries: Rows['entries'] = [
    ['e1', 't1'],
    ['e2', 't2'],
    ['e3', 't2'],
  ];
  await mirror(store, { tickets: ['t1', 't2'], entries });
  await charge(store, { 'd:dupont:1': ['e1', 'e2'], 'd:dupont:2': ['e3'] });
  takeMarks(raw);
  const work = idsOf(await store.readWork([ofTicket('t1')]));
  expect(work.entries).toEqual(['e1', 'e2']);
  expect(work.tickets).toEqual(['t1', 't2']);
  expect(work.groups).toEqual(['d:dupont:1']);
});

test('an entry without ticket is loaded alone, or with its group', async () => {
  const { store } = await openBench();
  await mirror(store, {
    entries: [
      ['e1', null],
      ['e2', null],
    ],
  });
  expect(idsOf(await store.readWork([ofEntry('e1')])).entries).toEqual(['e1']);
  await charge(store, { 'd:dupont:1': ['e1', 'e2'] });
  expect(idsOf(await store.readWork([ofEntry('e1')])).entries).toEqual(['e1', 'e2']);
});

test('a client’s day holds its work by entry, by ticket and by what the ticket was merged into', async () => {
  const { store } = await openBench();
  const [foreign, startedAt] = ['999', '2026-03-05T12:00:00.000Z'];
  await store.writePage(
    page({
      stream: 'tickets',
      rows: [
        ticket(),
        ticket({ sourceId: 't2', clientId: foreign, mergedInto: 't1' }),
        ticket({ sourceId: 't3', clientId: foreign }),
      ],
    }),
  );
  const rows = [
    timeEntry({ startedAt }),
    timeEntry({ sourceId: 'e2', ticketId: 't2', startedAt }),
    timeEntry({ sourceId: 'e3', ticketId: 't3', startedAt }),
    timeEntry({ sourceId: 'e4', ticketId: null, clientId: '1234', startedAt }),
    timeEntry({ sourceId: 'e5', startedAt: '2026-03-06T00:00:00.000Z' }),
    timeEntry({ sourceId: 'e6', startedAt: '2026-03-09T00:00:00.000Z' }),
  ];
  await store.writePage(page({ stream: 'timeEntries', rows }));
  await charge(store, { 'd:dupont:2026-03-05': ['e6'] });
  const day = ['2026-03-05T00:00:00.000Z', '2026-03-06T00:00:00.000Z'] as const;
  const sources = [{ connection: 'psa', sourceId: '1234' }];
  expect(idsOf(await store.readWorkBetween(sources, ...day)).entries).toEqual(['e1', 'e2', 'e4']);
  await charge(store, { 'd:dupont:2026-03-05': ['e1', 'e6'] });
  const work = idsOf(await store.readWorkBetween(sources, ...day));
  expect(work.entries).toEqual(['e1', 'e2', 'e4', 'e6']);
  expect(work.groups).toEqual(['d:dupont:2026-03-05']);
});

test('after a change of rules, open work and work without a group is marked, posted work is not', async () => {
  const { store, raw } = await openBench();
  const entries: Rows['entries'] = [
    ['e1', 't1'],
    ['e2', 't2'],
    ['e3', null],
  ];
  await mirror(store, { tickets: ['t1', 't2'], entries });
  await store.writePage(
    page({
      stream: 'timeEntries',
      rows: [timeEntry({ sourceId: 'c1', kind: 'correction', ticketId: 't1', seconds: -60 })],
    }),
  );
  const entryGroups = [
    { connection: 'psa', entryId: 'e1', groupKey: 'g1', isCharged: true },
    { connection: 'psa', entryId: 'e2', groupKey: 'g2', isCharged: false },
  ];
  const groups = [group({ groupKey: 'g1' }), group({ groupKey: 'g2', status: 'pending' })];
  await store.writeDebits(debits(0, { groups, entryGroups }));
  takeMarks(raw);
  expect(await store.markOpenGroupsDirty()).toBe(2);
  expect(takeMarks(raw).sort()).toEqual(['entry e3', 'ticket t2']);
});

import { describe, expect, test } from '@jest/globals';
import { readAffectedWork } from '../../../src/debit/affected.ts';
import { replayMirror } from '../../../src/debit/replay.ts';
import type { Client, Rounding } from '../../../src/domain/agreements/terms.ts';
import { createNameBook } from '../../../src/domain/records/names.ts';
import type {
  ChargeGroup,
  DirtySubject,
  MirrorTicket,
  MirrorTimeEntry,
  Store,
} from '../../../src/store/port.ts';
import { agreementOf } from '../../support/terms.ts';
import { contextOf, dupont, eleven, entryOf, ticketOf } from './work.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;

const rounded = (per: Rounding['per']): Client => {
  const rounding = { per, incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 };
  return { ...dupont, agreement: agreementOf({ rounding }) };
};
const ticket = (sourceId: string): Subject => ({ connection: 'psa', kind: 'ticket', sourceId });

interface Mirror {
  entries: MirrorTimeEntry[];
  tickets: MirrorTicket[];
  groups?: ChargeGroup[];
}

/** A mirror of arrays that answers as the port says a store does, and notes what it was asked. */
function storeOf({ entries, tickets, groups = [] }: Mirror) {
  const days: unknown[][] = [];
  const groupsAsked: string[][] = [];
  const partial: Partial<Store> = {
    async readWork(subjects) {
      const isAsked = (entry: MirrorTimeEntry) =>
        subjects.some(({ connection, kind, sourceId }) => {
          const id = kind === 'ticket' ? entry.ticketId : (entry.ticketId ?? entry.sourceId);
          return connection === entry.connection && id === sourceId;
        });
      const asked = entries.filter(isAsked);
      const keys = new Set(asked.flatMap(({ groupKey }) => groupKey ?? []));
      const met = entries.filter(
        (entry) => asked.includes(entry) || keys.has(entry.groupKey ?? ''),
      );
      return { entries: met, tickets, groups: groups.filter(({ groupKey }) => keys.has(groupKey)) };
    },
    async readWorkBetween(sources, from, to) {
      days.push([sources, from, to]);
      const inside = entries.filter(({ startedAt }) => startedAt >= from && startedAt < to);
      return { entries: inside, tickets, groups: [] };
    },
    async readGroups(keys) {
      groupsAsked.push([...keys]);
      return groups.filter(({ groupKey }) => keys.includes(groupKey));
    },
    listDoubles: async () => [],
    async *streamMirroredWork() {
      yield [...new Set(entries.map(({ ticketId }) => ticketId ?? ''))].map(ticket);
      yield [ticket('100')];
    },
  };
  return { store: partial as Store, days, groupsAsked };
}

function group(groupKey: string): ChargeGroup {
  return {
    groupKey,
    clientId: 'dupont',
    status: 'posted',
    reason: null,
    pendingSeconds: 0,
    revision: 1,
    chargeId: `${groupKey}#1`,
    factsHash: 'h',
  };
}

async function affect(mirror: Mirror, changed: Subject[], clients: Client[] = [dupont]) {
  const { store, ...asked } = storeOf(mirror);
  const affected = await readAffectedWork({ ...contextOf(clients), store }, changed);
  return { ...asked, affected, keys: [...affected.groupKeys].sort() };
}

const other = entryOf({ sourceId: 'e2', ticketId: '101' });
const tickets = [ticketOf(), ticketOf({ sourceId: '101' }), ticketOf({ sourceId: '102' })];

describe('changed work', () => {
  test('is looked at in the group where it belongs, and all of that group', async () => {
    const entries = [entryOf(), entryOf({ sourceId: 'e3' }), other];
    const { affected, keys, days } = await affect({ entries, tickets }, [ticket('100')]);
    expect(keys).toEqual(['t:psa:100']);
    expect(affected.assigned.map(({ entry }) => entry.sourceId)).toEqual(['e1', 'e3']);
    expect(days).toEqual([]);
  });

  test('brings the group that it leaves, with what stays in it', async () => {
    const moved = entryOf({ groupKey: 't:psa:101' });
    const stays = { ...other, groupKey: 't:psa:101' };
    const groups = [group('t:psa:101')];
    const { affected, keys, groupsAsked } = await affect(
      { entries: [moved, stays], tickets, groups },
      [ticket('100')],
    );
    expect(keys).toEqual(['t:psa:100', 't:psa:101']);
    expect(affected.work.groups.map(({ groupKey }) => groupKey)).toEqual(['t:psa:101']);
    expect(groupsAsked).toEqual([['t:psa:100']]);
    expect(affected.has(moved, null)).toBe(true);
    expect(affected.has(entryOf({ groupKey: 't:psa:999' }), 't:psa:100')).toBe(true);
    expect(affected.has(entryOf({ groupKey: 't:psa:999' }), null)).toBe(false);
    expect(affected.has(entryOf(), 't:psa:998')).toBe(false);
  });

  test('counts on from a group that had lost all its work', async () => {
    const { affected } = await affect(
      { entries: [entryOf()], tickets, groups: [group('t:psa:100')] },
      [ticket('100')],
    );
    expect(affected.work.groups).toMatchObject([{ groupKey: 't:psa:100', revision: 1 }]);
  });

  test('asks for no group that it has found already', async () => {
    const entries = [entryOf({ groupKey: 't:psa:100' })];
    const { groupsAsked } = await affect({ entries, tickets, groups: [group('t:psa:100')] }, [
      ticket('100'),
    ]);
    expect(groupsAsked).toEqual([]);
  });
});

describe('where a day is charged as one', () => {
  const late = '2026-03-02T22:30:00.000Z';
  const next = '2026-03-02T23:30:00.000Z';
  const clients = [rounded('day')];

  test('changed work brings all the client’s work of that day, by the client’s calendar', async () => {
    const entries = [
      entryOf(),
      { ...other, startedAt: late },
      entryOf({ sourceId: 'e4', ticketId: '102', startedAt: next }),
    ];
    const { affected, keys, days } = await affect({ entries, tickets }, [ticket('100')], clients);
    expect(keys).toEqual(['d:dupont:2026-03-02']);
    expect(affected.assigned.map(({ entry }) => entry.sourceId)).toEqual(['e1', 'e2']);
    expect(days).toEqual([
      [
        [{ connection: 'psa', sourceId: '1' }],
        '2026-03-01T23:00:00.000Z',
        '2026-03-02T23:00:00.000Z',
      ],
    ]);
  });

  test('a ticket over two days brings both, and of others met there no further day', async () => {
    const entries = [
      entryOf(),
      entryOf({ sourceId: 'e5', startedAt: next }),
      { ...other, startedAt: next },
      { ...other, sourceId: 'e6', startedAt: '2026-03-09T09:00:00.000Z' },
    ];
    const { keys, days } = await affect({ entries, tickets }, [ticket('100')], clients);
    expect(keys).toEqual(['d:dupont:2026-03-02', 'd:dupont:2026-03-03']);
    expect(days).toHaveLength(2);
  });

  test('time without a ticket is met there too, each by itself', async () => {
    const alone = entryOf({ sourceId: 'e7', ticketId: null, clientId: '1', startedAt: late });
    const { affected } = await affect(
      { entries: [entryOf(), alone], tickets },
      [ticket('100')],
      clients,
    );
    expect(affected.assigned.map(({ entry }) => entry.sourceId).sort()).toEqual(['e1', 'e7']);
  });

  test('a day met on the way widens what hangs together: what is charged there leaves its old group', async () => {
    const charged = { ...other, startedAt: late, groupKey: 't:psa:101' };
    const same = entryOf({
      sourceId: 'e8',
      ticketId: '101',
      startedAt: next,
      groupKey: 't:psa:101',
    });
    const { keys } = await affect(
      { entries: [entryOf(), charged, same], tickets },
      [ticket('100')],
      clients,
    );
    expect(keys).toEqual(['d:dupont:2026-03-02', 'd:dupont:2026-03-03', 't:psa:101']);
  });

  test('a day of a client that left the config brings nothing more', async () => {
    const entries = [entryOf({ groupKey: 'd:gone:2026-03-02' }), { ...other, startedAt: late }];
    const { keys, days } = await affect({ entries, tickets }, [ticket('100')]);
    expect(keys).toEqual(['d:gone:2026-03-02', 't:psa:100']);
    expect(days).toEqual([]);
  });
});

describe('a replay', () => {
  async function replayed(mirror: Mirror, client: Client = dupont) {
    const pages = [];
    const { store } = storeOf(mirror);
    const names = createNameBook([], [], []);
    for await (const page of replayMirror(store, [client], '2026-01-01T00:00:00.000Z', names)) {
      pages.push(page.map(({ groupKey, charge }) => `${groupKey} ${charge?.seconds ?? '-'}`));
    }
    return pages;
  }

  test('decides each group once, however often its work is met', async () => {
    expect(await replayed({ entries: [entryOf(), other], tickets })).toEqual([
      ['t:psa:100 3600', 't:psa:101 3600'],
      [],
    ]);
  });

  test('looks at no charge that was posted, and so ties nothing together that was', async () => {
    const posted = [
      entryOf({ groupKey: 'd:dupont:2026-03-02' }),
      { ...other, groupKey: 'd:dupont:2026-03-02' },
    ];
    const groups = [group('t:psa:100'), group('d:dupont:2026-03-02')];
    expect(await replayed({ entries: posted, tickets, groups })).toEqual([
      ['t:psa:100 3600', 't:psa:101 3600'],
      [],
    ]);
  });

  test('takes a ticket whole, with what was merged into it', async () => {
    const merged = [
      ticketOf({ mergedInto: '101', closedAt: eleven }),
      ticketOf({ sourceId: '101' }),
    ];
    expect(await replayed({ entries: [entryOf({ seconds: 60 }), other], tickets: merged })).toEqual(
      [['t:psa:101 4500'], []],
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { debitDirtyWork } from '../../../src/debit/debit.ts';
import type { Client } from '../../../src/domain/agreements/terms.ts';
import type { LedgerEntry } from '../../../src/domain/ledger/ledger.ts';
import type { OpenOverage } from '../../../src/domain/ledger/postings.ts';
import type {
  BlockBalance,
  ChargeGroup,
  DebitBatch,
  MirrorTicket,
  MirrorTimeEntry,
  PostedCharge,
  Store,
} from '../../../src/store/port.ts';
import { agreementOf } from '../../support/terms.ts';
import { contextOf, decide, dupont, eleven, entryOf, ticketOf } from './work.ts';

const hour = 3600;
const martin: Client = { ...dupont, id: 'martin', sourceIds: new Map([['psa', '2']]) };

interface Situation {
  entries: MirrorTimeEntry[];
  tickets?: MirrorTicket[];
  clients?: Client[];
  groups?: ChargeGroup[];
  charges?: PostedCharge[];
  slices?: LedgerEntry[];
  expiries?: LedgerEntry[];
  overage?: OpenOverage[];
  /** Hours of each client's one block. */
  hours?: number;
  expiresOn?: string | null;
  held?: string[];
  /** Tickets that changed, a page each. */
  pages?: string[][];
  at?: string;
}

function blockOf(clientId: string, { hours = 10, expiresOn = null }: Situation): BlockBalance {
  return {
    id: `b-${clientId}`,
    key: clientId,
    clientId,
    source: 'opening',
    offer: null,
    seconds: 10 * hour,
    amountMinor: null,
    rateMinor: 0,
    currency: 'EUR',
    remainingSeconds: hours * hour,
    remainingMinor: null,
    purchasedOn: '2026-01-01',
    expiresOn,
    priority: 0,
    workTypes: null,
    status: 'active',
    activate: 'at-once',
    invoiceKey: null,
  };
}

/** A run over a store of arrays: what it asked of the store, and what it wrote. */
async function debit(situation: Situation, signal = new AbortController().signal) {
  const { entries, tickets = [ticketOf()], clients = [dupont], groups = [] } = situation;
  const { charges = [], slices = [], expiries = [], overage = [], held = [] } = situation;
  const pages = [...(situation.pages ?? [['100']])];
  const batches: DebitBatch[] = [];
  const asked: string[] = [];
  const store: Partial<Store> = {
    async takeDirty() {
      return (pages.shift() ?? []).map((sourceId, index) => {
        return { seq: index + 7, connection: 'psa', kind: 'ticket' as const, sourceId };
      });
    },
    async readWork(subjects) {
      const ids = subjects.map(({ sourceId }) => sourceId);
      return {
        entries: entries.filter((one) => ids.includes(one.ticketId ?? '')),
        tickets,
        groups,
      };
    },
    readGroups: async () => [],
    async readHeldSubjects(clientIds) {
      asked.push(`held ${clientIds.join(' ')}`);
      return held.map((sourceId) => ({ connection: 'psa', kind: 'ticket', sourceId }));
    },
    async readCharges(ids) {
      return charges.filter(({ id }) => ids.includes(id));
    },
    async readLiveSlices(ids) {
      return slices.filter(({ chargeId }) => ids.includes(chargeId ?? ''));
    },
    async readLiveExpiries(clientIds) {
      asked.push(`expiries ${clientIds.join(' ')}`);
      return expiries;
    },
    async readLedgers(clientIds) {
      const owed = overage.reduce((sum, { seconds }) => sum + seconds, 0);
      return clientIds.map((clientId) => ({
        clientId,
        blocks: [blockOf(clientId, situation)],
        sharedUse: [],
        clientSeq: 4,
        overageSeconds: clientId === 'dupont' ? owed : 0,
      }));
    },
    async readOpenOverage(clientId) {
      asked.push(`overage ${clientId}`);
      return overage;
    },
    async writeDebits(batch) {
      batches.push(batch);
    },
  };
  const context = { ...contextOf(clients), at: situation.at ?? eleven, signal };
  const outcome = await debitDirtyWork({ ...context, store: store as Store });
  return { outcome, batches, asked, batch: batches[0] };
}

const keysOf = (batch: DebitBatch | undefined) => batch?.postings.map(({ key }) => key);

/** The ticket's hour as it stands once posted, from the block unless it is overage. */
function standing(blockId: string | null = 'b-dupont', entry = entryOf()) {
  const { inputsHash, charge } = decide([entry]);
  const group: ChargeGroup = {
    groupKey: 't:psa:100',
    clientId: 'dupont',
    status: 'posted',
    reason: null,
    pendingSeconds: 0,
    revision: 1,
    chargeId: 't:psa:100#1',
    factsHash: inputsHash,
  };
  const posted: PostedCharge = {
    id: 't:psa:100#1',
    groupKey: 't:psa:100',
    revision: 1,
    clientId: 'dupont',
    seconds: hour,
    workedOn: '2026-03-02',
    facts: JSON.stringify(charge),
    factsHash: 'f',
    postedAt: eleven,
    runId: 'r-0',
  };
  const slice: LedgerEntry = {
    key: 't:psa:100#1/1',
    clientId: 'dupont',
    side: 'debit',
    blockId,
    seconds: hour,
    minor: null,
    usedBy: null,
    reason: blockId === null ? 'overage' : 'usage',
    chargeId: 't:psa:100#1',
    reverses: null,
    workedOn: '2026-03-02',
    note: null,
    seq: 3,
    clientSeq: 3,
    postedAt: eleven,
    runId: 'r-0',
    hash: '',
  };
  return { groups: [group], charges: [posted], slices: [slice] };
}

describe('a page of changed work', () => {
  test('is one batch: charges, postings, groups, and what was dealt with', async () => {
    const { outcome, batches, batch } = await debit({ entries: [entryOf()] });
    expect(batches).toHaveLength(1);
    expect(batch).toMatchObject({
      at: eleven,
      runId: 'r-1',
      dirtySeqs: [7],
      removedGroupKeys: [],
      warnings: [],
      expected: [{ clientId: 'dupont', clientSeq: 4 }],
      charges: [{ id: 't:psa:100#1', seconds: hour }],
      postings: [{ key: 't:psa:100#1/1', seconds: hour }],
      groups: [{ groupKey: 't:psa:100', status: 'posted' }],
      entryGroups: [{ connection: 'psa', entryId: 'e1', groupKey: 't:psa:100', isCharged: true }],
    });
    expect(outcome).toEqual({ rows: 1, changed: 1, posted: 1, unlistedWorkTypes: new Map() });
  });

  test('follows the other until none is left, and all are counted', async () => {
    const entries = [entryOf(), entryOf({ sourceId: 'e2', ticketId: '101' })];
    const tickets = [ticketOf(), ticketOf({ sourceId: '101' })];
    const { outcome, batches } = await debit({
      entries,
      tickets,
      pages: [['100'], ['101', '102']],
    });
    expect(batches.map(({ dirtySeqs }) => dirtySeqs)).toEqual([[7], [7, 8]]);
    expect(outcome).toMatchObject({ rows: 3, changed: 2, posted: 2 });
  });

  test('is not begun once the run is told to stop', async () => {
    const { outcome, batches } = await debit({ entries: [entryOf()] }, AbortSignal.abort());
    expect(batches).toEqual([]);
    expect(outcome.rows).toBe(0);
  });

  test('expects nothing of the ledger of a client to whom nothing happens', async () => {
    const open = await debit({ entries: [entryOf()], tickets: [ticketOf({ isClosed: false })] });
    expect(open.batch).toMatchObject({ expected: [], groups: [{ status: 'pending' }] });
    const free = await debit({ entries: [entryOf({ isBillable: false })] });
    expect(free.batch).toMatchObject({ postings: [], expected: [{ clientId: 'dupont' }] });
  });

  test('names anew the group of an entry only where it is another one', async () => {
    const stays = entryOf({ groupKey: 't:psa:100', isCharged: true });
    const joins = entryOf({ sourceId: 'e2' });
    const { batch } = await debit({ entries: [stays, joins] });
    expect(batch?.entryGroups.map(({ entryId }) => entryId)).toEqual(['e2']);
  });

  test('removes a group that holds nothing and never cost anything, and keeps one that did', async () => {
    const gone = entryOf({ deletedAt: eleven, groupKey: 't:psa:100' });
    const { groups, charges, slices } = standing();
    const never = groups.map((group) => {
      return { ...group, revision: 0, chargeId: null, factsHash: null };
    });
    const forgotten = await debit({ entries: [gone], groups: never });
    expect(forgotten.batch).toMatchObject({ groups: [], removedGroupKeys: ['t:psa:100'] });
    const kept = await debit({ entries: [gone], groups, charges, slices });
    expect(kept.batch).toMatchObject({
      groups: [{ revision: 2, reason: 'gone' }],
      removedGroupKeys: [],
      entryGroups: [{ entryId: 'e1', groupKey: null }],
    });
    expect(keysOf(kept.batch)).toEqual(['rev:t:psa:100#1/1']);
  });
});

describe('older work takes its hours first', () => {
  const tickets = [ticketOf(), ticketOf({ sourceId: '101' })];
  const short = { tickets, pages: [['100', '101']], hours: 1 };

  test.each([
    ['2026-03-02T08:00:00.000Z', ['t:psa:101#1/1', 't:psa:100#1/1']],
    ['2026-03-02T09:30:00.000Z', ['t:psa:100#1/1', 't:psa:101#1/1']],
    // At the same time by the group's key, so that it is the same each time.
    ['2026-03-02T09:00:00.000Z', ['t:psa:100#1/1', 't:psa:101#1/1']],
  ])('whatever the vendor told first: the other began at %s', async (startedAt, order) => {
    const other = entryOf({ sourceId: 'e2', ticketId: '101', startedAt });
    for (const entries of [
      [entryOf(), other],
      [other, entryOf()],
    ]) {
      const { batch } = await debit({ ...short, entries });
      expect(keysOf(batch)).toEqual(order);
      expect(batch?.postings.map(({ reason }) => reason)).toEqual(['usage', 'overage']);
    }
  });
});

describe('blocks that have ended since', () => {
  const ended = { expiresOn: '2026-03-31', at: '2026-04-15T08:00:00.000Z', entries: [entryOf()] };
  const expiry: LedgerEntry = {
    ...(standing().slices[0] as LedgerEntry),
    key: 'expiry:b-dupont',
    reason: 'expiry',
    chargeId: null,
    workedOn: '2026-03-31',
  };

  test('are taken up for work of their days', async () => {
    const { batch, asked } = await debit({ ...ended, hours: 0, expiries: [expiry] });
    expect(asked).toContain('expiries dupont');
    expect(keysOf(batch)).toEqual(['rev:expiry:b-dupont', 't:psa:100#1/1']);
    expect(batch?.postings[1]?.reason).toBe('usage');
  });

  test.each([
    ['the day before it was done', { expiresOn: '2026-03-01' }, false],
    ['the day on which it was done', { expiresOn: '2026-03-02' }, true],
    ['today', { at: '2026-03-31T08:00:00.000Z' }, true],
    ['tomorrow', { at: '2026-03-30T08:00:00.000Z' }, false],
    ['never', { expiresOn: null }, false],
  ])('are asked for where work is due of a block that ends: %s', async (_, fields, isAsked) => {
    const { asked } = await debit({ ...ended, ...fields });
    expect(asked.includes('expiries dupont')).toBe(isAsked);
  });

  test('are not asked for work that is only pending, or only withdrawn', async () => {
    const open = await debit({ ...ended, tickets: [ticketOf({ isClosed: false })] });
    expect(open.asked).toEqual([]);
    const taken = await debit({
      ...ended,
      ...standing(),
      tickets: [ticketOf({ isClosed: false })],
      entries: [entryOf({ groupKey: 't:psa:100' })],
    });
    expect(taken.asked.filter((one) => one.startsWith('expiries'))).toEqual([]);
  });
});

describe('hours that come back', () => {
  const reopened = {
    entries: [entryOf({ groupKey: 't:psa:100' })],
    tickets: [ticketOf({ isClosed: false })],
  };
  const owed = (key: string, chargeId: string): OpenOverage => ({
    ...(standing(null).slices[0] as LedgerEntry),
    key,
    chargeId,
    workTypes: null,
    price: null,
  });

  test('pay off what other work is owed', async () => {
    const overage = [owed('t:psa:90#1/2', 't:psa:90#1')];
    const { batch, asked, outcome } = await debit({
      ...reopened,
      ...standing(),
      overage,
      hours: 0,
    });
    expect(asked).toContain('overage dupont');
    expect(keysOf(batch)).toEqual(['rev:t:psa:100#1/1', 'rev:t:psa:90#1/2', 't:psa:90#1/2/1']);
    expect(outcome.posted).toBe(3);
  });

  test('pay nothing that the same page has undone', async () => {
    const stood = standing(null);
    const overage = [owed('t:psa:100#1/1', 't:psa:100#1'), owed('t:psa:90#1/2', 't:psa:90#1')];
    const { batch } = await debit({ ...reopened, ...stood, overage, hours: 2 });
    expect(keysOf(batch)).toEqual(['rev:t:psa:100#1/1', 'rev:t:psa:90#1/2', 't:psa:90#1/2/1']);
  });

  test('are looked for only where something is owed and hours are there', async () => {
    const none = await debit({ ...reopened, ...standing(), hours: 0 });
    expect(none.asked).not.toContain('overage dupont');
    const overage = [owed('t:psa:90#1/2', 't:psa:90#1')];
    const empty = await debit({ entries: [entryOf()], overage, hours: 0 });
    expect(empty.asked).not.toContain('overage dupont');
  });
});

describe('work that is held for want of hours', () => {
  const holding: Client = { ...dupont, agreement: agreementOf({ overage: 'hold' }) };
  const tickets = [ticketOf(), ticketOf({ sourceId: '101' })];
  const older = entryOf({ sourceId: 'e2', ticketId: '101', startedAt: '2026-03-01T09:00:00.000Z' });

  test('is looked at with whatever changed of its client’s, and takes its hours first', async () => {
    const { batch, asked } = await debit({
      entries: [entryOf(), older],
      tickets,
      clients: [holding],
      hours: 1,
      held: ['101'],
    });
    expect(asked).toContain('held dupont');
    expect(keysOf(batch)).toEqual(['t:psa:101#1/1']);
    expect(batch?.groups.map(({ status }) => status)).toEqual(['posted', 'pending']);
    expect(batch?.dirtySeqs).toEqual([7]);
  });

  test('is asked for where work leaves a client, and of no one who holds nothing', async () => {
    const plain = await debit({ entries: [entryOf()] });
    expect(plain.asked).toEqual([]);
    const left = await debit({
      ...standing(),
      entries: [entryOf({ groupKey: 't:psa:100' })],
      clients: [holding, martin],
      tickets: [ticketOf({ clientId: '2' })],
    });
    expect(left.asked).toContain('held dupont');
  });
});

test('a work type in no list is told once, by agreement and name', async () => {
  const workTypes = { covered: ['On-site'], excluded: [], unlisted: 'covered' } as const;
  const clients = [{ ...dupont, agreement: agreementOf({ workTypes }) }];
  const entries = [
    entryOf(),
    entryOf({ sourceId: 'e2' }),
    entryOf({ sourceId: 'e3', workType: null }),
    entryOf({ sourceId: 'e4', workType: 'On-site' }),
  ];
  const { outcome } = await debit({ entries, clients });
  expect([...outcome.unlistedWorkTypes.values()]).toEqual([
    { agreement: 'standard', workType: 'Remote' },
    { agreement: 'standard', workType: '' },
  ]);
  const excluded = { covered: ['On-site'], excluded: [], unlisted: 'excluded' } as const;
  const free = [{ ...dupont, agreement: agreementOf({ workTypes: excluded }) }];
  expect((await debit({ entries, clients: free })).outcome.unlistedWorkTypes.size).toBe(2);
});

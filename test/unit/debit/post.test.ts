import { describe, expect, test } from '@jest/globals';
import type { GroupDecision } from '../../../src/debit/decide.ts';
import { changesCharge, firstDay, postDecisions, type Standings } from '../../../src/debit/post.ts';
import type { Client } from '../../../src/domain/agreements/terms.ts';
import type { LedgerEntry, Posting } from '../../../src/domain/ledger/ledger.ts';
import type { Account } from '../../../src/domain/ledger/postings.ts';
import type { Charge, ChargeGroup, MirrorTimeEntry } from '../../../src/store/port.ts';
import { agreementOf } from '../../support/terms.ts';
import { decide, dupont, eleven, entryOf, ticketOf } from './work.ts';

const hour = 3600;
const martin: Client = { ...dupont, id: 'martin', sourceIds: new Map([['psa', '2']]) };
const holding: Client = { ...dupont, agreement: agreementOf({ overage: 'hold' }) };

function account(clientId: string, hours: number, expiresOn: string | null = null): Account {
  const block = {
    id: `b-${clientId}`,
    priority: 0,
    expiresOn,
    purchasedOn: '2026-01-01',
    remainingSeconds: hours * hour,
    remainingMinor: null,
    currency: 'EUR',
    isActive: true,
    workTypes: null,
    shares: new Map<string, number>(),
  };
  return {
    ...{ clientId, blocks: [block], orderedBlocks: new Set() },
    overageSeconds: 0,
    shares: new Map(),
  };
}

/** The entry by which the hours left in a block ended. */
function expiryOf(hours: number): Posting {
  return {
    key: 'expiry:b-dupont',
    clientId: 'dupont',
    side: 'debit',
    reason: 'expiry',
    blockId: 'b-dupont',
    seconds: hours * hour,
    minor: null,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: '2026-03-31',
    note: null,
  };
}

function standingsOf(fields: Partial<Standings> = {}): Standings {
  return {
    accounts: new Map(
      [account('dupont', 10), account('martin', 10)].map((one) => [one.clientId, one]),
    ),
    charges: new Map(),
    slices: new Map(),
    expiries: new Map(),
    ...fields,
  };
}

const stored = (postings: readonly Posting[]): LedgerEntry[] =>
  postings.map((posting, index) => ({
    ...posting,
    seq: index + 1,
    clientSeq: index + 1,
    postedAt: eleven,
    runId: 'r-1',
    hash: '',
  }));

/** The group once its work was posted, with all that stands of it. */
function posted(entries: MirrorTimeEntry[], clients: Client[] = [dupont]) {
  const standings = standingsOf();
  const first = postDecisions([decide(entries, [ticketOf()], { clients })], standings);
  const [group] = first.groups;
  if (group === undefined) throw new Error('nothing was decided');
  const { accounts } = standings;
  const charges = first.charges.map(
    (charge) => [charge.id, { ...charge, postedAt: eleven, runId: 'r-1' }] as const,
  );
  const slices = Map.groupBy(stored(first.postings), (slice) => slice.chargeId ?? '');
  return { group, first, standings: standingsOf({ accounts, charges: new Map(charges), slices }) };
}

const brief = ({ key, side, reason, seconds, note }: Posting) =>
  `${key} ${side === 'credit' ? '+' : '-'}${seconds / hour} ${reason}${note === null ? '' : ` (${note})`}`;
const told = (charges: readonly Charge[]) =>
  charges.map(({ id, clientId, seconds }) => `${id} ${clientId} ${seconds / hour}`);

function again(
  before: ChargeGroup,
  entries: MirrorTimeEntry[],
  {
    clients = [dupont],
    ticket = {},
  }: { clients?: Client[]; ticket?: Parameters<typeof ticketOf>[0] } = {},
): GroupDecision {
  return decide(entries, [ticketOf(ticket)], { clients, before });
}

describe('new work', () => {
  test('is a first revision with its facts, and comes off the blocks', () => {
    const { group, first, standings } = posted([entryOf()]);
    expect(first.postings).toEqual([
      {
        key: 't:psa:100#1/1',
        clientId: 'dupont',
        side: 'debit',
        reason: 'usage',
        blockId: 'b-dupont',
        seconds: hour,
        minor: null,
        usedBy: null,
        chargeId: 't:psa:100#1',
        reverses: null,
        workedOn: '2026-03-02',
        note: null,
      },
    ]);
    expect(first.charges).toMatchObject([
      {
        id: 't:psa:100#1',
        groupKey: 't:psa:100',
        revision: 1,
        clientId: 'dupont',
        seconds: hour,
        workedOn: '2026-03-02',
        factsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(JSON.parse(first.charges[0]?.facts ?? '')).toMatchObject({ seconds: hour });
    expect(group).toMatchObject({
      groupKey: 't:psa:100',
      clientId: 'dupont',
      status: 'posted',
      reason: null,
      revision: 1,
      chargeId: 't:psa:100#1',
      pendingSeconds: 0,
      factsHash: expect.stringMatching(/ [0-9a-f]{64}$/),
    });
    expect(standings.accounts.get('dupont')?.blocks[0]?.remainingSeconds).toBe(9 * hour);
  });

  test('that is free has a revision and takes nothing', () => {
    const { first } = posted([entryOf({ isBillable: false })]);
    expect(told(first.charges)).toEqual(['t:psa:100#1 dupont 0']);
    expect(first.postings).toEqual([]);
  });

  test('that is not due posts nothing, and its group says what is pending', () => {
    const decision = decide([entryOf()], [ticketOf({ isClosed: false })]);
    const { groups, charges, postings } = postDecisions([decision], standingsOf());
    expect([...charges, ...postings]).toEqual([]);
    expect(groups).toEqual([
      {
        groupKey: 't:psa:100',
        clientId: 'dupont',
        status: 'pending',
        reason: 'ticket-open',
        pendingSeconds: hour,
        revision: 0,
        chargeId: null,
        factsHash: null,
      },
    ]);
  });

  test('beyond the blocks is overage of the same charge', () => {
    const standings = standingsOf({ accounts: new Map([['dupont', account('dupont', 0.25)]]) });
    const { postings } = postDecisions([decide([entryOf()])], standings);
    expect(postings.map(brief)).toEqual([
      't:psa:100#1/1 -0.25 usage',
      't:psa:100#1/2 -0.75 overage',
    ]);
  });

  describe('of a day on which a block was good that has ended since', () => {
    const postedBy = (entry: MirrorTimeEntry, expiresOn: string) => {
      const standings = standingsOf({
        accounts: new Map([['dupont', account('dupont', 0, expiresOn)]]),
        expiries: new Map([['dupont', stored([expiryOf(2)])]]),
      });
      return postDecisions([decide([entry])], standings).postings.map(brief);
    };

    test('takes up what ended of it', () => {
      expect(postedBy(entryOf(), '2026-03-31')).toEqual([
        'rev:expiry:b-dupont +2 reversal (worked-before-expiry)',
        't:psa:100#1/1 -1 usage',
      ]);
    });

    test('takes up nothing of one that had ended before, nor for free work', () => {
      expect(postedBy(entryOf(), '2026-03-01')).toEqual(['t:psa:100#1/1 -1 overage']);
      expect(postedBy(entryOf({ isBillable: false }), '2026-03-31')).toEqual([]);
    });
  });
});

describe('work that changed', () => {
  test('is reversed and posted anew, under the next revision', () => {
    const { group, standings } = posted([entryOf()]);
    const longer = again(group, [entryOf({ seconds: 2 * hour })]);
    const { postings, charges, groups } = postDecisions([longer], standings);
    expect(postings.map(brief)).toEqual([
      'rev:t:psa:100#1/1 +1 reversal (changed)',
      't:psa:100#2/1 -2 usage',
    ]);
    expect(told(charges)).toEqual(['t:psa:100#2 dupont 2']);
    expect(groups).toMatchObject([{ revision: 2, chargeId: 't:psa:100#2', status: 'posted' }]);
    expect(groups[0]?.factsHash).toBe(longer.inputsHash);
  });

  test('in nothing that counts is left as it stands', () => {
    const { group, standings } = posted([entryOf()]);
    const touched = again(group, [entryOf()], { ticket: { summary: 'Other' } });
    expect(changesCharge(touched)).toBe(false);
    expect(postDecisions([touched], standings)).toEqual({
      charges: [],
      postings: [],
      groups: [group],
    });
  });

  test('so that it is due no longer is withdrawn, in a revision that costs nothing', () => {
    const { group, standings } = posted([entryOf()]);
    const open = again(group, [entryOf()], { ticket: { isClosed: false } });
    const { postings, charges, groups } = postDecisions([open], standings);
    expect(postings.map(brief)).toEqual(['rev:t:psa:100#1/1 +1 reversal (ticket-open)']);
    expect(told(charges)).toEqual(['t:psa:100#2 dupont 0']);
    expect(charges[0]?.workedOn).toBe('2026-03-02');
    expect(JSON.parse(charges[0]?.facts ?? '')).toMatchObject({
      parts: [],
      seconds: 0,
      agreement: 'standard',
    });
    expect(groups).toMatchObject([
      { revision: 2, factsHash: null, status: 'pending', pendingSeconds: hour },
    ]);
  });

  test('and was withdrawn before has nothing to undo', () => {
    const { group, standings } = posted([entryOf()]);
    const [withdrawn] = postDecisions([again(group, [])], standings).groups;
    if (withdrawn === undefined) throw new Error('nothing was decided');
    expect(withdrawn).toMatchObject({ clientId: 'dupont', status: 'outside', reason: 'gone' });
    expect(changesCharge(again(withdrawn, []))).toBe(false);
    const back = postDecisions([again(withdrawn, [entryOf()])], standings);
    expect(back.postings.map(brief)).toEqual(['t:psa:100#3/1 -1 usage']);
  });

  test('its client is taken back from the first and charged to the second', () => {
    const { group, standings } = posted([entryOf()]);
    const moved = again(group, [entryOf()], {
      clients: [dupont, martin],
      ticket: { clientId: '2' },
    });
    const { postings, charges, groups } = postDecisions([moved], standings);
    expect(postings.map(brief)).toEqual([
      'rev:t:psa:100#1/1 +1 reversal (moved)',
      't:psa:100#3/1 -1 usage',
    ]);
    expect(postings.map(({ clientId }) => clientId)).toEqual(['dupont', 'martin']);
    expect(told(charges)).toEqual(['t:psa:100#2 dupont 0', 't:psa:100#3 martin 1']);
    expect(groups).toMatchObject([{ clientId: 'martin', revision: 3 }]);
  });

  test('gives its hours back before any other work of the page takes its own', () => {
    const { group, standings } = posted([entryOf({ seconds: 10 * hour })]);
    const other = decide([entryOf({ sourceId: 'e5', seconds: 9 * hour })], [ticketOf()]);
    const { postings } = postDecisions(
      [{ ...other, groupKey: 't:psa:101' }, again(group, [entryOf()])],
      standings,
    );
    expect(postings.map(brief)).toEqual([
      'rev:t:psa:100#1/1 +10 reversal (changed)',
      't:psa:101#1/1 -9 usage',
      't:psa:100#2/1 -1 usage',
    ]);
  });

  test('while its charge is not there is a defect, never a guess; nor is an account that was not loaded', () => {
    const { group } = posted([entryOf()]);
    expect(() => postDecisions([again(group, [])], standingsOf())).toThrow(/t:psa:100#1 .*missing/);
    const { standings } = posted([entryOf()]);
    const lost = { ...standings, accounts: new Map() };
    expect(() => postDecisions([again(group, [])], lost)).toThrow(/dupont was not loaded/);
  });
});

describe('where the agreement holds back what the blocks cannot pay', () => {
  const held = (entries: MirrorTimeEntry[], hours: number) =>
    postDecisions(
      [decide(entries, [ticketOf()], { clients: [holding] })],
      standingsOf({ accounts: new Map([['dupont', account('dupont', hours)]]) }),
    );

  test('the work waits as a whole, to the second', () => {
    const { groups, charges, postings } = held([entryOf()], 0.75);
    expect([...charges, ...postings]).toEqual([]);
    expect(groups).toMatchObject([
      { status: 'pending', reason: 'no-hours', pendingSeconds: hour, chargeId: null, revision: 0 },
    ]);
    expect(groups[0]?.factsHash).toBeNull();
    expect(held([entryOf()], 1).postings.map(brief)).toEqual(['t:psa:100#1/1 -1 usage']);
  });

  test('the work waits beside what is not due yet, at what both would cost', () => {
    const agreement = agreementOf({ overage: 'hold', debitWhen: 'approved' });
    const entries = [
      entryOf({ isApproved: true }),
      entryOf({ sourceId: 'e2', isApproved: false, seconds: hour / 2 }),
    ];
    const decision = decide(entries, [ticketOf()], { clients: [{ ...dupont, agreement }] });
    const accounts = new Map([['dupont', account('dupont', 0)]]);
    const { groups } = postDecisions([decision], standingsOf({ accounts }));
    expect(groups).toMatchObject([{ reason: 'no-hours', pendingSeconds: 1.5 * hour }]);
  });

  test('free work does not wait', () => {
    expect(told(held([entryOf({ isBillable: false })], 0).charges)).toEqual([
      't:psa:100#1 dupont 0',
    ]);
  });

  test('hours that have ended since count for work of their days', () => {
    const standings = standingsOf({
      accounts: new Map([['dupont', account('dupont', 0, '2026-03-31')]]),
      expiries: new Map([['dupont', stored([expiryOf(1)])]]),
    });
    const decision = decide([entryOf()], [ticketOf()], { clients: [holding] });
    expect(postDecisions([decision], standings).postings).toHaveLength(2);
  });

  test('a charge that grew too long is withdrawn, and pends with all that it would cost', () => {
    const { group, standings } = posted([entryOf()], [holding]);
    const grown = again(group, [entryOf({ seconds: 11 * hour })], { clients: [holding] });
    const { postings, charges, groups } = postDecisions([grown], standings);
    expect(postings.map(brief)).toEqual(['rev:t:psa:100#1/1 +1 reversal (changed)']);
    expect(told(charges)).toEqual(['t:psa:100#2 dupont 0']);
    expect(groups).toMatchObject([
      { status: 'pending', reason: 'no-hours', pendingSeconds: 11 * hour, factsHash: null },
    ]);
  });

  test('a charge that moved to a client without hours is withdrawn once, where it was', () => {
    const { group, standings } = posted([entryOf()]);
    const poor: Client = { ...martin, agreement: holding.agreement };
    standings.accounts.get('martin')?.blocks.splice(0);
    const moved = again(group, [entryOf()], { clients: [dupont, poor], ticket: { clientId: '2' } });
    const { charges, groups } = postDecisions([moved], standings);
    expect(told(charges)).toEqual(['t:psa:100#2 dupont 0']);
    expect(groups).toMatchObject([{ clientId: 'martin', status: 'pending', reason: 'no-hours' }]);
  });
});

test('a charge over several days counts from the first that it charges, else from the first of all', () => {
  const days = [
    entryOf({ sourceId: 'e1', startedAt: '2026-03-02T09:00:00.000Z', isBillable: false }),
    entryOf({
      sourceId: 'e2',
      startedAt: '2026-03-04T09:00:00.000Z',
      endedAt: '2026-03-04T10:00:00.000Z',
    }),
    entryOf({
      sourceId: 'e3',
      startedAt: '2026-03-03T09:00:00.000Z',
      endedAt: '2026-03-04T11:00:00.000Z',
    }),
  ];
  const facts = (entries: MirrorTimeEntry[]) => {
    const { charge } = decide(entries);
    if (charge === null) throw new Error('nothing is due');
    return charge;
  };
  expect(firstDay(facts(days))).toBe('2026-03-03');
  expect(firstDay(facts(days.map((entry) => ({ ...entry, isBillable: false }))))).toBe(
    '2026-03-02',
  );
});

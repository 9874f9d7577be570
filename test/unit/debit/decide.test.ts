import { describe, expect, test } from '@jest/globals';
import { hashWork } from '../../../src/debit/unchanged.ts';
import type { Agreement } from '../../../src/domain/agreements/terms.ts';
import type { ChargeGroup, MirrorTimeEntry } from '../../../src/store/port.ts';
import { agreementOf } from '../../support/terms.ts';
import { assign, decide, dupont, eleven, entryOf, nine, ten, ticketOf } from './work.ts';

const approved = [{ ...dupont, agreement: agreementOf({ debitWhen: 'approved' }) }];
const half = '2026-03-02T10:30:00.000Z';
const second = entryOf({ sourceId: 'e2', startedAt: ten, endedAt: half, seconds: 1800 });

function standing(factsHash: string | null): ChargeGroup {
  return {
    groupKey: 't:psa:100',
    clientId: 'dupont',
    status: 'posted',
    reason: null,
    pendingSeconds: 0,
    revision: 1,
    chargeId: 't:psa:100#1',
    factsHash,
  };
}

describe('a group', () => {
  test('that is due is charged whole, its work in order of time', () => {
    const decision = decide([second, entryOf()]);
    expect(decision).toMatchObject({
      groupKey: 't:psa:100',
      before: null,
      client: { id: 'dupont' },
      status: 'posted',
      reason: null,
      pendingSeconds: 0,
      charge: {
        connection: 'psa',
        seconds: 5400,
        agreement: 'standard',
        ticket: { id: '100', number: 'T100', summary: 'Printer', closedAt: eleven },
        parts: [
          { entryId: 'e1', workedOn: '2026-03-02', ticketNumber: 'T100' },
          { entryId: 'e2', workedOn: '2026-03-02', ticketNumber: 'T100' },
        ],
      },
    });
    expect(decision.inputsHash).toMatch(/^Europe\/Paris -o [0-9a-f]{64}$/);
  });

  test('is the same in whatever order its tickets were told of', () => {
    const tickets = [ticketOf(), ticketOf({ sourceId: '101', number: 'T101' })];
    const later = { ...second, ticketId: '101' };
    const found = decide([later, entryOf()], tickets);
    expect(found).toEqual(decide([entryOf(), later], tickets));
    expect(found.charge?.parts.map(({ entryId }) => entryId)).toEqual(['e1', 'e2']);
  });

  test('that is not due is pending at what it would cost, and charged nothing', () => {
    const open = decide([entryOf({ seconds: 3601 })], [ticketOf({ isClosed: false })]);
    expect(open).toMatchObject({
      status: 'pending',
      reason: 'ticket-open',
      pendingSeconds: 4500,
      charge: null,
      inputsHash: null,
      client: { id: 'dupont' },
    });
  });

  test('that is due in part pends with what the rest would add to its rounding', () => {
    const entries = [
      entryOf({ isApproved: true, seconds: 3000 }),
      { ...second, seconds: 300 },
      entryOf({ sourceId: 'e3', startedAt: half, endedAt: eleven, seconds: 300 }),
    ];
    // 50 minutes are an hour; the ten that pend find room in it, and a minute more does not.
    const found = decide(entries, [ticketOf()], { clients: approved });
    expect(found).toMatchObject({
      status: 'pending',
      reason: 'not-approved',
      pendingSeconds: 0,
      charge: { seconds: 3600 },
    });
    const longer = entries.map((entry) =>
      entry.sourceId === 'e2' ? { ...entry, seconds: 360 } : entry,
    );
    expect(decide(longer, [ticketOf()], { clients: approved }).pendingSeconds).toBe(900);
  });

  test('that waits says for what, and outside why', () => {
    expect(decide([entryOf()], [])).toMatchObject({
      status: 'waiting',
      reason: 'ticket-unseen',
      client: null,
      charge: null,
    });
    const early = entryOf({ startedAt: '2025-12-01T09:00:00.000Z' });
    expect(decide([early])).toMatchObject({
      status: 'outside',
      reason: 'before-start',
      client: null,
      charge: null,
    });
  });

  test('of which some waits and some is outside still waits; due work is posted beside both', () => {
    const early = entryOf({ sourceId: 'e0', startedAt: '2025-12-01T09:00:00.000Z' });
    const stray = entryOf({ sourceId: 'e9', ticketId: '999' });
    expect(decide([early, stray])).toMatchObject({ status: 'waiting', reason: 'ticket-unseen' });
    expect(decide([early, stray, entryOf()])).toMatchObject({ status: 'posted', reason: null });
  });

  test('of which everything is gone costs nothing any more', () => {
    expect(decide([entryOf({ deletedAt: eleven })])).toMatchObject({
      status: 'outside',
      reason: 'gone',
      client: null,
      charge: null,
      inputsHash: null,
    });
    expect(decide([])).toMatchObject({ status: 'outside', reason: 'gone' });
  });

  test('over several tickets, or none, names no ticket', () => {
    const other = ticketOf({ sourceId: '101', number: 'T101' });
    const entries = [entryOf(), { ...second, ticketId: '101' }];
    const found = decide(entries, [ticketOf(), other]).charge;
    expect(found).toMatchObject({
      ticket: null,
      parts: [{ ticketNumber: 'T100' }, { ticketNumber: 'T101' }],
    });
    const alone = entryOf({ ticketId: null, clientId: '1' });
    expect(decide([alone], []).charge).toMatchObject({
      ticket: null,
      parts: [{ ticketNumber: null }],
    });
    expect(decide([alone, second]).charge?.ticket).toBeNull();
    expect(
      decide([entryOf(), { ...second, ticketId: null, clientId: '1' }]).charge?.ticket,
    ).toBeNull();
  });
});

describe('what stands', () => {
  const hashOf = (entries: MirrorTimeEntry[], ...rest: [Parameters<typeof decide>[1]?]) =>
    decide(entries, ...rest).inputsHash;

  test('is left alone while its work is the same, and charged anew once it is not', () => {
    const same = standing(hashOf([entryOf()]));
    const found = decide([entryOf()], [ticketOf()], { before: same });
    expect(found).toMatchObject({ charge: null, before: same, inputsHash: same.factsHash });
    const more = decide([entryOf(), second], [ticketOf()], { before: same });
    expect(more.charge?.seconds).toBe(5400);
  });

  test('with nothing posted is charged', () => {
    expect(decide([entryOf()], [ticketOf()], { before: standing(null) }).charge).not.toBeNull();
  });

  test.each<[string, Partial<MirrorTimeEntry>]>([
    ['its length', { seconds: 1 }],
    ['its day', { startedAt: '2026-03-01T09:00:00.000Z' }],
    ['whether it is billable', { isBillable: null }],
    ['which entry it is', { sourceId: 'e7' }],
  ])('is another once an entry changes %s', (_, fields) => {
    expect(hashOf([entryOf(fields)])).not.toBe(hashOf([entryOf()]));
  });

  const ids = { workType: '4', role: '5', agreement: '6' };
  const office = { name: 'office', week: [], isHoliday: () => false };
  const noRule = { workType: null, role: null, outside: null, factorThousandths: 1500 };
  const applies = { boards: null, ticketTypes: null, agreements: null };

  test.each<[string, Partial<Agreement>, Partial<MirrorTimeEntry>]>([
    [
      'its start',
      { multipliers: [{ ...noRule, outside: office }] },
      { startedAt: '2026-03-02T08:59:00.000Z' },
    ],
    ['its end', { multipliers: [{ ...noRule, outside: office }] }, { endedAt: eleven }],
    ['who did it', { excludedTechnicians: ['Bo'] }, { technicianId: 't2' }],
    [
      'its work type',
      { workTypes: { covered: ['Remote'], excluded: [], unlisted: 'covered' } },
      { ids: { ...ids, workType: '40' } },
    ],
    [
      'its work type',
      { multipliers: [{ ...noRule, workType: 'X' }] },
      { ids: { ...ids, workType: '40' } },
    ],
    [
      'its work type',
      { workTypeMinimums: [{ workType: 'X', seconds: 60 }] },
      { ids: { ...ids, workType: '40' } },
    ],
    ['its role', { roles: { covered: [], excluded: ['X'] } }, { ids: { ...ids, role: '50' } }],
    ['its role', { multipliers: [{ ...noRule, role: 'X' }] }, { ids: { ...ids, role: '50' } }],
    [
      'its agreement',
      { applies: { ...applies, agreements: ['B'] } },
      { ids: { ...ids, agreement: '60' } },
    ],
    ['its approval', { debitWhen: 'approved' }, { isApproved: false }],
  ])('is another once an entry changes %s, where a rule reads that', (_, terms, fields) => {
    const before = entryOf({ ids, agreement: 'B', role: 'X', isApproved: true });
    const read = [{ ...dupont, agreement: agreementOf(terms) }];
    const hashUnder = (entry: MirrorTimeEntry, clients = [dupont]) =>
      hashWork(assign([entry], [ticketOf()], clients).assigned, new Set());
    expect(hashUnder({ ...before, ...fields }, read)).not.toBe(hashUnder(before, read));
    expect(hashUnder({ ...before, ...fields })).toBe(hashUnder(before));
    const renamed = { technician: 'Ada K', workType: 'Remote support', role: 'Y', agreement: 'C' };
    expect(hashUnder({ ...before, ...renamed }, read)).toBe(hashUnder(before, read));
  });

  test('is another by its name alone where the vendor has no id', () => {
    const workTypes = { covered: ['Remote'], excluded: [], unlisted: 'covered' } as const;
    const read = [{ ...dupont, agreement: agreementOf({ workTypes }) }];
    const hashUnder = (entry: MirrorTimeEntry) =>
      decide([entry], [ticketOf()], { clients: read }).inputsHash;
    expect(hashUnder(entryOf({ workType: 'On-site' }))).not.toBe(hashUnder(entryOf()));
  });

  test('is another on another ticket, or of another client', () => {
    const moved = hashOf([entryOf({ ticketId: '101' })], [ticketOf({ sourceId: '101' })]);
    expect(moved).not.toBe(hashOf([entryOf()]));
    const alone = entryOf({ ticketId: null, clientId: '1' });
    expect(hashOf([alone])).not.toBe(hashOf([entryOf()]));
    const martin = decide([entryOf()], [ticketOf()], { clients: [{ ...dupont, id: 'martin' }] });
    expect(martin.inputsHash).not.toBe(hashOf([entryOf()]));
  });

  test('is the same whatever the ticket is called and whenever it was closed', () => {
    const touched = ticketOf({ summary: 'Other', number: 'X', closedAt: nine, updatedAt: nine });
    expect(hashOf([entryOf({ note: 'Done', secondsText: '60 min' })], [touched])).toBe(
      hashOf([entryOf()]),
    );
  });
});

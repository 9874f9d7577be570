import { describe, expect, test } from '@jest/globals';
import { startOnOf } from '../../../src/debit/context.ts';
import type { Rounding } from '../../../src/domain/agreements/terms.ts';
import { agreementOf, openingOf } from '../../support/terms.ts';
import { assign, dupont, eleven, entryOf, nine, ten, ticketOf } from './work.ts';

function roundedPer(per: Rounding['per']) {
  const rounding = { per, incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 };
  return [{ ...dupont, agreement: agreementOf({ rounding }) }];
}

const keys = (...asked: Parameters<typeof assign>) =>
  assign(...asked).assigned.map(({ groupKey }) => groupKey);

describe('work is charged', () => {
  test.each([
    ['ticket', 't:psa:100'],
    ['entry', 'e:psa:e1'],
    ['day', 'd:dupont:2026-03-02'],
  ] as const)('per %s, in the group of its own', (per, key) => {
    expect(keys([entryOf()], [ticketOf()], roundedPer(per))).toEqual([key]);
  });

  test('by itself where it hangs on no ticket, or on one that names no client', () => {
    const alone = entryOf({ ticketId: null, clientId: '1' });
    expect(keys([alone], [])).toEqual(['e:psa:e1']);
    expect(keys([entryOf({ clientId: '1' })], [ticketOf({ clientId: null })])).toEqual([
      'e:psa:e1',
    ]);
  });

  test('by itself while it waits for a person, and nowhere once it is gone', () => {
    expect(keys([entryOf()], [])).toEqual(['e:psa:e1']);
    expect(keys([entryOf({ deletedAt: eleven })])).toEqual([null]);
  });

  test('apart from the same ticket of another connection', () => {
    const tickets = [ticketOf(), ticketOf({ connection: 'rmm' })];
    const sourceIds = new Map([
      ['psa', '1'],
      ['rmm', '1'],
    ]);
    const entries = [entryOf(), entryOf({ connection: 'rmm' })];
    expect(keys(entries, tickets, [{ ...dupont, sourceIds }])).toEqual(['t:psa:100', 't:rmm:100']);
  });
});

describe('a merged ticket', () => {
  const merged = (sourceId: string, mergedInto: string | null) =>
    ticketOf({ sourceId, number: `T${sourceId}`, mergedInto });

  test('counts on the one that survived, however many merges away', () => {
    const tickets = [merged('100', '101'), merged('101', '102'), merged('102', null)];
    const { assigned } = assign([entryOf()], tickets);
    expect(assigned[0]).toMatchObject({ groupKey: 't:psa:102', ticket: { number: 'T102' } });
  });

  test('into one that was never seen waits for it', () => {
    const { assigned } = assign([entryOf()], [merged('100', '999')]);
    expect(assigned[0]).toMatchObject({
      ticket: null,
      groupKey: 'e:psa:e1',
      standing: { state: 'waiting', reason: 'ticket-unseen' },
    });
  });

  test('in a ring ends at its first ticket instead of going round for ever', () => {
    const ring = [merged('100', '101'), merged('101', '100')];
    expect(keys([entryOf()], ring)).toEqual(['t:psa:100']);
  });

  test('shares its corrections with the one that survived', () => {
    const tickets = [merged('100', '101'), merged('101', null)];
    const taken = entryOf({
      sourceId: 'e2',
      ticketId: '101',
      startedAt: eleven,
      endedAt: eleven,
      kind: 'correction',
      seconds: -600,
    });
    const { assigned } = assign([entryOf(), taken], tickets);
    expect(assigned).toMatchObject([{ seconds: 3000, correctedSeconds: 600 }]);
  });
});

describe('corrections', () => {
  const correction = entryOf({
    sourceId: 'e2',
    startedAt: eleven,
    endedAt: eleven,
    kind: 'correction',
    seconds: -5400,
  });

  test('beyond what was logged on a ticket are named with the ticket and the excess', () => {
    const { overcorrected, assigned } = assign([entryOf(), correction]);
    expect(overcorrected).toEqual([{ connection: 'psa', ticketId: '100', seconds: 1800 }]);
    expect(assigned).toMatchObject([{ seconds: 0, correctedSeconds: 3600 }]);
  });

  test('beyond what was logged are named by the ticket that they were made on, merged or not', () => {
    const tickets = [ticketOf({ mergedInto: '101' }), ticketOf({ sourceId: '101' })];
    for (const kind of ['correction', 'work'] as const) {
      const entries = [entryOf(), { ...correction, kind, ticketId: '101' }];
      const { overcorrected } = assign(entries, tickets);
      expect(overcorrected).toEqual([{ connection: 'psa', ticketId: '101', seconds: 1800 }]);
    }
  });

  test('within what was logged are named nowhere', () => {
    expect(assign([entryOf(), { ...correction, seconds: -3600 }]).overcorrected).toEqual([]);
  });

  test('that are gone take nothing off, nor from work that is gone', () => {
    const { assigned } = assign([entryOf(), { ...correction, deletedAt: eleven }]);
    expect(assigned).toMatchObject([{ seconds: 3600, correctedSeconds: 0 }]);
    const gone = assign([entryOf({ deletedAt: eleven }), { ...correction, seconds: -60 }]);
    expect(gone.overcorrected).toEqual([{ connection: 'psa', ticketId: '100', seconds: 60 }]);
    expect(gone.assigned).toMatchObject([{ seconds: 0, correctedSeconds: 0, groupKey: null }]);
  });

  test('lower work on a ticket that was never seen too', () => {
    const { assigned } = assign([entryOf(), { ...correction, seconds: -600 }], []);
    expect(assigned).toMatchObject([{ seconds: 3000, ticket: null }]);
  });

  test('of other tickets, and of time on none, stay where they are', () => {
    const entries = [
      entryOf({ sourceId: 'e3', ticketId: null, clientId: '1', startedAt: nine, endedAt: ten }),
      entryOf({ sourceId: 'e4', ticketId: null, clientId: '1', seconds: -600 }),
    ];
    const { assigned, overcorrected } = assign(entries, []);
    expect(assigned).toMatchObject([{ seconds: 3600, correctedSeconds: 0 }]);
    expect(overcorrected).toEqual([]);
  });
});

describe('the first day that counts', () => {
  const firstRunAt = '2026-03-01T23:30:00.000Z';
  const start = (fields: Partial<typeof dupont>) => startOnOf({ ...dupont, ...fields }, firstRunAt);

  test.each([
    ['as configured', { startOn: '2025-06-01' }, '2025-06-01'],
    ['else the earliest opening block', {}, '2026-01-01'],
    [
      'else the day of the first run, as the client’s calendar has it',
      { openingBlocks: [] },
      '2026-03-02',
    ],
  ])('is %s', (_, fields, day) => {
    expect(start({ ...dupont, ...fields })).toBe(day);
  });

  test('is the earliest of the opening blocks, wherever it is listed', () => {
    const openingBlocks = ['2026-02-01', '2026-01-15', '2026-03-01'].map((purchasedOn) =>
      openingOf(5, { purchasedOn }),
    );
    expect(start({ openingBlocks })).toBe('2026-01-15');
  });

  test('keeps what was worked before it out', () => {
    const early = entryOf({ startedAt: '2025-12-31T12:00:00.000Z' });
    expect(assign([early]).assigned[0]?.standing).toMatchObject({ reason: 'before-start' });
    expect(assign([entryOf()]).assigned[0]?.standing).toMatchObject({ state: 'due' });
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Agreement, Client } from '../../src/domain/agreements/terms.ts';
import {
  decideStanding,
  type StandingEntry,
  type StandingTicket,
} from '../../src/domain/charges/standing.ts';
import { agreementOf, clientOf } from '../support/terms.ts';

const entry: StandingEntry = {
  sourceId: 'e1',
  connection: 'psa',
  ticketId: '100',
  clientId: null,
  startedAt: '2026-03-02T09:00:00.000Z',
  isApproved: null,
  agreement: null,
  deletedAt: null,
};
const ticket: StandingTicket = {
  sourceId: '100',
  number: '100',
  clientId: '1',
  board: 'Help Desk',
  ticketType: 'Incident',
  agreement: null,
  isClosed: true,
};

type On = Partial<StandingTicket> | null | 'unseen';

function decide(fields: Partial<StandingEntry>, on: On = {}, terms: Partial<Agreement> = {}) {
  const agreement = agreementOf(terms);
  const dupont: Client = { ...clientOf({ agreement }), paidBy: null, id: 'dupont' };
  return decideStanding({
    entry: { ...entry, ...fields },
    ticket: on === 'unseen' ? undefined : on && { ...ticket, ...on },
    findClient: (connection, id) => (connection === 'psa' && id === '1' ? dupont : undefined),
    startOn: () => '2026-03-01',
  });
}

function stand(fields: Partial<StandingEntry>, on: On = {}, terms: Partial<Agreement> = {}) {
  const found = decide(fields, on, terms);
  return 'reason' in found ? `${found.state}: ${found.reason}` : found.state;
}

describe('whose work it is', () => {
  test('is the ticket’s client, before the entry’s own', () => {
    expect(stand({ clientId: '9' })).toBe('due');
  });

  test('is the entry’s own where the ticket names none', () => {
    expect(stand({ clientId: '1' }, { clientId: null })).toBe('due');
  });

  test.each([
    ['a ticket without client', {}, { clientId: null }, 'waiting: without-client'],
    ['an entry without either', { ticketId: null }, null, 'waiting: without-client'],
    ['a client in no config', {}, { clientId: '2' }, 'waiting: client-unmapped'],
    ['the same id in another connection', { connection: 'rmm' }, {}, 'waiting: client-unmapped'],
    ['a ticket never seen', { clientId: '1' }, 'unseen', 'waiting: ticket-unseen'],
  ] as const)('waits for a person: %s', (_, fields, on, expected) => {
    expect(stand(fields, on)).toBe(expected);
  });

  test.each([
    ['the ticket that names no client', {}, { clientId: null }, 'tickets', '100'],
    ['the entry, where there is no ticket', { ticketId: null }, null, 'timeEntries', 'e1'],
    ['the client that is in no config', {}, { clientId: '2' }, 'clients', '2'],
    ['the ticket that was never seen', {}, 'unseen', 'tickets', '100'],
  ] as const)('waits under the name of %s', (_, fields, on, stream, sourceId) => {
    expect(decide(fields, on)).toMatchObject({ subject: { stream, sourceId } });
  });

  test('of something deleted is nobody’s', () => {
    expect(stand({ deletedAt: '2026-03-03T00:00:00.000Z' }, 'unseen')).toBe('gone');
  });
});

describe('under which agreement', () => {
  const applies = { boards: ['help desk'], ticketTypes: ['Incident'], agreements: null };

  test.each([
    ['board and type as listed', {}, 'due'],
    ['another board', { board: 'Projects' }, 'outside: not-in-agreement'],
    ['no board', { board: null }, 'outside: not-in-agreement'],
    ['another type', { ticketType: 'Change' }, 'outside: not-in-agreement'],
  ])('%s', (_, on, expected) => {
    expect(stand({}, on, { applies })).toBe(expected);
  });

  test('board and type say nothing of time without a ticket', () => {
    expect(stand({ ticketId: null, clientId: '1' }, null, { applies })).toBe('due');
  });

  test('the PSA’s own agreement is the entry’s, else the ticket’s', () => {
    const byName = { applies: { boards: null, ticketTypes: null, agreements: ['Block'] } };
    expect(stand({ agreement: 'block' }, { agreement: 'Flat' }, byName)).toBe('due');
    expect(stand({}, { agreement: 'Block' }, byName)).toBe('due');
    expect(stand({}, { agreement: 'Flat' }, byName)).toBe('outside: not-in-agreement');
    expect(stand({}, {}, byName)).toBe('outside: not-in-agreement');
    const alone = { ticketId: null, clientId: '1' };
    expect(stand({ ...alone, agreement: 'Block' }, null, byName)).toBe('due');
    expect(stand(alone, null, byName)).toBe('outside: not-in-agreement');
  });

  test('work before the first day that counts is outside, by the day in the client’s zone', () => {
    expect(stand({ startedAt: '2026-02-28T22:59:59.000Z' })).toBe('outside: before-start');
    expect(stand({ startedAt: '2026-02-28T23:00:00.000Z' })).toBe('due');
  });
});

test('work that another connection counted before the client moved is outside', () => {
  const moved = (startedAt: string, connection = 'psa') => {
    const agreement = agreementOf({});
    const movedOn = new Map([['psa', '2026-03-10']]);
    const dupont: Client = { ...clientOf({ agreement, movedOn }), paidBy: null, id: 'dupont' };
    const standing = decideStanding({
      entry: { ...entry, startedAt, connection },
      ticket,
      findClient: () => dupont,
      startOn: () => '2026-03-01',
    });
    return 'reason' in standing ? `${standing.state}: ${standing.reason}` : standing.state;
  };
  expect(moved('2026-03-09T22:59:59.000Z')).toBe('outside: before-move');
  expect(moved('2026-03-09T23:00:00.000Z')).toBe('due');
  expect(moved('2026-03-05T09:00:00.000Z', 'old')).toBe('due');
});

describe('when it is due', () => {
  test.each([
    ['ticket-closed', true, null, 'due'],
    ['ticket-closed', false, true, 'pending: ticket-open'],
    ['approved', false, true, 'due'],
    ['approved', true, false, 'pending: not-approved'],
    ['approved', true, null, 'pending: not-approved'],
    ['logged', false, false, 'due'],
  ] as const)('%s: closed %s, approved %s', (debitWhen, isClosed, isApproved, expected) => {
    expect(stand({ isApproved }, { isClosed }, { debitWhen })).toBe(expected);
  });

  test.each([
    ['debit', 'ticket-closed', null, 'due'],
    ['debit', 'approved', null, 'pending: not-approved'],
    ['hold', 'logged', true, 'pending: held-without-ticket'],
  ] as const)(
    'without a ticket: %s, %s, approved %s',
    (withoutTicket, debitWhen, isApproved, expected) => {
      const fields = { ticketId: null, clientId: '1', isApproved };
      expect(stand(fields, null, { withoutTicket, debitWhen })).toBe(expected);
    },
  );
});

test('what becomes of time without a ticket says nothing of time on one', () => {
  expect(stand({}, {}, { withoutTicket: 'hold' })).toBe('due');
});

test.each([
  ['the day before it begins', { from: '2026-03-03' }, 'outside: before-agreement'],
  ['its first and last day', { from: '2026-03-02', until: '2026-03-02' }, 'due'],
  ['the day after it ends', { until: '2026-03-01' }, 'outside: after-agreement'],
])('an agreement is about work of its own days: %s', (_, terms, expected) => {
  expect(stand({}, {}, terms)).toBe(expected);
  // Already the second of March in Paris.
  expect(stand({ startedAt: '2026-03-01T23:30:00.000Z' }, {}, terms)).toBe(expected);
});

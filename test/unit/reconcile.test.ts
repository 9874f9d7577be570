import { describe, expect, test } from '@jest/globals';
import type { RemoteState, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { formatIn, toFormatOptions } from '../../src/domain/format.ts';
import { compareAlert, compareInvoice } from '../../src/reconcile/compare-delivery.ts';
import { hoursFound } from '../../src/reconcile/compare-hours.ts';
import { compareEntries, compareTickets, entryText } from '../../src/reconcile/compare-rows.ts';
import type { DifferenceKind, Found } from '../../src/reconcile/context.ts';
import { fixOf } from '../../src/reconcile/fixes.ts';
import { comparisonLine } from '../../src/reports/notices/reconciliation.ts';
import type { Delivery } from '../../src/store/port.ts';

const format = formatIn(toFormatOptions('en'));

const entry: TimeEntryRow = {
  sourceId: '1',
  ticketId: '7',
  clientId: '31',
  technicianId: 't',
  technician: 'Ada',
  startedAt: '2026-03-02T09:00:00.000Z',
  endedAt: '2026-03-02T10:00:00.000Z',
  isTimed: true,
  seconds: 3600,
  secondsText: '1 h',
  kind: 'work',
  workType: 'Remote',
  role: null,
  isBillable: true,
  isApproved: null,
  agreement: null,
  note: 'Looked.',
  updatedAt: '2026-03-02T10:00:00.000Z',
};

const ticket: TicketRow = {
  sourceId: '7',
  number: '7',
  clientId: '31',
  summary: 'VPN',
  board: 'Help Desk',
  ticketType: null,
  agreement: null,
  status: 'Closed',
  isClosed: true,
  closedAt: null,
  mergedInto: null,
  updatedAt: '2026-03-02T10:00:00.000Z',
};

describe('an entry', () => {
  test.each<[string, Partial<TimeEntryRow>, string, string]>([
    ['seconds', { seconds: 1800 }, '1 h', '30 min'],
    ['ticket', { ticketId: null }, 'ticket 7', 'no ticket'],
    ['client', { clientId: '32' }, 'client 31', 'client 32'],
    ['technician', { technicianId: 'b', technician: 'Bo' }, 'by Ada', 'by Bo'],
    ['work type', { workType: null }, 'work type Remote', 'no work type'],
    ['role', { role: 'Engineer' }, 'no role', 'role Engineer'],
    ['billable flag', { isBillable: false }, 'billable', 'not billable'],
    ['approval', { isApproved: true }, 'approved: not told', 'approved'],
    ['agreement', { agreement: 'Gold' }, 'no agreement', 'agreement Gold'],
    ['kind', { kind: 'correction' }, 'work', 'correction'],
    ['end', { isTimed: false }, 'timed', 'not timed'],
    [
      'time of day',
      { startedAt: '2026-03-02T08:00:00.000Z', endedAt: '2026-03-02T09:00:00.000Z' },
      'from 2026-03-02 09:00:00, to 2026-03-02 10:00:00',
      'from 2026-03-02 08:00:00, to 2026-03-02 09:00:00',
    ],
  ])('differs in its %s', (_, change, ours, theirs) => {
    expect(compareEntries(entry, { ...entry, ...change }, format)).toEqual({ ours, theirs });
  });

  test('does not differ by a new name of what has an id', () => {
    const ids = { workType: '4', role: '5', agreement: '6' };
    const renamed = {
      technician: 'Ada King',
      workType: 'Remote support',
      role: 'L2',
      agreement: 'B',
    };
    expect(compareEntries({ ...entry, ids }, { ...entry, ids, ...renamed }, format)).toBeNull();
  });

  test('does not differ by what costs nothing', () => {
    const other = { note: null, secondsText: '60 min', updatedAt: '2026-04-01T00:00:00.000Z' };
    expect(compareEntries(entry, { ...entry, ...other }, format)).toBeNull();
  });

  test('that one side lacks is told with where, when and who', () => {
    expect(entryText(entry, format)).toBe('1 h on ticket 7, 2026-03-02, Ada');
    expect(entryText({ ...entry, ticketId: null }, format)).toBe(
      '1 h on no ticket, 2026-03-02, Ada',
    );
  });
});

describe('a ticket', () => {
  test.each<[string, Partial<TicketRow>, string, string]>([
    ['state', { isClosed: false }, 'closed', 'open'],
    ['client', { clientId: null }, 'client 31', 'no client'],
    ['board', { board: 'Sales' }, 'board Help Desk', 'board Sales'],
    ['type', { ticketType: 'Incident' }, 'no type', 'type Incident'],
    ['agreement', { agreement: 'Gold' }, 'no agreement', 'agreement Gold'],
    ['merge', { mergedInto: '9' }, 'not merged', 'merged into 9'],
  ])('differs in its %s', (_, change, ours, theirs) => {
    expect(compareTickets(ticket, { ...ticket, ...change }, format)).toEqual({ ours, theirs });
  });

  test('does not differ by a new name of its board, its type or its agreement', () => {
    const ids = { board: '1', ticketType: '2', agreement: '3' };
    const renamed = { board: 'Service Desk', ticketType: 'Request', agreement: 'Block' };
    expect(compareTickets({ ...ticket, ids }, { ...ticket, ids, ...renamed }, format)).toBeNull();
  });

  test('does not differ by how it is called, nor by when it was closed', () => {
    const other = { summary: 'VPN again', status: 'Done', closedAt: '2026-03-03T00:00:00.000Z' };
    expect(compareTickets(ticket, { ...ticket, ...other }, format)).toBeNull();
  });
});

describe('the hours of a ticket', () => {
  const hours = { ticketId: '7', clientId: '31', theirs: 3600, ours: 3600, due: 0, debited: 0 };

  test('differ by what is read, or by what is debited of that', () => {
    expect(hoursFound({ ...hours, ours: 1800 }, 'dupont', format)).toMatchObject({
      subject: 'ticket 7',
      ours: '30 min',
      theirs: '1 h',
      seconds: 1800,
    });
    expect(hoursFound({ ...hours, due: 3600, debited: 900 }, 'dupont', format)).toMatchObject({
      ours: '1 h, debited 15 min of 1 h',
      theirs: '1 h',
      seconds: 2700,
    });
    expect(hoursFound({ ...hours, ticketId: null, ours: 0 }, null, format)).toMatchObject({
      subject: 'time of client 31 on no ticket',
      clientId: null,
    });
  });
});

describe('a delivered invoice', () => {
  const delivery: Delivery = {
    seq: 1,
    key: 'inv.1',
    kind: 'invoice',
    clientId: 'dupont',
    payload: '{}',
    remoteId: '42',
    remoteLabel: 'INV-42',
    createdAt: '2026-03-02T10:00:00.000Z',
    block: { id: 'b-1', status: 'active' },
    mirrored: { isPaid: false, isVoid: false, creditedMinor: null },
    undoneRun: null,
  };
  const terms = { totalMinor: 120_000, currency: 'EUR' };
  type Invoice = readonly [Delivery, typeof terms, RemoteState | null, boolean];
  const kinds = (...[sent, terms, standing, isMirrored]: Invoice) =>
    compareInvoice(sent, terms, standing, isMirrored, format).map(({ kind }) => kind);

  test('is as it was sent, or its vendor shows no more than that it is there', () => {
    const standing = { isVoid: false, isPaid: false, totalMinor: 120_000, currency: 'EUR' };
    expect(kinds(delivery, terms, standing, true)).toEqual([]);
    expect(kinds({ ...delivery, mirrored: null }, terms, {}, true)).toEqual([]);
  });

  test('is missing or void, and then nothing else is said of it', () => {
    expect(compareInvoice(delivery, terms, null, true, format)).toEqual([
      {
        kind: 'invoice-missing',
        subject: 'invoice INV-42 (inv.1)',
        clientId: 'dupont',
        blockId: 'b-1',
        ours: 'sent: €1,200.00',
        theirs: 'not there',
      },
    ]);
    const voided = { isVoid: true, isPaid: true, totalMinor: 0 };
    expect(kinds(delivery, terms, voided, true)).toEqual(['invoice-void']);
  });

  test('comes to another amount and is paid unseen, both at once', () => {
    const standing = { isPaid: true, totalMinor: 119_999 };
    expect(kinds(delivery, terms, standing, true)).toEqual(['invoice-amount', 'invoice-payment']);
    expect(kinds(delivery, terms, standing, false)).toEqual(['invoice-amount']);
  });

  test('of a yen is told without decimals', () => {
    const yen = { totalMinor: 1200, currency: 'JPY' };
    expect(compareInvoice(delivery, yen, { totalMinor: 1100 }, true, format)).toMatchObject([
      { ours: '¥1,200', theirs: '¥1,100' },
    ]);
  });

  test('an alert is named by its id where it has no other name', () => {
    const alert = { ...delivery, kind: 'alert-ticket', remoteLabel: null } as const;
    expect(compareAlert(alert, { isClosed: false }, format)).toEqual([]);
    expect(compareAlert(alert, {}, format)).toEqual([]);
    expect(compareAlert(alert, { isClosed: true }, format)).toMatchObject([
      { subject: 'ticket 42 (inv.1)' },
    ]);
  });
});

describe('what to do', () => {
  const situation = { connection: 'psa', canSweep: true };
  const found = (kind: DifferenceKind, fields: Partial<Found> = {}): Found => ({
    kind,
    subject: 's',
    clientId: null,
    ours: 'a',
    theirs: 'b',
    ...fields,
  });

  test('about deleted time depends on whether the vendor can be swept', () => {
    const gone = found('entry-missing-there');
    expect(fixOf(gone, situation)).toContain('prepaid-hours sweep psa');
    expect(fixOf(gone, { ...situation, canSweep: false })).not.toContain('sweep');
  });

  test('about an invoice names its block', () => {
    expect(fixOf(found('invoice-void', { blockId: 'b-1' }), situation)).toContain(
      'block void b-1.',
    );
  });
});

test('figures have the form of the config’s language', () => {
  const american = formatIn(toFormatOptions('en-US'));
  expect(entryText({ ...entry, seconds: 4500 }, american)).toBe(
    '1.25 h on ticket 7, Mar 2, 2026, Ada',
  );
  const sent = {
    seq: 1,
    kind: 'invoice',
    key: 'inv.1',
    clientId: 'dupont',
    createdAt: '2026-03-02T09:00:00.000Z',
    payload: '{}',
    remoteId: '42',
    remoteLabel: 'INV-42',
    block: null,
    mirrored: { isPaid: false, isVoid: false, creditedMinor: 2000 },
    undoneRun: null,
  } as const;
  const terms = { totalMinor: 120_000, currency: 'USD' };
  expect(compareInvoice(sent, terms, {}, true, american)).toMatchObject([
    { ours: '$1,200.00', theirs: '$20.00 credited' },
  ]);
});

test.each([
  [143, { rows: 0, clients: 0, seconds: 0 }, '143 clients checked, no differences'],
  [1, { rows: 1, clients: 1, seconds: 0 }, '1 client checked, 1 difference'],
  [
    ...[2, { rows: 3, clients: 1, seconds: 9000 }],
    '2 clients checked, 3 differences, 2 h 30 in total',
  ],
] as [number, { rows: number; clients: number; seconds: number }, string][])(
  '%i clients and %o are one line',
  (clients, sum, line) => {
    expect(comparisonLine(clients, sum, format)).toBe(line);
  },
);

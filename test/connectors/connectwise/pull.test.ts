import { describe, expect, test } from '@jest/globals';
import { dateInZone } from '../../../src/domain/time.ts';
import { pullRequest, readPages, readRows, soon, withConnectwise } from './bench.ts';

const start = '2026-03-02T09:00:00Z';

describe('ConnectWise time entries', () => {
  test('are translated with client, ticket, technician, hours and both ends', () =>
    withConnectwise({}, async (bench) => {
      const { company, board, member, workType } = bench;
      const { state } = bench.sandbox;
      const agreement = state.addAgreement({ company, name: 'Block 20 h' });
      const ticket = state.addTicket({ company, board, summary: 'VPN drops' });
      const workRole = state.addWorkRole({ name: 'Engineer' });
      const more = { agreement, workRole, notes: 'Reset the tunnel.', status: 'ReadyToBill' };
      const at = '2026-03-02T10:31:07Z';
      const id = state.addTime({ ticket, member, workType, start, hours: '1.25', at, ...more });
      expect(await readRows(bench, 'timeEntries')).toEqual([
        {
          sourceId: String(id),
          ticketId: String(ticket),
          clientId: String(company),
          technicianId: String(member),
          technician: 'Ann Roy',
          technicianEmail: null,
          startedAt: '2026-03-02T09:00:00.000Z',
          endedAt: '2026-03-02T10:15:00.000Z',
          isTimed: true,
          seconds: 4500,
          secondsText: '1.25 h',
          kind: 'work',
          workType: 'Remote',
          role: 'Engineer',
          isBillable: true,
          isApproved: true,
          agreement: 'Block 20 h',
          billedSeconds: null,
          ids: {
            workType: expect.any(String),
            role: expect.any(String),
            agreement: expect.any(String),
          },
          note: 'Reset the tunnel.',
          updatedAt: '2026-03-02T10:31:07.000Z',
        },
      ]);
    }));

  test('carry the primary e-mail of their member, else the office one, from a list kept for a day', () =>
    withConnectwise({}, async (bench) => {
      const { company, member, context } = bench;
      const { state } = bench.sandbox;
      const officeEmail = 'bo@office.test';
      const bo = state.addMember({ name: 'Bo Li', officeEmail });
      const cy = state.addMember({ name: 'Cy Fox', officeEmail, primaryEmail: 'cy@msp.test' });
      for (const one of [member, bo, cy]) {
        state.addTime({ company, chargeTo: 'Company', member: one, start, hours: '1' });
      }
      const restarted = bench.connect({}, context);
      for (const connector of [bench.connector, restarted]) {
        const rows = await readRows({ ...bench, connector }, 'timeEntries');
        const emails = rows.map(({ technicianEmail }) => technicianEmail);
        expect(emails).toEqual([null, 'bo@office.test', 'cy@msp.test']);
      }
      const lists = bench.requests().filter((one) => one === 'GET /system/members');
      expect(lists).toHaveLength(1);
      expect(JSON.stringify(context.logs)).not.toContain('@');
    }));

  test('come without e-mails where members are hidden from us, which is logged once', () =>
    withConnectwise({}, async (bench) => {
      const { company, member, context } = bench;
      const { state } = bench.sandbox;
      state.switches.denied.add('/system/members');
      state.addTime({ company, chargeTo: 'Company', member, start, hours: '1' });
      for (let pass = 0; pass < 2; pass += 1) {
        const [row] = await readRows(bench, 'timeEntries');
        expect(row).toMatchObject({ technician: 'Ann Roy', technicianEmail: null });
      }
      const message = 'Technicians’ e-mails cannot be read.';
      const warnings = context.logs.filter(({ level }) => level === 'warn');
      expect(warnings).toEqual([{ level: 'warn', message, detail: { kind: 'permission' } }]);
    }));

  test.each(['Company', 'Activity', 'ChargeCode'] as const)(
    'charged to a %s are not linked to a ticket and keep their client',
    (chargeTo) =>
      withConnectwise({}, async (bench) => {
        const { company, member } = bench;
        bench.sandbox.state.addTime({ company, chargeTo, member, start, hours: '0.5' });
        const [row] = await readRows(bench, 'timeEntries');
        expect(row).toMatchObject({ ticketId: null, clientId: String(company), seconds: 1800 });
      }),
  );

  test.each([
    ['Billable', true],
    ['DoNotBill', false],
    ['NoCharge', false],
    ['NoDefault', null],
  ] as const)('with the option %s are billable: %s', (billableOption, isBillable) =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({ company, member, start, hours: '1', billableOption });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([{ isBillable }]);
    }),
  );

  test.each([
    ['Open', false, false],
    ['RejectBySecondTier', false, false],
    ['ApprovedByTierOne', true, false],
    ['ApprovedByTierTwo', true, true],
    ['BilledAgreement', true, true],
    ['SomethingNew', null, null],
  ])('in status %s are approved: %s from tier one, %s from tier two', (status, one, two) =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({ company, member, start, hours: '1', status });
      const seen = [];
      for (const approvedFrom of ['tier-one', 'tier-two']) {
        const connector = bench.connect({ approvedFrom });
        const pages = await readPages(connector, 'timeEntries', pullRequest(bench));
        seen.push(pages[0]?.rows[0]?.isApproved);
      }
      expect(seen).toEqual([one, two]);
    }),
  );

  test.each(['America/New_York', 'Europe/Paris', 'Pacific/Auckland', 'UTC'])(
    'of hours alone are of the day whose midnight in UTC they show, in %s too',
    (timezone) =>
      withConnectwise({ timezone }, async (bench) => {
        const { company, member } = bench;
        const work = { company, member, start: '2026-03-02T00:00:00Z', end: null };
        bench.sandbox.state.addTime({ ...work, hours: '1' });
        const [row] = await readRows(bench, 'timeEntries');
        expect(row).toMatchObject({ isTimed: false, seconds: 3600 });
        expect(dateInZone(row?.startedAt ?? '', timezone)).toBe('2026-03-02');
        if (timezone === 'Pacific/Auckland') return;
        // A client some zones away has the same day.
        expect(dateInZone(row?.startedAt ?? '', 'America/Los_Angeles')).toBe('2026-03-02');
      }),
  );

  test('show the id in place of a name that ConnectWise leaves out', () =>
    withConnectwise({}, async (bench) => {
      const { company, member, sandbox } = bench;
      const workRole = sandbox.state.addWorkRole({ name: null as never });
      sandbox.state.addTime({ company, member, workRole, start, hours: '1' });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([
        { role: `#${workRole}`, workType: null },
      ]);
    }));

  test('show their notes without the zero characters that some hold', () =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({
        company,
        member,
        start,
        hours: '1',
        notes: 'VPN\u0000 fix\u0000',
      });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([{ note: 'VPN fix' }]);
    }));

  test('without an end are not timed, and end after their hours', () =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({ company, member, start, hours: '0.75', end: null });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([
        { isTimed: false, endedAt: '2026-03-02T09:45:00.000Z' },
      ]);
    }));

  test.each([
    ['2.92', '2026-03-02T11:55:00Z', 0, 10_500],
    ['3.83', '2026-03-02T13:00:00Z', 0.17, 13_800],
    ['0.3333', '2026-03-02T09:20:00Z', 0, 1200],
    ['0.3333', null, 0, 1200],
    ['1', '2026-03-02T09:50:00Z', 0, 3600],
  ])('of %s hours until %s less %d h are %i seconds', (hours, end, hoursDeduct, seconds) =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({ company, member, start, hours, end, hoursDeduct });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([
        { seconds, secondsText: `${Number(hours)} h` },
      ]);
    }),
  );

  test.each([
    ['an end before its start', { end: '2026-03-02T08:00:00Z' }, /entry 1, timeEnd: .*before/],
  ])('with %s are quarantined, and the others are read', (_what, wrong, reason) =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      const { state } = bench.sandbox;
      state.addTime({ company, member, start, hours: '1', ...wrong });
      state.addTime({ company, member, start, hours: '-1', end: null });
      const [page] = await readPages(bench.connector, 'timeEntries', pullRequest(bench));
      expect(page?.rejected).toMatchObject([
        { sourceId: '1', reason: expect.stringMatching(reason), row: { id: 1 } },
      ]);
      expect(page?.rows).toMatchObject([{ sourceId: '2', seconds: -3600 }]);
    }),
  );

  test('without _info stop the connection and say what to grant', () =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      bench.sandbox.state.addTime({ company, member, start, hours: '1' });
      bench.sandbox.state.switches.hidesInfo = true;
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('_info'),
        fix: expect.stringContaining('security role'),
      });
    }));

  test('of a server without zones are read as UTC, and are sent so when the config says so', () =>
    withConnectwise({}, async (bench) => {
      const { company, member } = bench;
      const { state } = bench.sandbox;
      const id = state.addTime({ company, member, start, hours: '1' });
      const naive = { timeStart: '2026-03-02T09:00:00', timeEnd: '2026-03-02T10:00:00' };
      state.tables.timeEntries.change(id, naive);
      const [page] = await readPages(bench.connector, 'timeEntries', pullRequest(bench));
      expect(page?.rows).toMatchObject([{ startedAt: '2026-03-02T09:00:00.000Z' }]);
      state.switches.refusesZones = true;
      const connector = bench.connect({ naiveDateTimes: true });
      const [read] = await readPages(connector, 'timeEntries', pullRequest(bench));
      expect(read?.rows).toMatchObject([{ startedAt: '2026-03-02T09:00:00.000Z' }]);
    }));
});

describe('ConnectWise tickets', () => {
  test('come from both boards, closed, merged, re-opened, in one row of numbers', () =>
    withConnectwise({}, async (bench) => {
      const { company, board } = bench;
      const { state } = bench.sandbox;
      const plans = state.addBoard({ name: 'Projects', isProject: true });
      const first = state.addTicket({ company, board, summary: 'VPN drops', type: 'Incident' });
      const double = state.addTicket({ company, board, summary: 'VPN again' });
      const project = state.addTicket({ company, board: plans, summary: 'Move', kind: 'project' });
      state.closeTicket(first, '2026-03-02T12:00:00Z');
      state.mergeTicket(double, first, '2026-03-02T13:00:00Z');
      state.closeTicket(project, '2026-03-02T14:00:00Z');
      state.reopenTicket(project, '2026-03-02T15:00:00Z');
      expect(await readRows(bench, 'tickets')).toMatchObject([
        {
          sourceId: String(first),
          number: String(first),
          clientId: String(company),
          board: 'Help Desk',
          ticketType: 'Incident',
          status: 'Closed',
          isClosed: true,
          closedAt: '2026-03-02T12:00:00.000Z',
          mergedInto: null,
          ids: { board: String(board), ticketType: expect.any(String) },
        },
        { sourceId: String(double), mergedInto: String(first), isClosed: true },
        {
          sourceId: String(project),
          board: 'Projects',
          isClosed: false,
          closedAt: null,
          updatedAt: '2026-03-02T15:00:00.000Z',
        },
      ]);
    }));

  test('of projects are taken from their own list where the service list shows them too', () =>
    withConnectwise({}, async (bench) => {
      const { company, board, sandbox } = bench;
      const id = sandbox.state.addTicket({ company, board, summary: 'Move', kind: 'service' });
      sandbox.state.tables.tickets.change(id, { recordType: 'ProjectTicket' });
      expect(await readRows(bench, 'tickets')).toEqual([]);
    }));
});

describe('ConnectWise invoices', () => {
  test.each([
    ['paid in full', { pay: 1200 }, { isPaid: true, isVoid: false }],
    ['paid in part', { pay: 1000 }, { isPaid: false, paidMinor: 100_000, creditedMinor: 0 }],
    ['credited in full', { credit: 1200 }, { isPaid: false, isVoid: true }],
    [
      'paid in part and the rest credited are not paid',
      { pay: 1000, credit: 200 },
      { isPaid: false, isVoid: false, paidMinor: 100_000, creditedMinor: 20_000 },
    ],
    ['voided', { status: 'Voided' }, { isPaid: false, isVoid: true }],
    ['closed without a payment', { status: 'Closed' }, { isPaid: false, isVoid: false }],
  ])('%s', (_what, done: { pay?: number; credit?: number; status?: string }, expected) =>
    withConnectwise({}, async (bench) => {
      const { company, sandbox } = bench;
      const { state } = sandbox;
      const date = '2026-03-01T00:00:00Z';
      const invoice = state.addInvoice({ company, reference: 'pb:1', date });
      const [product] = state.tables.catalog.list();
      state.addProduct({ catalogItem: product?.id ?? 0, invoice });
      if (done.pay !== undefined) state.payInvoice(invoice, done.pay);
      if (done.credit !== undefined) state.creditInvoice(invoice, done.credit);
      if (done.status !== undefined) state.closeInvoice(invoice, done.status);
      expect(await readRows(bench, 'invoices')).toMatchObject([
        {
          sourceId: String(invoice),
          number: '10001',
          clientId: String(company),
          reference: 'pb:1',
          currency: 'EUR',
          totalMinor: 120_000,
          issuedOn: '2026-03-01',
          ...expected,
        },
      ]);
    }),
  );

  test('come with their lines where those are wanted, and with no request for lines elsewhere', () =>
    withConnectwise({}, async (bench) => {
      const { company, sandbox } = bench;
      const { state } = sandbox;
      const invoice = state.addInvoice({ company, date: '2026-03-01T00:00:00Z' });
      state.addInvoice({ company, date: '2026-02-01T00:00:00Z' });
      const [product] = state.tables.catalog.list();
      state.addProduct({ catalogItem: product?.id ?? 0, invoice, quantity: 2 });
      const lines = [{ product: product?.identifier, quantity: '2', totalMinor: 240_000 }];
      expect(await readRows(bench, 'invoices', { linesSince: '2026-03-01' })).toMatchObject([
        { netMinor: 240_000, saleId: String(invoice), lines },
        { lines: null },
      ]);
      expect(await readRows(bench, 'invoices')).toMatchObject([{ lines: null }, { lines: null }]);
    }));

  test('without a line are not paid, though nothing is owed', () =>
    withConnectwise({}, async (bench) => {
      const { company, sandbox } = bench;
      sandbox.state.addInvoice({ company, reference: 'Order by phone' });
      expect(await readRows(bench, 'invoices')).toMatchObject([
        { reference: null, totalMinor: 0, isPaid: false },
      ]);
    }));

  test('count as paid when closed, where the config says so', () =>
    withConnectwise({ billing: { paidWhen: 'closed-status' } }, async (bench) => {
      const { company, sandbox } = bench;
      const { state } = sandbox;
      const invoice = state.addInvoice({ company });
      const [product] = state.tables.catalog.list();
      state.addProduct({ catalogItem: product?.id ?? 0, invoice });
      expect(await readRows(bench, 'invoices')).toMatchObject([{ isPaid: false }]);
      state.closeInvoice(invoice);
      expect(await readRows(bench, 'invoices')).toMatchObject([{ isPaid: true }]);
    }));
});

describe('ConnectWise clients', () => {
  test('are the configured ones, by name', () =>
    withConnectwise({}, async (bench) => {
      bench.sandbox.state.addCompany({ name: 'Not ours' });
      expect(await readRows(bench, 'clients')).toEqual([
        { sourceId: String(bench.company), name: 'Dupont' },
        { sourceId: String(bench.other), name: 'Martin' },
      ]);
    }));

  test('must be numbers, for they go into conditions', () =>
    withConnectwise({}, async (bench) => {
      const reading = readRows(bench, 'clients', { clientIds: ['1) or (id>0'], signal: soon() });
      await expect(reading).rejects.toMatchObject({ kind: 'config' });
      expect(bench.requests()).toEqual([]);
    }));
});

test('a closed ticket without a readable closing date is closed', () =>
  withConnectwise({}, async (bench) => {
    const { state } = bench.sandbox;
    const id = state.addTicket({ company: bench.company, board: bench.board, summary: 'VPN' });
    Object.assign(state.tables.tickets.get(id), { closedFlag: true, closedDate: '' });
    expect(await readRows(bench, 'tickets')).toMatchObject([{ isClosed: true, closedAt: null }]);
  }));

import { describe, expect, test } from '@jest/globals';
import type { PresenceRequest } from '../../../src/contract/connector.ts';
import { type Bench, readPages, readRows, soon, withAutotask } from './bench.ts';

const later = { since: '2099-01-01T00:00:00.000Z', until: '2099-01-02T00:00:00.000Z' };

describe('Autotask time', () => {
  test('has its client through the ticket, and names in place of numbers', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const contract = state.addContract(company, 'Prepaid Dupont');
      const ticket = state.addTicket({ company, contract });
      const at = '2026-03-02T10:31:07.137Z';
      const id = state.addTime({ ticket, contract, hours: 1.25, notes: 'Reset the tunnel.', at });
      expect(await readRows(bench, 'timeEntries')).toEqual([
        {
          sourceId: String(id),
          ticketId: String(ticket),
          clientId: String(company),
          technicianId: expect.any(String),
          technician: 'Ann Roy',
          technicianEmail: null,
          startedAt: '2026-03-02T09:00:00.000Z',
          endedAt: '2026-03-02T10:15:00.000Z',
          isTimed: true,
          seconds: 4500,
          secondsText: '1.25 h',
          kind: 'work',
          workType: 'Block purchase',
          role: 'Engineer',
          isBillable: true,
          isApproved: false,
          agreement: 'Prepaid Dupont',
          billedSeconds: 4500,
          note: 'Reset the tunnel.',
          updatedAt: at,
          ids: {
            workType: expect.any(String),
            role: expect.any(String),
            agreement: expect.any(String),
          },
        },
      ]);
    }));

  test('carries the e-mail of its resource, from one list a day', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const ticket = state.addTicket({ company });
      const resource = state.addResource('Bo', 'Li', 'bo@msp.test');
      state.addTime({ ticket, resource });
      const expected = { technician: 'Bo Li', technicianEmail: 'bo@msp.test' };
      expect(await readRows(bench, 'timeEntries')).toMatchObject([expected]);
      bench.requests();
      expect(await readRows(bench, 'timeEntries')).toMatchObject([expected]);
      expect(bench.requests()).not.toContain('POST Resources/query');
    }));

  test('with a role, a work type or a technician that no list shows has the id as its name', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const ticket = state.addTicket({ company });
      for (const role of [110, 112]) {
        state.addTime({ ticket, role, billingCode: 7, resource: 8, contract: 9 });
      }
      state.addTime({ ticket });
      const [page] = await readPages(bench, 'timeEntries');
      expect(page?.rejected).toEqual([]);
      const unlisted = { workType: '#7', technician: '#8', agreement: '#9' };
      expect(page?.rows).toMatchObject([
        { role: '#110', ...unlisted },
        { role: '#112', ...unlisted },
        { role: 'Engineer', technician: 'Ann Roy' },
      ]);
      bench.requests();
      await readRows(bench, 'timeEntries');
      // An id that is never listed is not requested with every page.
      expect(bench.requests().filter((line) => line === 'POST Roles/query')).toEqual([]);
    }));

  test('is approved by the level of its approval alone', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const ticket = state.addTicket({ company });
      const levels = [0, null, 1, 2].map((billingApprovalLevelMostRecent) => {
        const id = state.addTime({ ticket });
        const approval = { billingApprovalDateTime: null, billingApprovalResourceID: null };
        state.change('TimeEntries', id, { ...approval, billingApprovalLevelMostRecent });
        return id;
      });
      const rows = await readRows(bench, 'timeEntries');
      const approved = rows.filter(({ isApproved }) => isApproved).map(({ sourceId }) => sourceId);
      expect(approved).toEqual(levels.slice(2).map(String));
    }));

  test('of other companies is left out, and so is the MSP’s own', () =>
    withAutotask({}, async (bench) => {
      const { state, company, stranger } = bench;
      const id = state.addTime({ ticket: state.addTicket({ company }) });
      state.addTime({ ticket: state.addTicket({ company: stranger }) });
      state.addTime({});
      const rows = await readRows(bench, 'timeEntries');
      expect(rows.map(({ sourceId }) => sourceId)).toEqual([String(id)]);
    }));

  test('asks for the tickets of a page in one batch, and for none that the tickets showed', () =>
    withAutotask({ settings: { pageSize: 20 } }, async (bench) => {
      const { state, company, stranger } = bench;
      for (let count = 0; count < 15; count += 1) {
        state.addTime({ ticket: state.addTicket({ company }) });
      }
      await readRows(bench, 'tickets');
      bench.requests();
      await readRows(bench, 'timeEntries');
      expect(bench.requests().filter((line) => line === 'POST Tickets/query')).toEqual([]);
      for (let count = 0; count < 4; count += 1) {
        state.addTime({ ticket: state.addTicket({ company: stranger }) });
      }
      await readRows(bench, 'timeEntries');
      expect(bench.requests().filter((line) => line === 'POST Tickets/query')).toHaveLength(1);
    }));

  test('on a project belongs to the project’s company and to no ticket', () =>
    withAutotask({}, async (bench) => {
      const { state, other, stranger } = bench;
      const [ours, theirs] = [other, stranger].map((companyID) =>
        state.add('Tasks', { projectID: state.add('Projects', { companyID }) }),
      );
      const id = state.addTime({ task: ours ?? 0, hours: 2 });
      state.addTime({ task: theirs ?? 0 });
      expect(await readRows(bench, 'timeEntries')).toMatchObject([
        { sourceId: String(id), ticketId: null, clientId: String(other), seconds: 7200 },
      ]);
    }));

  test('on a ticket that we are not shown is quarantined, never dropped', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const ticket = state.addTicket({ company });
      const id = state.addTime({ ticket });
      state.remove('Tickets', ticket);
      const [page] = await readPages(bench, 'timeEntries');
      expect(page?.rows).toEqual([]);
      expect(page?.rejected).toMatchObject([
        { sourceId: String(id), reason: expect.stringContaining(`ticket ${ticket}`) },
      ]);
    }));

  test.each([
    ['Europe/Paris', '2026-03-29T09:45:00.000Z'],
    ['America/New_York', '2026-03-29T15:45:00.000Z'],
  ])(
    'without a start is in the middle of its day in %s, on the day of summer time too',
    (timezone, at) =>
      withAutotask({ timezone }, async (bench) => {
        const ticket = bench.state.addTicket({ company: bench.company });
        bench.state.addTime({ ticket, start: null, day: '2026-03-29', hours: 0.5 });
        const [row] = await readRows(bench, 'timeEntries');
        expect(row).toMatchObject({ startedAt: at, isTimed: false, seconds: 1800 });
      }),
  );

  test('of a rounded third of an hour is read to the second, whatever its start and end', () =>
    withAutotask({}, async (bench) => {
      const ticket = bench.state.addTicket({ company: bench.company });
      const start = '2026-03-02T09:00:00Z';
      bench.state.addTime({ ticket, start, end: '2026-03-02T09:20:00Z', hours: 0.3333 });
      bench.state.addTime({ ticket, start, end: '2026-03-02T10:00:00Z', hours: 0.3333 });
      const [page] = await readPages(bench, 'timeEntries');
      expect(page?.rows).toMatchObject([
        { seconds: 1200, secondsText: '0.3333 h' },
        { seconds: 1200, secondsText: '0.3333 h' },
      ]);
    }));

  test('that was only approved is read again', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const ticket = state.addTicket({ company });
      const id = state.addTime({ ticket, at: '2026-03-02T10:00:00Z' });
      const billingApprovalDateTime = '2026-04-01T08:00:00Z';
      state.change('TimeEntries', id, { billingApprovalDateTime });
      expect(await readRows(bench, 'timeEntries', { since: '2026-03-31T00:00:00.000Z' })).toEqual([
        expect.objectContaining({ isApproved: true, updatedAt: '2026-04-01T08:00:00.000Z' }),
      ]);
    }));
});

describe('Autotask deletions', () => {
  test('are swept: ids of the window and its clients, held against the vendor’s count', () =>
    withAutotask({ settings: { pageSize: 2 } }, async (bench) => {
      const { state, company, stranger, connector } = bench;
      const [ticket, theirs] = [company, stranger].map((owner) =>
        state.addTicket({ company: owner }),
      );
      const start = '2026-03-02T09:00:00Z';
      const ids = [1, 2, 3].map(() => state.addTime({ ticket: ticket ?? 0, start }));
      state.addTime({ ticket: theirs ?? 0, start });
      state.addTime({ ticket: ticket ?? 0, start: '2026-02-27T23:00:00Z' });
      const request: PresenceRequest = {
        from: '2026-03-01T00:00:00.000Z',
        to: '2026-04-01T00:00:00.000Z',
        clientIds: [String(company)],
        signal: soon(),
      };
      const listed: string[] = [];
      const { present } = connector.pull;
      for await (const page of present?.ids(request) ?? []) listed.push(...page);
      expect(listed).toEqual(ids.map(String));
      expect(await present?.count(request)).toBe(3);
      // What others log meanwhile is not a hidden row; a row that only the count shows is one.
      listed.splice(0);
      const late = { start, at: new Date(Date.now() + 5_000).toISOString() };
      for await (const page of present?.ids(request) ?? []) {
        if (listed.length === 0) state.addTime({ ticket: theirs ?? 0, ...late });
        listed.push(...page);
      }
      expect([listed.length, await present?.count(request)]).toEqual([3, 3]);
      const at = '2026-03-03T09:00:00Z';
      state.addTime({ ticket: ticket ?? 0, start, at });
      expect(await present?.count(request)).toBe(4);
    }));
});

describe('Autotask pages', () => {
  test.each([1, 2, 3])('of exactly %i full pages end where the rows do', (pages) =>
    withAutotask({ settings: { pageSize: 4 } }, async (bench) => {
      const tickets = Array.from({ length: 4 * pages }, () =>
        String(bench.state.addTicket({ company: bench.company })),
      );
      const rows = await readRows(bench, 'tickets');
      expect(rows.map(({ sourceId }) => sourceId)).toEqual(tickets);
    }),
  );

  test('go on by the last id when the link was lost', () =>
    withAutotask({ settings: { pageSize: 4 } }, async (bench) => {
      for (let count = 0; count < 10; count += 1) bench.state.addTicket({ company: bench.company });
      bench.sandbox.faults.distort((json) => {
        const { pageDetails } = json as { pageDetails?: { nextPageUrl: unknown } };
        return pageDetails === undefined
          ? json
          : { ...(json as object), pageDetails: { ...pageDetails, nextPageUrl: null } };
      });
      expect(await readRows(bench, 'tickets')).toHaveLength(10);
    }));

  test('neither lose nor double a ticket that appears meanwhile', () =>
    withAutotask({ settings: { pageSize: 2 } }, async (bench) => {
      const { state, company, connector } = bench;
      for (let count = 0; count < 5; count += 1) state.addTicket({ company });
      const seen: string[] = [];
      const request = {
        since: '2026-01-01T00:00:00.000Z',
        until: later.until,
        resume: null,
        isStored: true,
        whenStored: async () => {},
      };
      const clientIds = [String(company)];
      const pages = connector.pull.tickets?.({ ...request, clientIds, signal: soon() }) ?? [];
      for await (const page of pages) {
        seen.push(...page.rows.map(({ sourceId }) => sourceId));
        if (seen.length === 2) state.addTicket({ company });
      }
      expect(seen).toEqual([...new Set(seen)]);
      expect(seen).toHaveLength(6);
    }));

  test('that hold less than they count are not believed', () =>
    withAutotask({}, async (bench) => {
      bench.state.addTicket({ company: bench.company });
      bench.state.switches.cutsPages = true;
      await expect(readRows(bench, 'tickets')).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('of companies that nobody requested stop the connection', () =>
    withAutotask({}, async (bench) => {
      bench.state.addTicket({ company: bench.stranger });
      bench.state.switches.ignoresFilters = true;
      await expect(readRows(bench, 'tickets')).rejects.toMatchObject({ kind: 'contract' });
    }));
});

describe('Autotask without a right', () => {
  test.each(['Companies', 'Tickets', 'TimeEntries'] as const)(
    'to %s answers an empty list, which is not "no data"',
    (entity) =>
      withAutotask({}, async (bench) => {
        const { state, company } = bench;
        state.addTime({ ticket: state.addTicket({ company }) });
        const streams = { Companies: 'clients', Tickets: 'tickets', TimeEntries: 'timeEntries' };
        const stream = streams[entity] as 'clients' | 'tickets' | 'timeEntries';
        await readRows(bench, stream);
        // A quiet run is nothing to worry about.
        await readRows(bench, stream, later);
        state.switches.hidden.add(entity);
        for (const change of [{}, later]) {
          await expect(readRows(bench, stream, change)).rejects.toMatchObject({
            kind: 'permission',
          });
        }
      }),
  );

  test('to invoices that were seen once says so too, and a tenant without any may read', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      expect(await readRows(bench, 'invoices')).toEqual([]);
      state.invoiceCharges(company, []);
      expect(await readRows(bench, 'invoices')).toHaveLength(1);
      state.switches.hidden.add('Invoices');
      await expect(readRows(bench, 'invoices')).rejects.toMatchObject({ kind: 'permission' });
    }));

  test('to names that were seen once stops the reading, instead of calling them unlisted', () => {
    let nowMs = Date.now() - 86_400_000;
    return withAutotask({ now: () => nowMs }, async (bench) => {
      const { state, company } = bench;
      state.addTime({ ticket: state.addTicket({ company }) });
      await readRows(bench, 'timeEntries');
      state.switches.hidden.add('BillingCodes');
      // Names are kept for a day.
      nowMs += 86_400_000;
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'permission' });
    });
  });
});

describe('Autotask tickets', () => {
  test('are closed by the name of their status, and open again without it', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const contract = state.addContract(company, 'Prepaid Dupont');
      const ticket = state.addTicket({ company, contract, title: 'VPN – naïve 日本' });
      const at = '2026-03-02T10:00:00Z';
      state.closeTicket(ticket, at);
      const [closed] = await readRows(bench, 'tickets');
      expect(closed).toMatchObject({
        number: expect.stringMatching(/^T2026/),
        clientId: String(company),
        summary: 'VPN – naïve 日本',
        board: 'Help Desk',
        ticketType: 'Incident',
        agreement: 'Prepaid Dupont',
        status: 'Complete',
        isClosed: true,
        closedAt: '2026-03-02T10:00:00.000Z',
      });
      state.change('Tickets', ticket, { status: 8 });
      const [open] = await readRows(bench, 'tickets');
      expect(open).toMatchObject({ status: 'In Progress', isClosed: false, closedAt: null });
    }));

  test('whose status, queue, type or contract no list shows are read, with the ids as names', () =>
    withAutotask({}, async (bench) => {
      const ticket = bench.state.addTicket({ company: bench.company });
      const ids = { status: 99, queueID: 98, ticketType: 97, contractID: 96 };
      bench.state.change('Tickets', ticket, ids);
      const [page] = await readPages(bench, 'tickets');
      expect(page?.rejected).toEqual([]);
      expect(page?.rows).toMatchObject([
        { status: '#99', isClosed: false, board: '#98', ticketType: '#97', agreement: '#96' },
      ]);
    }));
});

describe('Autotask requests', () => {
  const queries = (bench: Bench, entity: string) =>
    bench.requests().filter((line) => line.startsWith(`POST ${entity}/query`)).length;

  test('of a first reading are one more a stream than its pages, and names besides', () =>
    withAutotask({ settings: { pageSize: 50 } }, async (bench) => {
      const { state, company, other } = bench;
      for (let count = 0; count < 200; count += 1) {
        const ticket = state.addTicket({ company: count % 2 === 0 ? company : other });
        for (let entry = 0; entry < 3; entry += 1) state.addTime({ ticket });
      }
      expect(await readRows(bench, 'tickets')).toHaveLength(200);
      expect(queries(bench, 'Tickets')).toBe(200 / 50 + 1);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(600);
      expect(queries(bench, 'TimeEntries')).toBe(600 / 50 + 1);
    }));

  test('of a quiet run are one per list, and one more to see that an empty list is not a missing permission', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      state.addTime({ ticket: state.addTicket({ company }) });
      state.invoiceCharges(company, []);
      const streams = ['clients', 'tickets', 'timeEntries', 'invoices'] as const;
      for (const stream of streams) await readRows(bench, stream);
      bench.requests();
      for (const stream of streams) await readRows(bench, stream, later);
      expect(bench.requests()).toEqual([
        'POST Companies/query',
        ...['POST Tickets/query', 'POST Tickets/query'],
        ...['POST TimeEntries/query', 'POST TimeEntries/query'],
        ...['POST Invoices/query', 'POST Invoices/query'],
      ]);
    }));
});

describe('An invoice without a last-modified timestamp', () => {
  const at = '2026-03-10T08:00:00Z';
  const later = { since: '2026-03-17T00:00:00.000Z' };

  test('is unpaid again once its payment is taken back', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const invoice = state.invoiceCharges(company, [], at);
      state.change('Invoices', invoice, { invoiceTotal: 100, paidDate: '2026-03-12T00:00:00Z' });
      expect(await readRows(bench, 'invoices', later)).toMatchObject([{ isPaid: true }]);
      state.change('Invoices', invoice, { paidDate: null });
      expect(await readRows(bench, 'invoices', later)).toMatchObject([{ isPaid: false }]);
    }));

  test('is read with the number that an accounting export gave it', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const invoice = state.invoiceCharges(company, [], at);
      state.change('Invoices', invoice, { invoiceNumber: 'QB-77' });
      expect(await readRows(bench, 'invoices', later)).toMatchObject([{ number: 'QB-77' }]);
    }));

  test.each([
    ['2026-04-01T01:30:00Z', '2026-03-31'],
    ['2026-04-01T00:00:00Z', '2026-04-01'],
  ])('of %s has the day of the tenant', (invoiceDateTime, issuedOn) =>
    withAutotask({ timezone: 'America/New_York' }, async (bench) => {
      const { state, company } = bench;
      const invoice = state.invoiceCharges(company, [], at);
      state.change('Invoices', invoice, { invoiceDateTime });
      expect(await readRows(bench, 'invoices')).toMatchObject([{ issuedOn }]);
    }),
  );
});

/** Time: its unit, its ids, its ends, its tickets that come and go. */
import { describe, expect, test } from '@jest/globals';
import {
  asked,
  checked,
  type HalopsaBench,
  readAll,
  readTickets,
  readTime,
  soon,
  withHalopsa,
} from './bench.ts';

const start = '2026-03-02T09:00:00Z';

function addTicket({ state, dupont }: HalopsaBench, summary = 'Printer'): number {
  return state.addTicket({ clientId: dupont, summary });
}

describe('The unit of HaloPSA’s time', () => {
  test('is hours, which known entries confirm', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 5400, start });
      bench.state.addAction(ticketId, { seconds: 300, isUntimed: true, at: start });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows.map(({ seconds }) => seconds)).toEqual([5400, 300]);
      expect(bench.context.kept.get('fact.time-unit')).toMatch(/^yes/);
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ status: 'ok' });
    }));

  test('is not verified while no entry shows it, and a short one does not', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 5400, isUntimed: true });
      bench.state.addAction(ticketId, { seconds: 240, start });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows.map(({ seconds }) => seconds)).toEqual([5400, 240]);
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ isUnverified: true });
    }));

  test('stops the reading where entries are in minutes, until they are in hours', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.dialect.unit = 'minutes';
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 5400, start });
      await expect(readTime(bench.connector, [ticketId])).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('Time taken is in hours'),
      });
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ status: 'failed' });
      bench.sandbox.tenant.dialect.unit = 'hours';
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ status: 'ok' });
      expect((await readTime(bench.connector, [ticketId])).rows).toMatchObject([{ seconds: 5400 }]);
    }));

  test('does not matter to tickets without time', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      expect(await readTime(bench.connector, [ticketId])).toEqual({
        rows: [],
        rejected: [],
        complete: [String(ticketId)],
      });
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ status: 'warning' });
    }));

  test('is read of the other tickets, though one of them is gone', () =>
    withHalopsa(async (bench) => {
      const [untimed, timed] = [addTicket(bench), addTicket(bench)];
      bench.state.addAction(untimed, { seconds: 900, isUntimed: true });
      bench.state.addAction(timed, { seconds: 1800, start });
      const read = await readTime(bench.connector, [1, untimed, timed]);
      expect(read.rows.map(({ seconds }) => seconds)).toEqual([900, 1800]);
      expect(read.complete).toEqual([untimed, timed].map(String));
      expect(read.rejected).toMatchObject([{ sourceId: 'ticket 1' }]);
    }));
});

describe('HaloPSA’s actions', () => {
  test('of two tickets with the same number are two entries', () =>
    withHalopsa(async (bench) => {
      const tickets = [addTicket(bench), addTicket(bench)];
      for (const ticketId of tickets) bench.state.addAction(ticketId, { seconds: 1800, start });
      const { rows } = await readTime(bench.connector, tickets);
      expect(rows.map(({ sourceId }) => sourceId)).toEqual(tickets.map((id) => `${id}-2`));
    }));

  test('say who, when, what kind and whether it is billable, reviewed and for the client’s eyes', () =>
    withHalopsa(async (bench) => {
      const { state } = bench;
      const ticketId = addTicket(bench);
      const agentId = state.addAgent('Zoé Müller', 'zoe@msp.test');
      const onSite = state.addChargeType('On-site');
      state.addAction(ticketId, {
        agentId,
        seconds: 3600,
        // The hour in which Paris puts its clocks forward.
        start: '2026-03-29T00:30:00Z',
        chargeType: onSite,
        isReviewed: true,
        isHidden: false,
        contract: 'Support 2026',
        note: 'Réparé 🖨️',
      });
      state.addAction(ticketId, { seconds: 1800, start, chargeType: 0 });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows).toMatchObject([
        {
          technicianId: String(agentId),
          technician: 'Zoé Müller',
          technicianEmail: 'zoe@msp.test',
          startedAt: '2026-03-29T00:30:00.000Z',
          endedAt: '2026-03-29T01:30:00.000Z',
          isTimed: true,
          secondsText: '1 h',
          workType: 'On-site',
          isBillable: true,
          isApproved: true,
          agreement: 'Support 2026',
          note: 'Réparé 🖨️',
        },
        {
          technicianEmail: null,
          workType: 'No Charge',
          isBillable: false,
          isApproved: false,
          note: null,
        },
      ]);
      const byFlag = await readTime(bench.connect({ billableBy: 'flag' }), [ticketId]);
      expect(byFlag.rows[1]).toMatchObject({ isBillable: true });
    }));

  test('that are invalid are quarantined, each under its ID', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      bench.state.addAction(ticketId, { seconds: 1800, start, end: '2026-03-02T08:00:00Z' });
      bench.state.addAction(ticketId, { seconds: 1800, start, agentId: null });
      const { rows, rejected } = await readTime(bench.connector, [ticketId]);
      expect(rows).toHaveLength(1);
      expect(rejected.map(({ sourceId }) => sourceId)).toEqual([`${ticketId}-3`, `${ticketId}-4`]);
    }));

  test('without a zone mark are UTC', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.dialect.hasZoneMark = false;
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows).toMatchObject([{ startedAt: '2026-03-02T09:00:00.000Z' }]);
    }));

  test('that are hidden while Halo counts them are no empty ticket', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      bench.sandbox.tenant.hiddenRows = 1;
      await expect(readTime(bench.connector, [ticketId])).rejects.toMatchObject({
        kind: 'contract',
      });
    }));

  test('that are all gone from a ticket with time leave it as it was', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      bench.sandbox.tenant.ignores.add('ticket_id');
      const { complete, rejected } = await readTime(bench.connector, [ticketId]);
      expect(complete).toEqual([]);
      expect(rejected).toMatchObject([{ sourceId: `ticket ${ticketId}` }]);
    }));
});

describe('A HaloPSA ticket', () => {
  test('that was opened again is not closed, whatever its flag says', () =>
    withHalopsa(async (bench) => {
      const [closed, reopened] = [addTicket(bench), addTicket(bench)];
      for (const ticketId of [closed, reopened]) bench.state.closeTicket(ticketId);
      bench.state.reopenTicket(reopened);
      const { rows } = await readTickets(bench);
      expect(rows.map(({ isClosed }) => isClosed)).toEqual([true, false]);
      expect(rows[0]?.closedAt).toMatch(/^20/);
      expect((await checked(bench)).get('fact.closed-flag')).toMatchObject({ status: 'ok' });
    }));

  test('that looks closed while it is open stops the reading, until the statuses are named', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      bench.state.closeTicket(ticketId);
      bench.sandbox.tenant.ignores.add('open_only');
      expect((await checked(bench)).get('fact.closed-flag')).toMatchObject({ status: 'failed' });
      await expect(readTickets(bench)).rejects.toThrow('No open ticket is taken for closed');
      const named = bench.connect({ closedStatuses: ['Archived'] });
      await checked(bench, named);
      expect((await readTickets(bench, named)).rows).toMatchObject([{ isClosed: false }]);
    }));

  test('that is closed must be in the lists at all', () =>
    withHalopsa(async (bench) => {
      bench.state.closeTicket(addTicket(bench));
      addTicket(bench);
      bench.sandbox.tenant.hidesClosed = true;
      expect((await checked(bench)).get('fact.closed-listed')).toMatchObject({ status: 'failed' });
      await expect(readTickets(bench)).rejects.toMatchObject({ kind: 'config' });
    }));

  test('that was deleted gives its time back, even after a stop in between', () =>
    withHalopsa(async (bench) => {
      const [kept, gone] = [addTicket(bench), addTicket(bench)];
      for (const id of [kept, gone]) bench.state.addAction(id, { seconds: 1800, start });
      await readTickets(bench);
      bench.state.deleteTicket(gone);
      const { rows } = await readTickets(bench);
      expect(rows.map(({ sourceId, status }) => [sourceId, status])).toEqual([
        [String(kept), 'New'],
        [String(gone), 'Deleted'],
      ]);
      // Another process goes on where the first one ended.
      const time = await readTime(bench.connect(), [kept, gone]);
      expect(time.rows.map(({ ticketId }) => ticketId)).toEqual([String(kept)]);
      expect(time.complete).toEqual([String(kept), String(gone)]);
      expect(bench.context.kept.get('deleted-tickets')).toBe('');
    }));
});

describe('A sweep of HaloPSA', () => {
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' };

  async function idsOf(bench: HalopsaBench): Promise<string[]> {
    const request = { ...window, clientIds: [String(bench.dupont)], signal: soon() };
    const ids: string[] = [];
    for await (const page of bench.connector.pull.present?.ids(request) ?? []) ids.push(...page);
    expect(await bench.connector.pull.present?.count(request)).toBe(ids.length);
    return ids;
  }

  test('lists the time of the clients that began in the window, and no other', () =>
    withHalopsa(async (bench) => {
      const { state, martin } = bench;
      const ticketId = addTicket(bench);
      const theirs = state.addTicket({ clientId: martin, summary: 'Theirs' });
      const at = (day: string): string => `2026-03-${day}T00:00:00Z`;
      state.addAction(ticketId, { seconds: 1800, start: '2026-02-28T23:59:59Z' });
      for (const day of ['01', '04']) state.addAction(ticketId, { seconds: 1800, start: at(day) });
      state.addAction(ticketId, { seconds: 1800, start: '2026-03-06T23:59:59.500Z' });
      state.addAction(ticketId, { seconds: 1800, start: at('08') });
      state.addAction(theirs, { seconds: 1800, start: at('04') });
      await checked(bench);
      expect(await idsOf(bench)).toEqual([3, 4, 5].map((id) => `${ticketId}-${id}`));
      state.deleteAction(ticketId, 3);
      expect(await idsOf(bench)).toEqual([4, 5].map((id) => `${ticketId}-${id}`));
      bench.sandbox.tenant.hiddenRows = 1;
      await expect(idsOf(bench)).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('asks ticket by ticket', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      bench.state.addAction(ticketId, { seconds: 1800, start: '2026-03-20T09:00:00Z' });
      expect(await idsOf(bench)).toEqual([`${ticketId}-2`]);
    }));

  test('counts work without a start and an end by when it began, as its reading does', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      // Logged at one o'clock in the night of the window's first day, begun on the day before.
      bench.state.addAction(ticketId, {
        seconds: 7200,
        isUntimed: true,
        at: '2026-03-01T01:00:00Z',
      });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows[1]?.startedAt).toBe('2026-02-28T23:00:00.000Z');
      expect(await idsOf(bench)).toEqual([`${ticketId}-2`]);
    }));
});

test('clients that are not configured do not come along', () =>
  withHalopsa(async (bench) => {
    bench.state.addClient('Stranger');
    const { rows } = await readAll(bench.connector.pull.clients?.(asked(bench)));
    expect(rows.map(({ name }) => name)).toEqual(['Dupont', 'Martin']);
  }));

describe('Tickets whose row shows no time', () => {
  async function untimedIds({ connector, ...bench }: HalopsaBench): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of connector.pull.tickets?.(asked({ connector, ...bench })) ?? []) {
      ids.push(...(page.untimedIds ?? []));
    }
    return ids;
  }

  function addTimed(bench: HalopsaBench, seconds: number): number {
    const id = addTicket(bench);
    bench.state.addAction(id, { seconds, start });
    return id;
  }

  test('are told once the rows were seen to show the sums of their actions', () =>
    withHalopsa(async (bench) => {
      const without = addTicket(bench);
      const timed = addTimed(bench, 5400);
      bench.state.addAction(timed, { seconds: 300, start, isBillable: false });
      expect(await untimedIds(bench)).toEqual([]);
      expect((await checked(bench)).get('fact.ticket-total')).toMatchObject({ status: 'ok' });
      expect(await untimedIds(bench)).toEqual([String(without)]);
    }));

  test('are not told while no ticket with time was seen', () =>
    withHalopsa(async (bench) => {
      addTicket(bench);
      expect((await checked(bench)).get('fact.ticket-total')).toMatchObject({ isUnverified: true });
      expect(await untimedIds(bench)).toEqual([]);
    }));

  test.each([
    ['leave some time out', () => 0.25],
    ['show no time at all', () => undefined],
  ])('are not told where rows %s', (_, shown) =>
    withHalopsa(async (bench) => {
      addTicket(bench);
      addTimed(bench, 5400);
      bench.sandbox.faults.distort((json) => {
        const { tickets } = json as { tickets?: object[] };
        if (tickets === undefined) return json;
        return {
          ...(json as object),
          tickets: tickets.map((row) => ({ ...row, timetaken: shown() })),
        };
      });
      expect((await checked(bench)).get('fact.ticket-total')).toMatchObject({ status: 'warning' });
      bench.sandbox.faults.clear();
      expect(await untimedIds(bench)).toEqual([]);
    }),
  );
});

/** Time of Syncro: what it is, whose it is, how a correction is seen; and the sweep. */
import { describe, expect, test } from '@jest/globals';
import type { PullRequest } from '../../../src/contract/connector.ts';
import { pagesOf, rowsOf, soon } from '../pull-rows.ts';
import { addOldTime, anHourAgo, now, type SyncroBench, start, withSyncro } from './bench.ts';

describe('Time of Syncro', () => {
  test('is what was worked, pauses taken off, whatever Syncro makes of it for the bill', () =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const ticketId = state.addTicket(dupont);
      const product = state.addProduct('On-site', 'Labor');
      state.addTimer(ticketId, { seconds: 3600, start, activeSeconds: 1234, productId: product });
      state.addTimer(ticketId, { seconds: 3600, start, activeSeconds: null, isBillable: false });
      const rows = await rowsOf(connector, 'timeEntries', asked());
      expect(rows.toReversed()).toMatchObject([
        { seconds: 1234, workType: 'On-site', isBillable: true, technician: 'Ann Roy', note: null },
        { seconds: 3600, workType: null, isBillable: false, isApproved: null },
      ]);
    }));

  test.each([
    ['1800', 1800],
    ['1800.4', 1800],
    ['1799.75', 1800],
    ['0.6', 1],
  ])('of %s seconds, as Syncro may write it, is %i', (activeText, seconds) =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      state.addTimer(state.addTicket(dupont), { seconds: 3600, start, activeText });
      const [page] = await pagesOf(connector, 'timeEntries', asked());
      expect(page).toMatchObject({ rows: [{ seconds }], rejected: [] });
    }),
  );

  test('is as long as it was when the clock goes forward in between', () =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const times = {
        start: '2026-03-29T01:30:00.000+01:00',
        end: '2026-03-29T03:30:00.000+02:00',
      };
      state.addTimer(state.addTicket(dupont), { ...times, seconds: 1, activeSeconds: null });
      const [row] = await rowsOf(connector, 'timeEntries', asked());
      expect(row).toMatchObject({ startedAt: '2026-03-29T00:30:00.000Z', seconds: 3600 });
    }));

  test.each([
    ['without a zone', { start: '2026-03-02T09:00:00' }, 'start_time'],
    ['that was counted and has no end', { end: null }, 'end_time'],
    ['that ends before it starts', { end: '2026-03-02T08:00:00.000Z' }, 'end_time'],
    ['of nothing between start and end', { activeSeconds: 0 }, 'active_duration'],
  ])('%s is quarantined', (_, wrong, field) =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const id = state.addTimer(state.addTicket(dupont), { seconds: 600, start, ...wrong });
      const [page] = await pagesOf(connector, 'timeEntries', asked());
      expect(page?.rows).toEqual([]);
      expect(page?.rejected).toMatchObject([
        { sourceId: String(id), reason: expect.stringContaining(field) },
      ]);
    }),
  );

  test('that is running is not time yet, and is read once it has ended, by itself if need be', () =>
    withSyncro(async ({ state, connector, dupont, asked, requests }) => {
      const old = { createdMs: anHourAgo(), updatedMs: anHourAgo() };
      const ticketId = state.addTicket(dupont, old);
      const timerId = state.addTimer(ticketId, {
        seconds: 600,
        start,
        end: null,
        activeSeconds: null,
        ...old,
      });
      const [first] = await pagesOf(connector, 'timeEntries', asked());
      expect(first).toMatchObject({ rows: [], rejected: [] });
      requests();
      await pagesOf(connector, 'timeEntries', asked({ since: now() }));
      expect(requests()).toContain(`GET /tickets/${ticketId}`);
      // Ended without a trace on its ticket.
      Object.assign(state.timer(timerId), { end: '2026-03-02T09:10:00.000Z' });
      expect(await rowsOf(connector, 'timeEntries', asked({ since: now() }))).toMatchObject([
        { sourceId: String(timerId), seconds: 600 },
      ]);
      requests();
      await pagesOf(connector, 'timeEntries', asked({ since: now() }));
      expect(requests()).toEqual(['GET /tickets', 'GET /ticket_timers']);
    }));

  test.each<[string, (bench: SyncroBench) => Partial<PullRequest>]>([
    ['a pass over other clients', ({ martin }) => ({ clientIds: [String(martin)] })],
    ['a comparison that stores nothing', () => ({ isStored: false })],
  ])('that ended without a trace on its ticket is not forgotten by %s', (_, other) =>
    withSyncro(async (bench) => {
      const { state, connector, asked, requests } = bench;
      const { ticketId, timerId } = addOldTime(bench, 600);
      const { end, activeSeconds } = state.timer(timerId);
      Object.assign(state.timer(timerId), { end: null, activeSeconds: null });
      await pagesOf(connector, 'timeEntries', asked());
      Object.assign(state.timer(timerId), { end, activeSeconds });
      await pagesOf(connector, 'timeEntries', asked({ since: now(), ...other(bench) }));
      requests();
      expect(await rowsOf(connector, 'timeEntries', asked({ since: now() }))).toMatchObject([
        { sourceId: String(timerId), seconds: 600 },
      ]);
      expect(requests()).toEqual([
        'GET /tickets',
        'GET /ticket_timers',
        `GET /tickets/${ticketId}`,
      ]);
      await pagesOf(connector, 'timeEntries', asked({ since: now() }));
      expect(requests()).toHaveLength(2);
    }),
  );

  test('that is running on a ticket that went to another customer is requested no more', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked, requests, stranger } = bench;
      const { ticketId, timerId } = addOldTime(bench);
      Object.assign(state.timer(timerId), { end: null, activeSeconds: null });
      await pagesOf(connector, 'timeEntries', asked());
      state.ticket(ticketId).customerId = stranger;
      await pagesOf(connector, 'timeEntries', asked({ since: now() }));
      expect(requests()).toContain(`GET /tickets/${ticketId}`);
      await pagesOf(connector, 'timeEntries', asked({ since: now() }));
      expect(requests()).not.toContain(`GET /tickets/${ticketId}`);
    }));

  test('that was quarantined for want of an end is read once it has one', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked } = bench;
      const { timerId } = addOldTime(bench, 600);
      const end = state.timer(timerId).end;
      state.timer(timerId).end = null;
      const [page] = await pagesOf(connector, 'timeEntries', asked());
      expect(page).toMatchObject({ rows: [], rejected: [{ sourceId: String(timerId) }] });
      state.timer(timerId).end = end;
      const rows = await rowsOf(connector, 'timeEntries', asked({ since: now() }));
      expect(rows).toMatchObject([{ sourceId: String(timerId), seconds: 600 }]);
    }));

  test('that was made long ago and is changed now comes with its ticket', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked } = bench;
      const { ticketId, timerId } = addOldTime(bench);
      addOldTime(bench);
      const since = now();
      state.editTimer(timerId, { activeSeconds: 900 });
      const pages = await pagesOf(connector, 'timeEntries', asked({ since }));
      expect(pages.flatMap((page) => page.rows)).toMatchObject([
        { sourceId: String(timerId), seconds: 900 },
      ]);
      expect(pages.at(-1)?.completeTicketIds).toEqual([String(ticketId)]);
    }));

  test('is looked for on tickets that changed after another run has read them', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked } = bench;
      const { timerId } = addOldTime(bench);
      const since = now();
      await rowsOf(connector, 'tickets', asked({ since, until: '2099-01-01T00:00:00.000Z' }));
      state.editTimer(timerId, { activeSeconds: 600 });
      const rows = await rowsOf(connector, 'timeEntries', asked({ since }));
      expect(rows).toMatchObject([{ sourceId: String(timerId), seconds: 600 }]);
    }));

  test('is looked for on tickets that changed before those that the same run has read', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked } = bench;
      const { timerId } = addOldTime(bench);
      const since = now();
      state.editTimer(timerId, { activeSeconds: 600 });
      const later = new Date(Date.now() + 5000).toISOString();
      expect(await rowsOf(connector, 'tickets', asked({ since: later }))).toEqual([]);
      const rows = await rowsOf(connector, 'timeEntries', asked({ since }));
      expect(rows).toMatchObject([{ sourceId: String(timerId), seconds: 600 }]);
    }));

  test('that was deleted is missing on its ticket, which is told to be complete', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked } = bench;
      const { ticketId, timerId } = addOldTime(bench);
      const since = now();
      state.deleteTimer(timerId);
      const pages = await pagesOf(connector, 'timeEntries', asked({ since }));
      expect(pages.at(-1)).toMatchObject({ rows: [], completeTicketIds: [String(ticketId)] });
    }));

  test('of a changed ticket that is gone by now is not taken away', () =>
    withSyncro(async (bench) => {
      const { state, sandbox, connector, asked } = bench;
      const { ticketId } = addOldTime(bench);
      const since = now();
      state.touch(state.ticket(ticketId));
      sandbox.account.beforePage = (path) => {
        if (path.endsWith('/ticket_timers')) state.deleteTicket(ticketId);
      };
      const pages = await pagesOf(connector, 'timeEntries', asked({ since }));
      expect(pages.at(-1)).toMatchObject({
        rows: [],
        rejected: [{ sourceId: `ticket ${ticketId}` }],
      });
      expect(pages.at(-1)?.completeTicketIds).toBeUndefined();
    }));

  test('of others is left out; that on a ticket of ours that did not change is looked up', () =>
    withSyncro(async (bench) => {
      const { state, connector, asked, stranger, requests } = bench;
      const { ticketId } = addOldTime(bench);
      const since = now();
      const timerId = state.addTimer(ticketId, { seconds: 60, start });
      const other = state.addTicket(stranger);
      state.addTimer(other, { seconds: 60, start });
      state.ticket(other).updatedMs = anHourAgo();
      const rows = await rowsOf(connector, 'timeEntries', asked({ since }));
      expect(rows.map(({ sourceId }) => sourceId)).toEqual([String(timerId)]);
      expect(requests()).toEqual(
        expect.arrayContaining([`GET /tickets/${ticketId}`, `GET /tickets/${other}`]),
      );
    }));

  test('on a ticket that is not shown is quarantined, and never guessed to be of no client', () =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const ticketId = state.addTicket(dupont);
      const timerId = state.addTimer(ticketId, { seconds: 60, start });
      state.tickets.delete(ticketId);
      const [page] = await pagesOf(connector, 'timeEntries', asked());
      expect(page).toMatchObject({ rows: [], rejected: [{ sourceId: String(timerId) }] });
    }));

  test('may bring its note for the client, where the config says so', () =>
    withSyncro(
      async ({ state, connector, dupont, asked }) => {
        state.addTimer(state.addTicket(dupont), { seconds: 60, start, notes: 'VPN fixed' });
        const [row] = await rowsOf(connector, 'timeEntries', asked());
        expect(row?.note).toBe('VPN fixed');
      },
      { showsNotes: true },
    ));
});

describe('A sweep of Syncro', () => {
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };

  async function sweep({ connector, dupont, martin }: SyncroBench) {
    const question = { ...window, clientIds: [dupont, martin].map(String), signal: soon() };
    const ids: string[] = [];
    for await (const page of connector.pull.present?.ids(question) ?? []) ids.push(...page);
    return { ids, count: await connector.pull.present?.count(question) };
  }

  test('lists ended time of the window and the clients, and no more what was deleted', () =>
    withSyncro(async (bench) => {
      const { state, stranger } = bench;
      const [kept, gone] = [addOldTime(bench).timerId, addOldTime(bench).timerId];
      addOldTime(bench);
      state.addTimer(addOldTime(bench).ticketId, { seconds: 60, start, end: null });
      state.addTimer(state.addTicket(stranger), { seconds: 60, start });
      state.addTimer(addOldTime(bench).ticketId, { seconds: 60, start: window.to });
      const before = await sweep(bench);
      expect(before.count).toBe(before.ids.length);
      expect(before.ids).toHaveLength(5);
      state.deleteTimer(gone);
      const after = await sweep(bench);
      expect(after.ids).toContain(String(kept));
      expect(after.ids).not.toContain(String(gone));
    }));

  test('believes no list with a row that it cannot read', () =>
    withSyncro(async (bench) => {
      addOldTime(bench);
      bench.sandbox.faults.add('bad-row', { path: /ticket_timers$/ });
      await expect(sweep(bench)).rejects.toMatchObject({ kind: 'contract' });
    }));
});

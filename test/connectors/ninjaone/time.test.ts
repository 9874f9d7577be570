import { describe, expect, test } from '@jest/globals';
import type { TimeFacts } from '../../sandbox/ninjaone/state.ts';
import { asked, type NinjaoneBench, readAll, readTime, withNinjaone } from './bench.ts';

interface Desk extends NinjaoneBench {
  dupont: number;
  ada: number;
  ticketId: number;
  /** Logs time of Ada's on the ticket. */
  log(time: Partial<TimeFacts>): number;
}

function withTicket(
  use: (desk: Desk) => Promise<void>,
  settings: object = { boards: ['All tickets'] },
): Promise<void> {
  return withNinjaone(
    async (bench) => {
      const dupont = bench.state.addOrganization('Dupont');
      const ada = bench.state.addTechnician('Ada', 'Byron');
      const ticketId = bench.state.addTicket({ organizationId: dupont, subject: 'Printer' });
      const log = (time: Partial<TimeFacts>): number =>
        bench.state.addTime({ ticketId, technicianId: ada, seconds: 900, ...time });
      await use({ ...bench, dupont, ada, ticketId, log });
    },
    { settings },
  );
}

describe('NinjaOne time', () => {
  test('without a start counts back from the time it was logged', () =>
    withTicket(async ({ connector, ticketId, ada, log }) => {
      const id = log({ at: '2026-03-02T10:00:00.500Z', isPublic: true, body: 'Replaced toner' });
      const { pages } = await readTime(connector, [ticketId]);
      expect(pages).toEqual([
        {
          ticketIds: [String(ticketId)],
          rejected: [],
          rows: [
            {
              sourceId: String(id),
              ticketId: String(ticketId),
              clientId: null,
              technicianId: String(ada),
              technician: 'Ada Byron',
              technicianEmail: 'ada.byron@msp.example',
              startedAt: '2026-03-02T09:45:00.500Z',
              endedAt: '2026-03-02T10:00:00.500Z',
              isTimed: false,
              seconds: 900,
              secondsText: '900 s',
              kind: 'work',
              workType: null,
              role: null,
              isBillable: null,
              isApproved: null,
              agreement: null,
              note: 'Replaced toner',
              updatedAt: '2026-03-02T10:00:00.500Z',
            },
          ],
        },
      ]);
    }));

  test('with the facts of newer builds keeps its start, place, agreement and billing', () =>
    withTicket(async ({ connector, ticketId, log }) => {
      log({
        at: '2026-03-02T18:00:00Z',
        startedAt: '2026-03-02T09:00:00Z',
        isRemote: false,
        billing: 'BILLABLE',
        agreement: 'Block of hours',
      });
      log({ isRemote: true, billing: 'NO_CHARGE' });
      log({ billing: 'NOT_BILLABLE', offHours: { seconds: 300, billing: 'BILLABLE' } });
      log({ billing: 'NOT_BILLABLE', offHours: { seconds: 900, billing: 'NO_CHARGE' } });
      const { rows } = await readTime(connector, [ticketId]);
      expect(rows[0]).toMatchObject({
        startedAt: '2026-03-02T09:00:00.000Z',
        endedAt: '2026-03-02T09:15:00.000Z',
        isTimed: true,
        workType: 'On-site',
        agreement: 'Block of hours',
        note: null,
      });
      expect(rows[1]?.workType).toBe('Remote');
      expect(rows.map(({ isBillable }) => isBillable)).toEqual([true, false, true, false]);
    }));

  test('on the description counts; comments without time do not', () =>
    withTicket(async ({ connector, ticketId, log }) => {
      const id = log({ type: 'DESCRIPTION', seconds: 60 });
      log({ seconds: 0 });
      const { rows, rejected } = await readTime(connector, [ticketId]);
      expect(rows.map(({ sourceId }) => sourceId)).toEqual([String(id)]);
      expect(rejected).toEqual([]);
    }));

  test.each([
    ['negative', { seconds: -60 }, 'timeTracked is negative'],
    [
      'billed in an unknown way',
      { billing: 'FREE' as unknown as 'BILLABLE' },
      'ticketTimeEntry.inHours.billing: ',
    ],
    ['on a status change', { type: 'SAVE' as const }, 'type: time is on'],
    [
      'on two agreements at once',
      { agreement: 'A', offHours: { seconds: 60, agreement: 'B' } },
      'agreement: A and B',
    ],
  ])('that is %s is quarantined with its reason', (_, time, reason) =>
    withTicket(async ({ connector, ticketId, log }) => {
      const id = log(time);
      const { rows, rejected } = await readTime(connector, [ticketId]);
      expect(rows).toEqual([]);
      expect(rejected).toMatchObject([
        { sourceId: String(id), reason: expect.stringContaining(reason) },
      ]);
    }),
  );

  test('on which two fields disagree is quarantined', () =>
    withTicket(async ({ connector, state, ticketId, log }) => {
      const id = log({ billing: 'BILLABLE' });
      const entry = state.logEntries.get(id);
      if (entry?.time) entry.time.shownSeconds = 1200;
      const { rejected } = await readTime(connector, [ticketId]);
      expect(rejected[0]?.reason).toMatch('timeTracked: both 900 s and 1200 s.');
    }));

  test('logged by somebody who is not a technician is quarantined', () =>
    withTicket(async ({ connector, state, ticketId, ada }) => {
      state.addLogEntry({
        ticketId,
        type: 'COMMENT',
        authorId: ada,
        authorType: 'END_USER',
        body: '',
        isPublic: true,
        createdMs: Date.now(),
        seconds: 60,
        time: null,
      });
      const { rows, rejected } = await readTime(connector, [ticketId]);
      expect([rows.length, rejected.length]).toEqual([0, 1]);
    }));

  test('of a long log is read to its end, page by page', () =>
    withTicket(
      async ({ connector, ticketId, log, takeRequests }) => {
        const ids = [1, 2, 3, 4, 5].map((count) => log({ seconds: count * 60 }));
        const { rows } = await readTime(connector, [ticketId]);
        expect(rows.map(({ sourceId }) => Number(sourceId))).toEqual(ids);
        expect(takeRequests().filter((line) => line.endsWith('/log-entry'))).toHaveLength(4);
      },
      { pageSize: 2 },
    ));

  test('of several tickets comes ticket by ticket, each complete, an edited entry with its new length', () =>
    withTicket(async ({ connector, state, dupont, ada, log, ticketId }) => {
      const ids = [1, 2, 3, 4, 5].map((count) => {
        const id = state.addTicket({ organizationId: dupont, subject: `T${count}` });
        state.addTime({ ticketId: id, technicianId: ada, seconds: count * 60 });
        return id;
      });
      const edited = log({});
      state.editTime(edited, 1200);
      const { pages } = await readTime(connector, [...ids, ticketId]);
      expect(pages.map((page) => page.ticketIds)).toEqual(
        [...ids, ticketId].map((id) => [String(id)]),
      );
      expect(pages.map(({ rows }) => rows[0]?.seconds)).toEqual([60, 120, 180, 240, 300, 1200]);
    }));
});

describe('The total that a board shows', () => {
  test('spares the last request once the log adds up to it', () =>
    withTicket(async ({ connector, ticketId, log, dupont, takeRequests }) => {
      log({});
      await readAll(connector.pull.tickets?.(asked([dupont])));
      takeRequests();
      await readTime(connector, [ticketId]);
      expect(takeRequests().filter((line) => line.endsWith('/log-entry'))).toHaveLength(1);
    }));

  test('ends no log where it was seen to be another sum', () =>
    withTicket(
      async ({ connector, context, dupont, log, state, ticketId }) => {
        const ids = [1, 2, 3].map(() => log({}));
        // A total without the last entry, which the first page already adds up to.
        state.shownTotals.set(ticketId, 1800);
        await context.memory.set('fact.total-time', 'no');
        await readAll(connector.pull.tickets?.(asked([dupont])));
        const { rows } = await readTime(connector, [ticketId]);
        expect(rows.map(({ sourceId }) => Number(sourceId))).toEqual(ids);
      },
      { boards: ['All tickets'], pageSize: 2 },
    ));

  test('of nothing spares the log only where the total was seen to be true', () =>
    withTicket(async ({ connector, context, state, dupont, ada, ticketId, log, takeRequests }) => {
      log({ seconds: 0 });
      const complete = { ticketIds: [String(ticketId)], rows: [], rejected: [] };
      await readAll(connector.pull.tickets?.(asked([dupont])));
      takeRequests();
      expect((await readTime(connector, [ticketId])).pages).toEqual([complete]);
      expect(takeRequests()).toHaveLength(2);

      const other = state.addTicket({ organizationId: dupont, subject: 'With time' });
      state.addTime({ ticketId: other, technicianId: ada, seconds: 60 });
      await connector.check([String(dupont)], AbortSignal.timeout(10_000));
      expect(context.kept.get('fact.total-time')).toMatch(/^yes/);
      await readAll(connector.pull.tickets?.(asked([dupont])));
      takeRequests();
      expect((await readTime(connector, [ticketId])).pages).toEqual([complete]);
      expect(takeRequests()).toEqual([]);
    }));
});

test('On an older build without a list of technicians no time is read, with an error', () =>
  withNinjaone(
    async ({ connector, state }) => {
      const organizationId = state.addOrganization('Dupont');
      const ticketId = state.addTicket({ organizationId, subject: 'A' });
      const technicianId = state.addTechnician('Ada', 'Byron');
      state.addTime({ ticketId, technicianId, seconds: 900 });
      await expect(readTime(connector, [ticketId])).rejects.toMatchObject({
        kind: 'config',
        message: '/v2/users is not on this NinjaOne instance (404).',
      });
    },
    { sandbox: { isOldBuild: true } },
  ));

describe('A NinjaOne ticket that is gone', () => {
  test('has no time any more where it was deleted', () =>
    withTicket(async ({ connector, state, ticketId, log }) => {
      log({});
      state.deleteTicket(ticketId);
      const { pages } = await readTime(connector, [ticketId]);
      expect(pages).toMatchObject([{ ticketIds: [String(ticketId)], rows: [], rejected: [] }]);
    }));

  test('keeps its time where nobody can say what became of it', () =>
    withTicket(async ({ connector, state, ticketId, log }) => {
      log({});
      state.tickets.delete(ticketId);
      const { pages } = await readTime(connector, [ticketId]);
      expect(pages).toMatchObject([{ ticketIds: [], rows: [] }]);
      expect(pages[0]?.rejected[0]?.reason).toMatch('Its time stays as last read');
    }));
});

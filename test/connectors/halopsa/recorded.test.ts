/** Halo as tenants really answer: keys left out, older builds, the agent's own timer, errors of any shape. */
import { describe, expect, test } from '@jest/globals';
import { checked, type HalopsaBench, readTickets, readTime, withHalopsa } from './bench.ts';

const start = '2026-03-02T09:00:00Z';

function addTicket({ state, dupont }: HalopsaBench, summary = 'Printer'): number {
  return state.addTicket({ clientId: dupont, summary });
}

describe('A HaloPSA ticket', () => {
  test('that shows neither a flag nor a date of closing is open', () =>
    withHalopsa(async (bench) => {
      const tickets = Array.from({ length: 14 }, () => addTicket(bench));
      for (const id of tickets.slice(0, 4)) bench.state.closeTicket(id);
      const { rows, rejected } = await readTickets(bench);
      expect(rejected).toEqual([]);
      expect(rows.map(({ isClosed }) => isClosed)).toEqual(tickets.map((_, index) => index < 4));
      expect(await faults(bench)).toEqual([]);
    }));

  test('of a build without last_update changed when its last action was logged', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.dialect.isOlderBuild = true;
      const [open, closed] = [addTicket(bench), addTicket(bench)];
      const at = new Date().toISOString();
      bench.state.addAction(open, { seconds: 1800, start, at });
      bench.state.closeTicket(closed);
      const { rows, rejected } = await readTickets(bench);
      expect(rejected).toEqual([]);
      expect(rows).toMatchObject([
        { isClosed: false, updatedAt: at },
        { isClosed: true, closedAt: expect.stringMatching(/^20/) },
      ]);
      expect(await faults(bench)).toEqual([]);
    }));

  test('is closed by the name of its status, though its row shows the number alone', () =>
    withHalopsa(async (bench) => {
      const archived = bench.state.addStatus('Archived');
      const [open, done] = [addTicket(bench), addTicket(bench)];
      bench.state.ticket(done).statusId = archived;
      bench.sandbox.tenant.ignores.add('includestatus');
      const named = bench.connect({ closedStatuses: ['Archived'] });
      const { rows, rejected } = await readTickets(bench, named);
      expect(rejected).toEqual([]);
      expect(rows.map(({ sourceId, isClosed }) => [sourceId, isClosed])).toEqual([
        [String(open), false],
        [String(done), true],
      ]);
    }));
});

describe('The time of HaloPSA’s own timer', () => {
  test.each([
    [30.709, 31],
    [541, 541],
    [0.1203 * 3600, 433],
    [0.0083 * 3600, 30],
  ])('of %d seconds is read as %i', (seconds, expected) =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds, isUntimed: true, at: start });
      const { rows, rejected } = await readTime(bench.connector, [ticketId]);
      expect(rejected).toEqual([]);
      expect(rows).toMatchObject([{ seconds: expected }]);
    }),
  );

  test('is read with its starts and ends to the second', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1801.012, start });
      bench.state.addAction(ticketId, { seconds: 947.351, start });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows.map(({ seconds }) => seconds)).toEqual([1801, 947]);
      expect((await checked(bench)).get('fact.time-unit')).toMatchObject({ status: 'ok' });
    }));
});

describe('The unit of HaloPSA’s time', () => {
  test('that entries have proved is not doubted for one typed in the other', () =>
    withHalopsa(async (bench) => {
      const [sound, mistyped] = [addTicket(bench), addTicket(bench)];
      bench.state.addAction(sound, { seconds: 5400, start });
      await readTime(bench.connector, [sound]);
      // Ten minutes, entered as ten hours.
      bench.state.addAction(mistyped, { seconds: 36_000, start, end: '2026-03-02T09:10:00Z' });
      const { rows } = await readTime(bench.connector, [mistyped]);
      expect(rows).toMatchObject([{ seconds: 36_000 }]);
    }));

  test('that changes under us stops the run', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      for (const seconds of [1800, 2700, 3600]) bench.state.addAction(ticketId, { seconds, start });
      await readTime(bench.connector, [ticketId]);
      bench.sandbox.tenant.dialect.unit = 'minutes';
      await expect(readTime(bench.connector, [ticketId])).rejects.toMatchObject({ kind: 'config' });
    }));
});

describe('A HaloPSA action', () => {
  test('without a start and an end ended when it was logged', () =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 5400, isUntimed: true, at: start });
      const { rows } = await readTime(bench.connector, [ticketId]);
      expect(rows).toMatchObject([
        { startedAt: '2026-03-02T07:30:00.000Z', endedAt: '2026-03-02T09:00:00.000Z' },
      ]);
    }));

  test.each([
    ['travelSeconds', 'time.travel', 'travel time'],
    ['adjustedSeconds', 'time.adjusted', 'timetakenadjusted'],
    ['nonBilledSeconds', 'time.non-billed', 'nonbilltime'],
  ])('with %s is warned of, also where it holds no other time', (field, id, what) =>
    withHalopsa(async (bench) => {
      const ticketId = addTicket(bench);
      bench.state.addAction(ticketId, { seconds: 1800, start });
      expect((await checked(bench)).has(id)).toBe(false);
      bench.state.addAction(ticketId, { seconds: 0, [field]: 900 });
      expect((await checked(bench)).get(id)).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining(what),
      });
    }),
  );
});

test.each([
  ['a bare text', 'The client is on stop.'],
  ['a text in JSON', '"The client is on stop."'],
  ['an error', '{"error":"The client is on stop."}'],
  ['an exception', '{"ClassName":"System.Exception","Message":"The client is on stop."}'],
  ['fields', '{"errors":{"client_id":["The client is on stop."]}}'],
])('what Halo says in %s reaches people', (_, body) =>
  withHalopsa(async (bench) => {
    bench.sandbox.tenant.ticketsRefusal = body;
    await expect(readTickets(bench)).rejects.toThrow('The client is on stop');
  }),
);

async function faults(bench: HalopsaBench): Promise<unknown[]> {
  return [...(await checked(bench)).values()].filter(({ status }) => status === 'failed');
}

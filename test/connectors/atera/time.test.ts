/** What only Atera does with time: work dates, the account's clock, late entries, deletions. */
import { describe, expect, test } from '@jest/globals';
import { unknownTechnician } from '../../../src/domain/records/rows.ts';
import { pagesOf, pullRequestFor, rowsOf } from '../pull-rows.ts';
import {
  type AteraBench,
  asked,
  checked,
  readTime,
  rejectedTime,
  soon,
  today,
  withAtera,
} from './bench.ts';

function addTime(bench: AteraBench, start: string, seconds: number, ticketId?: number): string {
  const changedMs = Date.parse(bench.clock.now) - 86_400_000;
  const made = { customerId: bench.dupont, title: 'Work', changedMs };
  const ticket = ticketId ?? bench.state.addTicket(made);
  return String(bench.state.addWorkHours(ticket, { start, seconds }));
}

/** Changes texts in all answers from now on. */
function rewrite(bench: AteraBench, changes: Record<string, string>): void {
  bench.sandbox.faults.distort((json) =>
    JSON.parse(
      Object.entries(changes).reduce(
        (text, [from, to]) => text.replaceAll(from, to),
        JSON.stringify(json),
      ),
    ),
  );
}

describe('the account’s clock', () => {
  /** A day after the clocks in Paris were put back, or forward. */
  const autumn = { now: '2024-10-28T12:00:00.000Z' };
  const spring = { now: '2024-04-01T12:00:00.000Z' };

  test.each<[string, { now: string }, string, number]>([
    ['over the hour that is skipped', spring, '2024-03-31T00:30:00.000Z', 3600],
    ['over the whole doubled hour', autumn, '2024-10-26T23:30:00.000Z', 3 * 3600],
    ['back by the clock', autumn, '2024-10-27T00:45:00.000Z', 1800],
  ])('time is exact to the second: %s', (_, options, start, seconds) =>
    withAtera(options, async (bench) => {
      addTime(bench, start, seconds);
      expect(await readTime(bench)).toMatchObject([{ seconds }]);
    }),
  );

  test.each([
    ['within its first half', '2024-10-27T00:15:00.000Z', 1800],
    ['from its first half, to the end of the second', '2024-10-27T00:30:00.000Z', 5400],
    ['from its second half on', '2024-10-27T01:30:00.000Z', 1801],
    ['from an hour to the same again', '2024-10-27T00:30:00.000Z', 3600],
    ['up to its first half', '2024-10-26T23:59:59.000Z', 901],
  ])('what may have two durations is quarantined, and never guessed: %s', (_, start, seconds) =>
    withAtera(autumn, async (bench) => {
      const unclear = addTime(bench, start, seconds);
      const day = addTime(bench, '2024-10-26T10:00:00.000Z', 3600);
      const [page] = await pagesOf(bench.connector, 'timeEntries', asked(bench));
      expect(page?.rows).toMatchObject([{ sourceId: day, seconds: 3600 }]);
      expect(page?.rejected).toMatchObject([
        { sourceId: unclear, reason: expect.stringMatching(/may be \d+ or \d+ seconds/) },
      ]);
    }),
  );

  test('a time that the clocks skipped is quarantined', () =>
    withAtera(spring, async (bench) => {
      const id = addTime(bench, '2024-03-31T00:30:00.000Z', 3600);
      rewrite(bench, { '2024-03-31T03:30:00': '2024-03-31T02:30:00' });
      expect((await rejectedTime(bench))[id]).toContain('Clocks in Europe/Paris skipped');
    }));

  test('a text with an offset is taken by it, and fractions of a second are cut off', () =>
    withAtera({}, async (bench) => {
      addTime(bench, '2024-11-10T09:00:00.000Z', 2700);
      rewrite(bench, {
        '2024-11-10T10:00:00': '2024-11-10T03:00:00.987-06:00',
        '2024-11-10T10:45:00': '2024-11-10T09:45:00.123Z',
      });
      expect(await readTime(bench)).toMatchObject([
        {
          startedAt: '2024-11-10T09:00:00.000Z',
          endedAt: '2024-11-10T09:45:00.000Z',
          seconds: 2700,
        },
      ]);
    }));

  test('check sees that the zone is another, and then no time is read', () =>
    withAtera({ sandbox: { timeZoneName: 'GMT Standard Time' } }, async (bench) => {
      addTime(bench, '2024-11-10T09:00:00.000Z', 1800);
      const results = await checked(bench);
      expect(results.get('zone')).toMatchObject({
        status: 'failed',
        fix: expect.stringContaining('timezone: Europe/London'),
      });
      await expect(readTime(bench)).rejects.toMatchObject({ kind: 'config' });
      // A name that is not in the table proves nothing, and the earlier one no longer counts.
      bench.sandbox.account.timeZoneName = '(UTC+01:00) Paris';
      expect((await checked(bench)).get('fact.account-zone')?.status).toBe('warning');
      expect(await readTime(bench)).toHaveLength(1);
    }));

  test('check compares clocks and not names, and says which name it does not know', () =>
    withAtera({ sandbox: { timeZoneName: 'W. Europe Standard Time' } }, async (bench) => {
      expect((await checked(bench)).get('zone')).toMatchObject({ status: 'ok' });
      bench.sandbox.account.timeZoneName = '(UTC+01:00) Paris';
      expect((await checked(bench)).get('zone')).toMatchObject({ status: 'warning' });
    }));

  test('check proves the clock by an entry whose timestamps are finer than a second', () =>
    withAtera({}, async (bench) => {
      addTime(bench, '2024-11-10T09:00:00.700Z', 1800);
      expect((await checked(bench)).get('fact.work-hours-zone')?.status).toBe('ok');
    }));

  test('check finds out that work hours are shown in UTC, and a setting reads them so', () =>
    withAtera({}, async (bench) => {
      addTime(bench, '2024-11-10T09:00:00.000Z', 1800);
      bench.sandbox.account.showsUtc = true;
      expect((await checked(bench)).get('fact.work-hours-zone')?.status).toBe('failed');
      await expect(readTime(bench)).rejects.toMatchObject({ kind: 'config' });
      bench.connector = bench.connect({ workHoursIn: 'utc' });
      expect((await checked(bench)).get('fact.work-hours-zone')?.status).toBe('ok');
      expect(await readTime(bench)).toMatchObject([{ startedAt: '2024-11-10T09:00:00.000Z' }]);
    }));
});

describe('what a run asks for', () => {
  const fullPages = { settings: { pageSize: 50 } };

  function fill(bench: AteraBench, count: number): string[] {
    return Array.from({ length: count }, (_, index) => {
      const day = String(1 + (index % 15)).padStart(2, '0');
      return addTime(bench, `2024-11-${day}T09:00:00.000Z`, 600);
    });
  }

  test('120 entries are three requests at first, and one for each stream on a quiet run', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 120);
      bench.requests();
      expect(await readTime(bench, { since: '2024-01-01T00:00:00.000Z' })).toHaveLength(120);
      expect(bench.requests()).toHaveLength(3);
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      for (const stream of ['clients', 'tickets', 'timeEntries'] as const) {
        await pagesOf(bench.connector, stream, asked(bench));
        expect(bench.requests()).toHaveLength(1);
      }
    }));

  test('a late entry changes the count, so that the look-back is read', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 60);
      addTime(bench, '2024-10-03T09:00:00.000Z', 600);
      bench.sandbox.account.isByStart = true;
      await readTime(bench);
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      // Behind the first page.
      const late = addTime(bench, '2024-11-15T10:00:00.000Z', 1200);
      const ids = (await readTime(bench)).map(({ sourceId }) => sourceId);
      expect(ids).toContain(late);
    }));

  test('a correction changes no count, and is seen once the days are read again', () =>
    withAtera(fullPages, async (bench) => {
      const [oldest = ''] = fill(bench, 60);
      await readTime(bench);
      const entry = bench.state.workHours.get(Number(oldest));
      Object.assign(entry ?? {}, { endText: '2024-11-01T11:00:00' });
      const secondsAt = async (now: string) => {
        bench.clock.now = now;
        return (await readTime(bench)).find(({ sourceId }) => sourceId === oldest)?.seconds;
      };
      expect(await secondsAt('2024-11-16T12:10:00.000Z')).toBeUndefined();
      expect(await secondsAt('2024-11-16T13:00:00.000Z')).toBe(3600);
    }));

  test('a quiet day and its midnight cost one request a run, but for the reading of each hour', () =>
    withAtera({ ...fullPages, now: '2024-11-16T20:00:00.000Z' }, async (bench) => {
      fill(bench, 60);
      // Nothing new comes, so each run asks since the same time.
      const { since } = asked(bench);
      await readTime(bench, { since });
      const costs: number[] = [];
      for (let tenth = 1; tenth <= 36; tenth += 1) {
        bench.clock.now = new Date(
          Date.parse('2024-11-16T20:00:00.000Z') + tenth * 600_000,
        ).toISOString();
        bench.requests();
        await readTime(bench, { since });
        costs.push(bench.requests().length);
      }
      expect(costs.filter((cost) => cost > 1)).toHaveLength(6);
    }));

  test('what a comparison read is stored nowhere, and the next run reads it', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 60);
      bench.sandbox.account.isByStart = true;
      await readTime(bench);
      // Behind the first page.
      const late = addTime(bench, '2024-11-15T10:00:00.000Z', 1200);
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      const since = '2024-11-15T12:10:00.000Z';
      const compared = await readTime(bench, { since, isStored: false });
      expect(compared).toHaveLength(61);
      expect((await readTime(bench)).map(({ sourceId }) => sourceId)).toContain(late);
      const again = await readTime(bench, { since, isStored: false });
      expect(again).toHaveLength(61);
    }));

  test('a pass that asks for more than the last is read in full', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 60);
      await readTime(bench);
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      expect(await readTime(bench, { since: '2024-11-16T11:00:00.000Z' })).toHaveLength(60);
    }));

  test('an entry that took the place of a deleted one is seen at once', () =>
    withAtera(fullPages, async (bench) => {
      const [oldest = ''] = fill(bench, 60);
      await readTime(bench);
      bench.state.workHours.delete(Number(oldest));
      const fresh = addTime(bench, '2024-11-02T09:00:00.000Z', 1200);
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      expect((await readTime(bench)).map(({ sourceId }) => sourceId)).toContain(fresh);
    }));

  test('an entry that came in while the days were read is seen by the next run', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 120);
      const late: string[] = [];
      bench.sandbox.account.isByStart = true;
      bench.sandbox.account.beforePage = (_, page) => {
        if (page === 2) late.push(addTime(bench, '2024-11-08T09:00:00.000Z', 1200));
      };
      await readTime(bench, { since: '2024-01-01T00:00:00.000Z' });
      bench.sandbox.account.beforePage = null;
      bench.clock.now = new Date(Date.parse(today) + 600_000).toISOString();
      const ids = (await readTime(bench)).map(({ sourceId }) => sourceId);
      expect(ids).toEqual(expect.arrayContaining(late));
    }));

  test('a pass that was not read to its end is not remembered', () =>
    withAtera(fullPages, async (bench) => {
      fill(bench, 60);
      for await (const _ of bench.connector.pull.timeEntries?.(asked(bench)) ?? []) break;
      bench.clock.now = '2024-11-16T12:10:00.000Z';
      expect(await readTime(bench)).toHaveLength(60);
    }));

  test('time of other customers is left out, and an entry without a readable one is not', () =>
    withAtera({}, async (bench) => {
      const other = bench.state.addCustomer('Another');
      const ticketId = bench.state.addTicket({ customerId: other, title: 'Theirs' });
      addTime(bench, '2024-11-10T09:00:00.000Z', 600, ticketId);
      const ours = addTime(bench, '2024-11-10T10:00:00.000Z', 600);
      expect((await readTime(bench)).map(({ sourceId }) => sourceId)).toEqual([ours]);
      rewrite(bench, { [`"CustomerID":${bench.dupont}`]: '"CustomerID":null' });
      expect(Object.keys(await rejectedTime(bench))).toEqual([ours]);
    }));
});

test('a list that grows while it is read loses no row, and one that shrinks is read again', () =>
  withAtera({ settings: { pageSize: 2 } }, async (bench) => {
    const ids = Array.from({ length: 5 }, () => addTime(bench, '2024-11-10T09:00:00.000Z', 600));
    bench.sandbox.account.beforePage = (_, page) => {
      if (page === 2) ids.push(addTime(bench, '2024-11-11T09:00:00.000Z', 600));
    };
    const read = new Set((await readTime(bench)).map(({ sourceId }) => sourceId));
    expect(ids.slice(0, 5).filter((id) => !read.has(id))).toEqual([]);
    bench.sandbox.account.beforePage = (_, page) => {
      if (page === 2) bench.state.workHours.delete(Number(ids[5]));
    };
    await expect(readTime(bench, { since: '2024-11-01T00:00:00.000Z' })).rejects.toMatchObject({
      kind: 'transient',
    });
  }));

test('a ticket that moves to the end while its list is read hides no other', () =>
  withAtera({ settings: { pageSize: 2 } }, async (bench) => {
    const made = { customerId: bench.dupont, title: 'Work' };
    const changedMs = Date.parse(today);
    const ids = [0, 1, 2, 3].map((n) =>
      bench.state.addTicket({ ...made, changedMs: changedMs + n * 1000 }),
    );
    bench.sandbox.account.isByChange = true;
    bench.sandbox.account.beforePage = (_, page) => {
      // Its rows are taken already: the next page sees the change.
      if (page === 1) bench.state.setStatus(ids[0] ?? 0, 'Pending');
    };
    await expect(pagesOf(bench.connector, 'tickets', asked(bench))).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining(`row ${ids[0]}`),
    });
    bench.sandbox.account.beforePage = null;
    expect(
      (await pagesOf(bench.connector, 'tickets', asked(bench))).flatMap(({ rows }) => rows),
    ).toHaveLength(4);
  }));

test('what is billable is told by Billiable, in either spelling, and else is not known', () =>
  withAtera({}, async (bench) => {
    const ticketId = bench.state.addTicket({ customerId: bench.dupont, title: 'Work' });
    const start = '2024-11-10T09:00:00.000Z';
    const made = { start, seconds: 600, isBillable: false, isOnSite: true };
    const id = String(bench.state.addWorkHours(ticketId, made));
    expect(await readTime(bench)).toMatchObject([
      {
        sourceId: id,
        isBillable: false,
        workType: 'On-site',
        technician: 'Ann Roy',
        technicianEmail: 'ann@msp.test',
      },
    ]);
    rewrite(bench, { Billiable: 'Billable' });
    expect(await readTime(bench)).toMatchObject([{ sourceId: id, isBillable: false }]);
    rewrite(bench, { Billiable: 'Chargeable' });
    expect(await readTime(bench)).toMatchObject([{ sourceId: id, isBillable: null }]);
  }));

describe('the sweep', () => {
  const window = { from: '2024-10-20T00:00:00.000Z', to: '2024-11-16T12:00:00.000Z' };

  async function present(bench: AteraBench, change: object = {}): Promise<[string[], number]> {
    const { present: presence } = bench.connector.pull;
    const clientIds = [String(bench.dupont), String(bench.martin)];
    const request = { ...window, clientIds, signal: soon(), ...change };
    const ids: string[] = [];
    for await (const page of presence?.ids(request) ?? []) ids.push(...page);
    return [ids.sort(), (await presence?.count(request)) ?? -1];
  }

  test('lists what started in the window, and finds that an entry is gone', () =>
    withAtera({ settings: { pageSize: 2 } }, async (bench) => {
      const ids = [1, 2, 3].map((day) => addTime(bench, `2024-11-0${day}T09:00:00.000Z`, 600));
      addTime(bench, '2024-10-19T23:59:59.000Z', 600);
      addTime(bench, '2024-11-16T12:00:00.000Z', 600);
      expect(await present(bench)).toEqual([ids, 3]);
      bench.state.workHours.delete(Number(ids[1]));
      expect(await present(bench)).toEqual([[ids[0], ids[2]], 2]);
    }));

  test('does not take hidden rows for deleted ones', () =>
    withAtera({}, async (bench) => {
      for (const day of [1, 2, 3]) addTime(bench, `2024-11-0${day}T09:00:00.000Z`, 600);
      bench.sandbox.account.hiddenRows = 1;
      await expect(present(bench)).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('takes an entry in the doubled hour for one that may be in either', () =>
    withAtera({}, async (bench) => {
      const id = addTime(bench, '2024-10-27T00:30:00.000Z', 600);
      const second = { from: '2024-10-27T01:00:00.000Z', to: '2024-10-27T02:00:00.000Z' };
      expect(await present(bench, second)).toEqual([[id], 1]);
    }));
});

test('work hours that name no technician are time of an unknown one', () =>
  withAtera({}, async (bench) => {
    const { state, dupont, martin } = bench;
    const ticketId = state.addTicket({ customerId: dupont, title: 'VPN' });
    const id = state.addWorkHours(ticketId, { start: '2024-11-10T09:00:00', seconds: 3600 });
    const nobody = { technicianId: undefined, technicianEmail: undefined, email: undefined };
    Object.assign(state.workHours.get(id) ?? {}, nobody);
    const span = { since: '2024-11-01T00:00:00.000Z', until: today };
    const request = pullRequestFor([dupont, martin], span);
    const rows = await rowsOf(bench.connector, 'timeEntries', request);
    expect(rows).toMatchObject([{ seconds: 3600, technicianId: unknownTechnician.id }]);
  }));

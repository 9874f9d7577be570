import { describe, expect, test } from '@jest/globals';
import { classifyBms } from '../../../connectors/kaseya-bms/schema.ts';
import { addClosed, asked, checked, readPages, readRows, soon, withBms } from './bench.ts';

const dayMs = 86_400_000;

describe('a refusal with status 200', () => {
  const refusals: [text: string, onRead: string, onWrite: string][] = [
    ['Invalid user name or password', 'auth', 'auth'],
    ['The token has expired', 'auth', 'auth'],
    ['You do not have permission to view this', 'permission', 'permission'],
    ['You are not authorized to see it', 'permission', 'permission'],
    ['Ticket 7 does not exist', 'rejected', 'rejected'],
    ['The Title field is required', 'rejected', 'rejected'],
    ['API rate limit exceeded', 'rate-limited', 'rate-limited'],
    ['API calls quota exceeded', 'rate-limited', 'rate-limited'],
    // What can never be sent must not be taken for what may be sent later.
    ['Title: the character limit exceeded', 'rejected', 'rejected'],
    ['Execution Timeout Expired', 'transient', 'unknown-outcome'],
  ];

  test.each(refusals)('is of its kind: %s', (message, onRead, onWrite) => {
    for (const [method, kind] of [
      ['GET', onRead],
      ['POST', onWrite],
    ] as const) {
      const answer = {
        status: 200,
        headers: {},
        contentType: 'application/json',
        text: JSON.stringify({ success: false, error: { code: 0, message } }),
        request: { method, path: '/v2/timelogs', signal: soon() },
      };
      expect(classifyBms(answer)).toMatchObject({ kind });
      expect(classifyBms(answer)?.message).toContain(message);
    }
  });

  test('of what is not there is told from any other', () => {
    const text = JSON.stringify({ Success: false, Error: { Message: 'Note not found.' } });
    const request = { method: 'GET', path: '/v2/x', signal: soon() } as const;
    const answer = { status: 200, headers: {}, contentType: '', text, request };
    expect(classifyBms(answer)).toMatchObject({ kind: 'rejected', status: 404 });
  });

  test('is never an empty list', () =>
    withBms({}, async (bench) => {
      addClosed(bench);
      bench.sandbox.faults.distort(() => ({ success: false, error: { message: 'Access denied' } }));
      for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
        await expect(readRows(bench, stream)).rejects.toMatchObject({ kind: 'permission' });
      }
    }));

  test('is not seen where the text of a note only speaks of one', () => {
    const text = JSON.stringify({ Success: true, Result: [{ Notes: '"success": false' }] });
    const request = { method: 'GET', path: '/v2/x', signal: soon() } as const;
    expect(classifyBms({ status: 200, headers: {}, contentType: '', text, request })).toBeNull();
  });
});

test('keys are read in either casing, to the same rows', () =>
  withBms({}, async (bench) => {
    addClosed(bench, { hours: 1.25, start: '09:00:00', end: '10:15:00' });
    const read = async () => [
      await readRows(bench, 'clients'),
      await readRows(bench, 'tickets'),
      await readRows(bench, 'timeEntries'),
    ];
    const pascal = await read();
    bench.state.switches.casing = 'camel';
    expect(await read()).toEqual(pascal);
    expect(pascal.map((rows) => rows.length)).not.toContain(0);
    expect([...(await checked(bench)).values()].map(({ status }) => status)).not.toContain(
      'failed',
    );
  }));

describe('work in a zone', () => {
  const paris = { zone: 'Europe/Paris', nowMs: Date.parse('2026-11-02T10:00:00Z') };
  const cases: [
    what: string,
    time: object,
    startedAt: string,
    endedAt: string,
    isTimed: boolean,
  ][] = [
    ['in winter', { day: '2026-03-02' }, '2026-03-02T08:00:00', '2026-03-02T09:00:00', true],
    ['in summer', { day: '2026-07-01' }, '2026-07-01T07:00:00', '2026-07-01T08:00:00', true],
    [
      'over the hour that the clocks skip',
      { day: '2026-03-29', start: '01:30:00', end: '03:30:00' },
      '2026-03-29T00:30:00',
      '2026-03-29T01:30:00',
      true,
    ],
    [
      'over the hour that they show twice',
      { day: '2026-10-25', start: '01:30:00', end: '03:30:00', hours: 3 },
      '2026-10-24T23:30:00',
      '2026-10-25T02:30:00',
      true,
    ],
    [
      'in the first of the two hours',
      { day: '2026-10-25', start: '02:00:00', end: '02:30:00', hours: 0.5 },
      '2026-10-25T00:00:00',
      '2026-10-25T00:30:00',
      true,
    ],
    [
      'from the first into the second',
      { day: '2026-10-25', start: '02:50:00', end: '02:10:00', hours: 0.3333 },
      '2026-10-25T00:50:00',
      '2026-10-25T01:10:00',
      true,
    ],
    [
      'from the second of the two on',
      { day: '2026-10-25', start: '02:30:00', end: '03:30:00', hours: 1 },
      '2026-10-25T01:30:00',
      '2026-10-25T02:30:00',
      true,
    ],
    [
      'over midnight',
      { day: '2026-03-02', start: '23:30:00', end: '00:30:00' },
      '2026-03-02T22:30:00',
      '2026-03-02T23:30:00',
      true,
    ],
    [
      'without times',
      { day: '2026-03-02', start: null, end: null },
      '2026-03-02T10:30:00',
      '2026-03-02T11:30:00',
      false,
    ],
  ];

  test.each(cases)('is read exactly %s', (_, time, startedAt, endedAt, isTimed) =>
    withBms(paris, async (bench) => {
      addClosed(bench, { hours: 1, start: '09:00:00', end: '10:00:00', ...time });
      for (const spans of ['time', 'iso'] as const) {
        bench.state.switches.spans = spans;
        const isNextDay = /midnight/.test(_);
        if (spans === 'iso' && isNextDay) continue;
        const [row] = await readRows(bench, 'timeEntries');
        const at = { startedAt: `${startedAt}.000Z`, endedAt: `${endedAt}.000Z` };
        expect(row).toMatchObject({ ...at, isTimed });
      }
    }),
  );

  test('at a time of the year 1 is quarantined', () =>
    withBms({}, async (bench) => {
      addClosed(bench, { start: '0001-01-01T09:00:00', end: '0001-01-01T10:00:00', hours: 1 });
      const [page] = await readPages(bench, 'timeEntries');
      expect(page?.rows).toEqual([]);
      expect(page?.rejected[0]?.reason).toContain('is not on 2026-03-02');
    }));

  test('is from start to end where the hours are that time rounded, else the hours alone', () =>
    withBms({}, async (bench) => {
      addClosed(bench, { hours: 0.3333, start: '09:00:00', end: '09:20:00' });
      addClosed(bench, { hours: 2.92, start: '09:00:00', end: '11:55:00' });
      addClosed(bench, { hours: 2.92, start: '09:00:00', end: '11:45:00' });
      const rows = await readRows(bench, 'timeEntries');
      expect(rows.map(({ seconds }) => seconds)).toEqual([10_512, 10_500, 1200]);
    }));

  test('is compared with the zone that BMS names', () =>
    withBms({ ...paris, settings: { timezone: 'America/New_York' } }, async (bench) => {
      bench.clock.nowMs = Date.parse('2026-11-02T10:35:00Z');
      for (const start of ['10:00:00', '10:30:00']) {
        addClosed(bench, { hours: 1, day: '2026-11-02', start, end: '11:30:00' });
      }
      expect((await checked(bench)).get('timezone')).toMatchObject({ status: 'warning' });
      const right = bench.connect({ timezone: 'Europe/Paris' });
      expect((await checked(bench, right)).get('timezone')).toMatchObject({ status: 'ok' });
    }));
});

describe('timestamps without a zone', () => {
  test('that are local stop the reading, until the zone of the API user is UTC', () =>
    withBms({ zone: 'Asia/Tokyo' }, async (bench) => {
      bench.state.switches.timestamps = 'zone';
      addClosed(bench);
      expect((await checked(bench)).get('fact.change-zone')).toMatchObject({ status: 'failed' });
      await expect(readRows(bench, 'tickets')).rejects.toMatchObject({ kind: 'config' });
      bench.state.switches.zone = 'UTC';
      const inUtc = bench.connect({ timezone: 'UTC' });
      expect((await checked(bench, inUtc)).get('fact.change-zone')).toMatchObject({
        status: 'ok',
      });
      const [ticket] = await readRows(bench, 'tickets', {}, inUtc);
      const nowText = new Date(bench.clock.nowMs).toISOString().slice(0, 19);
      expect(ticket?.closedAt?.slice(0, 19)).toBe(nowText);
    }));

  test('have no setting, and a config with one is refused', () =>
    withBms({}, async ({ connect }) => {
      expect(() => connect({ timestamps: 'local' })).toThrow(/timestamps/);
    }));

  test.each([
    ['in winter, where the clocks agree with UTC', '2026-01-15T10:00:00Z', 'utc', 'warning'],
    ['in summer, where they do not', '2026-07-15T10:00:00Z', 'utc', 'ok'],
    ['in winter, with a zone of their own', '2026-01-15T10:00:00Z', 'mark', 'ok'],
  ] as const)('are distinguished from UTC in London: %s', (_, now, timestamps, status) =>
    withBms({ zone: 'Europe/London', nowMs: Date.parse(now) }, async (bench) => {
      bench.state.switches.timestamps = timestamps;
      expect((await checked(bench)).get('fact.change-zone')).toMatchObject({ status });
    }),
  );
});

describe('a token', () => {
  test('is renewed before its end', () =>
    withBms({}, async (bench) => {
      const { tokens } = bench.sandbox;
      await readRows(bench, 'clients');
      expect(tokens.logins).toBe(1);
      bench.clock.nowMs += tokens.lifeMs - 30_000;
      await readRows(bench, 'clients');
      expect(tokens.logins).toBe(2);
    }));

  test('that is refused before its end is renewed once', () =>
    withBms({}, async (bench) => {
      await readRows(bench, 'clients');
      bench.sandbox.faults.add('expired-token');
      expect(await readRows(bench, 'clients')).toHaveLength(2);
      expect(bench.sandbox.tokens.logins).toBe(2);
    }));
});

test('a first run asks for each page once, and a quiet one asks for both filters once', () =>
  withBms({}, async (bench) => {
    for (let index = 0; index < 250; index += 1) addClosed(bench);
    const read = async (change = {}) => {
      for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
        await readRows(bench, stream, change);
      }
      return bench.requests().map((line) => line.split('/').at(-1));
    };
    const pages = (name: string, count: number): string[] =>
      Array.from({ length: count }, () => name);
    // Accounts are not counted: the list ends where it comes again. Three of the first filter, and one of the second, which shows nothing that the first one missed.
    const accounts = pages('lookup', 2);
    // After the first page of time, once a day: whose e-mail is which.
    const time = ['timelogs', 'searchselect', ...pages('timelogs', 3)];
    const first = [...pages('tickets', 4), ...time];
    expect(await read()).toEqual([...accounts, ...first, 'summary']);
    const since = new Date(bench.clock.nowMs + 1000).toISOString();
    const both = [...pages('tickets', 2), ...pages('timelogs', 2)];
    expect(await read({ since })).toEqual([...accounts, ...both, 'summary']);
  }));

describe('what changed', () => {
  test('is found where new time has no last-modified timestamp', () =>
    withBms({}, async (bench) => {
      bench.state.switches.leavesModifiedOpen = true;
      const { entryId } = addClosed(bench);
      const [row] = await readRows(bench, 'timeEntries');
      expect(row?.sourceId).toBe(String(entryId));
    }));

  test('is found where only some of the new time has one', () =>
    withBms({}, async (bench) => {
      const ids = [addClosed(bench).entryId];
      bench.state.switches.leavesModifiedOpen = true;
      ids.push(addClosed(bench).entryId);
      const rows = await readRows(bench, 'timeEntries');
      expect(new Set(rows.map(({ sourceId }) => sourceId))).toEqual(new Set(ids.map(String)));
    }));

  test('is found where closing a ticket is not an activity', () =>
    withBms({}, async (bench) => {
      bench.state.switches.statusMovesActivity = false;
      const ticketId = bench.state.addTicket({ accountId: bench.dupont });
      await readRows(bench, 'tickets');
      bench.clock.nowMs += dayMs;
      bench.state.setStatus(ticketId, 'Completed');
      const since = new Date(bench.clock.nowMs - 60_000).toISOString();
      const [ticket] = await readRows(bench, 'tickets', { since });
      expect(ticket).toMatchObject({ sourceId: String(ticketId), isClosed: true });
    }));

  test('a ticket that was opened again is open, with its old date of completion', () =>
    withBms({}, async (bench) => {
      const { ticketId } = addClosed(bench);
      expect((await readRows(bench, 'tickets'))[0]).toMatchObject({ isClosed: true });
      bench.clock.nowMs += 60_000;
      bench.state.setStatus(ticketId, 'In Progress');
      const open = { isClosed: false, closedAt: null };
      expect((await readRows(bench, 'tickets'))[0]).toMatchObject(open);
      const byStatus = bench.connect({ closedStatuses: ['In Progress'] });
      expect((await readRows(bench, 'tickets', {}, byStatus))[0]).toMatchObject({ isClosed: true });
    }));

  test('of other accounts, and of none, is left out; a work type without a name is shown by its id', () =>
    withBms({}, async (bench) => {
      const { entryId } = addClosed(bench);
      bench.state.addTime({ hours: 1, accountId: bench.stranger });
      bench.state.addTime({ hours: 1, accountId: null });
      const unnamed = bench.state.addTime({ hours: 1, accountId: bench.martin, workTypeId: 77 });
      const [page] = await readPages(bench, 'timeEntries');
      const byId = page?.rows.toSorted((a, b) => Number(a.sourceId) - Number(b.sourceId));
      expect(byId?.map(({ sourceId }) => sourceId)).toEqual([String(entryId), String(unnamed)]);
      expect(byId?.[1]).toMatchObject({ workType: '#77' });
      expect(page?.rejected).toEqual([]);
    }));

  test('of a client whose ID is no number is refused, never read as nothing', () =>
    withBms({}, async (bench) => {
      addClosed(bench);
      for (const stream of ['tickets', 'timeEntries', 'invoices'] as const) {
        const rows = readRows(bench, stream, { clientIds: ['Dupont'] });
        await expect(rows).rejects.toMatchObject({ kind: 'config' });
      }
    }));

  test('minutes where hours were expected are read by nobody', () =>
    withBms({}, async (bench) => {
      bench.state.switches.minutes = true;
      addClosed(bench, { hours: 1, start: '09:00:00', end: '10:00:00' });
      expect((await checked(bench)).get('fact.time-in-hours')).toMatchObject({ status: 'failed' });
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
    }));

  test('an ignored filter is seen by check, and nothing is read on it', () =>
    withBms({}, async (bench) => {
      addClosed(bench);
      bench.state.switches.ignores.add('ModifiedOnFrom');
      expect((await checked(bench)).get('fact.change-filters')).toMatchObject({ status: 'failed' });
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
    }));
});

test('time carries the e-mail of the employee of that number, if it is that person', () =>
  withBms({}, async (bench) => {
    const { state } = bench;
    state.users.push({ id: 22, first: 'Bo', last: 'Li', email: 'bo.li@msp.test' });
    addClosed(bench);
    addClosed(bench, { hours: 1, userId: 22 });
    state.employees = [
      { id: 21, first: 'Someone', last: 'Else', email: 'someone@msp.test' },
      { id: 22, first: 'Bo', last: 'Li', email: 'bo.li@msp.test' },
    ];
    const rows = await readRows(bench, 'timeEntries');
    const found = rows.map(({ technician, technicianEmail }) => [technician, technicianEmail]);
    expect(found.sort()).toEqual([
      ['Ann Roy', null],
      ['Bo Li', 'bo.li@msp.test'],
    ]);
  }));

describe('an approval', () => {
  test('that is not a change is found within a day, and so is a revoked one', () =>
    withBms({}, async (bench) => {
      bench.state.switches.approvalMoves = false;
      const day = new Date(bench.clock.nowMs).toISOString().slice(0, 10);
      const { entryId } = addClosed(bench, { hours: 1, day });
      await readRows(bench, 'timeEntries');
      const nextDay = async () => {
        bench.clock.nowMs += dayMs;
        bench.requests();
        const since = new Date(bench.clock.nowMs - 60_000).toISOString();
        const rows = await readRows(bench, 'timeEntries', { since });
        return rows.find(({ sourceId }) => sourceId === String(entryId))?.isApproved;
      };
      // An edit before the approval must not be taken for the approval's own mark.
      bench.state.time(entryId).modifiedMs = bench.clock.nowMs + dayMs;
      bench.state.approve(entryId);
      expect(await nextDay()).toBe(true);
      bench.state.time(entryId).isApproved = false;
      expect(await nextDay()).toBe(false);
      // Two filters, and what was worked in the last 60 days, with the e-mails of who did.
      const path = 'GET /v2/timelogs';
      const employees = 'GET /v2/hr/employees/searchselect';
      expect(bench.requests()).toEqual([path, path, path, employees]);
      await readRows(bench, 'timeEntries', { since: new Date(bench.clock.nowMs).toISOString() });
      expect(bench.requests()).toEqual([path, path]);
    }));
});

describe('the sweep', () => {
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };

  test('lists the window exactly, and lacks what was deleted', () =>
    withBms({}, async (bench) => {
      const { entryId } = addClosed(bench, { hours: 1, day: '2026-03-02' });
      const gone = addClosed(bench, { hours: 1, day: '2026-03-03' });
      addClosed(bench, { hours: 1, day: '2026-03-05' });
      bench.state.addTime({ hours: 1, accountId: bench.stranger });
      const { present } = bench.connector.pull;
      const question = { ...window, clientIds: asked(bench).clientIds, signal: soon() };
      const list = async () => {
        const ids: string[] = [];
        for await (const page of present?.ids(question) ?? []) ids.push(...page);
        return ids.sort();
      };
      expect(await list()).toEqual([String(entryId), String(gone.entryId)].sort());
      expect(await present?.count(question)).toBe(2);
      bench.state.times = bench.state.times.filter(({ id }) => id !== gone.entryId);
      expect(await list()).toEqual([String(entryId)]);
      expect(await present?.count(question)).toBe(1);
    }));

  test('is not stopped by a row that the pull sets aside, of whomever it is', () =>
    withBms({}, async (bench) => {
      const { entryId } = addClosed(bench);
      const running = addClosed(bench);
      bench.state.addTime({ hours: 1, accountId: bench.stranger, day: 'never' });
      bench.state.addTime({ hours: 1, accountId: 0, ticketId: 0 });
      const ofTicket = addClosed(bench);
      bench.state.time(ofTicket.entryId).accountId = 0;
      // A timer that runs has no time spent yet.
      Object.assign(bench.state.time(running.entryId), { hours: null });
      const question = { ...window, clientIds: asked(bench).clientIds, signal: soon() };
      const ids: string[] = [];
      for await (const page of bench.connector.pull.present?.ids(question) ?? []) ids.push(...page);
      const expected = [entryId, running.entryId, ofTicket.entryId].map(String);
      expect(ids.sort()).toEqual(expected.sort());
      const [page] = await readPages(bench, 'timeEntries');
      expect(page?.rejected.map(({ sourceId }) => sourceId)).toEqual([String(running.entryId)]);
      expect(page?.rows).toContainEqual(
        expect.objectContaining({ sourceId: String(ofTicket.entryId), clientId: null }),
      );
    }));

  test('believes no list that is shorter than its count', () =>
    withBms({}, async (bench) => {
      addClosed(bench);
      addClosed(bench);
      bench.state.switches.hiddenRows = 1;
      const question = { ...window, clientIds: asked(bench).clientIds, signal: soon() };
      const count = async () => bench.connector.pull.present?.count(question);
      await expect(count()).rejects.toMatchObject({ kind: 'contract' });
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'contract' });
    }));
});

describe('pages', () => {
  const small = { settings: { pageSize: 2 } };

  test('lose no row to one that appears meanwhile, nor to a page that holds fewer than asked', () =>
    withBms(small, async (bench) => {
      const ids = Array.from({ length: 5 }, () => String(addClosed(bench).entryId));
      bench.state.switches.beforePage = (page, path) => {
        if (page === 2 && path === '/v2/timelogs') addClosed(bench);
      };
      const read = (await readRows(bench, 'timeEntries')).map(({ sourceId }) => sourceId);
      expect(ids.filter((id) => !read.includes(id))).toEqual([]);
      bench.state.switches.beforePage = null;
      bench.state.switches.pageSizeMax = 1;
      expect(await readRows(bench, 'timeEntries')).toHaveLength(6);
    }));

  test('of accounts are no larger than is requested elsewhere', () =>
    withBms({ settings: { pageSize: 1 } }, async (bench) => {
      bench.state.switches.pageSizeMax = 1;
      expect(await readRows(bench, 'clients')).toHaveLength(2);
      expect((await checked(bench)).get('clients')).toMatchObject({ status: 'ok' });
    }));

  test('that become fewer while they are read are not believed', () =>
    withBms(small, async (bench) => {
      for (let index = 0; index < 5; index += 1) addClosed(bench);
      bench.state.switches.beforePage = (page) => {
        if (page === 2) bench.state.times.pop();
      };
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'transient' });
    }));
});

test('a list whose Result is null, as the schema allows, is an empty one', () =>
  withBms({}, async (bench) => {
    bench.sandbox.faults.distort((json) => {
      const { Result } = json as { Result?: unknown };
      const isEmpty = Array.isArray(Result) && Result.length === 0;
      return isEmpty ? { ...(json as object), Result: null } : json;
    });
    expect(await readRows(bench, 'timeEntries')).toEqual([]);
    expect(await readRows(bench, 'invoices')).toEqual([]);
  }));

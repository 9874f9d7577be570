/** Remote sessions that an integration wrote into Halo. */
import { expect, test } from '@jest/globals';
import { asked, checked, type HalopsaBench, readAll, withHalopsa } from './bench.ts';

const isOn = { remoteSessions: true, pageSize: 2 };
const window = { since: '2026-03-02T00:00:00.000Z', until: '2026-03-04T00:00:00.000Z' };

const readSessions = (bench: HalopsaBench, change: Parameters<typeof asked>[1] = window) =>
  readAll(bench.connector.pull.sessions?.(asked(bench, change)));

test('a session has its agent, client, ticket and both ends', () =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    const ticketId = state.addTicket({ clientId: dupont, summary: 'Printer' });
    const id = state.addSession('2026-03-02T09:00:00Z', 1830, { clientId: dupont, ticketId });
    const { rows, rejected } = await readSessions(bench);
    expect(rejected).toEqual([]);
    expect(rows).toEqual([
      {
        sourceId: String(id),
        clientId: String(dupont),
        technicianId: String(state.agents[0]?.id),
        technician: 'Ann Roy',
        technicianEmail: null,
        device: null,
        ticketId: String(ticketId),
        entryId: null,
        startedAt: '2026-03-02T09:00:00.000Z',
        endedAt: '2026-03-02T09:30:30.000Z',
        updatedAt: '2026-03-02T09:30:30.000Z',
      },
    ]);
  }, isOn));

test('one that became an action names the time entry as it is read', () =>
  withHalopsa(async (bench) => {
    const { state, connector, dupont } = bench;
    const ticketId = state.addTicket({ clientId: dupont, summary: 'Printer' });
    const start = '2026-03-02T09:00:00Z';
    const action = state.addAction(ticketId, { seconds: 1800, start });
    state.addSession(start, 1800, { clientId: dupont, ticketId, action });
    state.addSession(start, 1800, { clientId: dupont, action });
    const { rows } = await readSessions(bench);
    const times = await readAll(
      connector.pull.ticketTime?.([String(ticketId)], new AbortController().signal),
    );
    expect(rows.map(({ entryId }) => entryId)).toEqual([null, times.rows[0]?.sourceId]);
  }, isOn));

test('one without a client has that of its caller, or none; those of others are left out', () =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    const other = state.addClient('Not configured');
    const none = state.addSession('2026-03-02T09:00:00Z', 60);
    const caller = state.addSession('2026-03-02T10:00:00Z', 60, { matchedClient: dupont });
    state.addSession('2026-03-02T11:00:00Z', 60, { clientId: other });
    state.addSession('2026-03-02T11:00:00Z', 60, { clientId: other, endMs: null });
    const { rows, rejected } = await readSessions(bench);
    expect(rows.map((row) => [row.sourceId, row.clientId])).toEqual([
      [String(caller), String(dupont)],
      [String(none), null],
    ]);
    expect(rejected).toEqual([]);
  }, isOn));

test('one that goes on is read once it is finished, and reported if a day passes', () =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    const open = { clientId: dupont, isFinished: false, endMs: null };
    state.addSession('2026-03-01T08:00:00Z', 0, { ...open, startMs: null, agentId: null });
    const lost = state.addSession('2026-03-02T08:00:00Z', 0, { ...open, isFinished: null });
    const id = state.addSession('2026-03-03T20:00:00Z', 0, open);
    const first = await readSessions(bench);
    expect(first.rows).toEqual([]);
    expect(first.rejected.map(({ sourceId, reason }) => [sourceId, reason])).toEqual([
      [
        String(lost),
        `Remote session ${lost} is not finished after a day: its end was never recorded.`,
      ],
    ]);
    const session = state.sessions.find((one) => one.id === id);
    const endMs = Date.parse('2026-03-04T01:00:00Z');
    Object.assign(session ?? {}, { isFinished: true, endMs });
    const later = { since: '2026-03-04T00:00:00.000Z', until: '2026-03-05T00:00:00.000Z' };
    const second = await readSessions(bench, later);
    expect(second.rows.map(({ sourceId }) => sourceId)).toEqual([String(id)]);
    expect(second.rejected).toEqual([]);
  }, isOn));

test.each([
  ['an agent', { agentId: null }, 'names no agent'],
  ['a start', { startMs: null }, 'has no sessionstartdate'],
  ['an end', { endMs: null }, 'is finished without a sessionenddate'],
  ['an end after its start', { endMs: Date.parse('2026-03-02T08:00:00Z') }, 'ends before'],
  ['an end on the same day', { endMs: Date.parse('2026-03-03T12:00:00Z') }, 'longer than a day'],
])('one without %s is quarantined', (_, fields, reason) =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    state.addSession('2026-03-02T09:00:00Z', 60, { clientId: dupont, ...fields });
    state.addSession('2026-03-02T10:00:00Z', 60, { clientId: dupont });
    const { rows, rejected } = await readSessions(bench);
    expect(rows).toHaveLength(1);
    expect(rejected.map((one) => one.reason)).toEqual([expect.stringContaining(reason)]);
    // Only what is compared: no password, no phone number, nothing that was said.
    expect(JSON.stringify(rejected)).not.toMatch(/secret|\+33|printer|paula/i);
  }, isOn),
);

test('one that was written into Halo hours after it ended is not lost', () =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    const id = state.addSession('2026-03-02T01:00:00Z', 600, { clientId: dupont });
    const { rows } = await readSessions(bench, { ...window, since: '2026-03-02T20:00:00.000Z' });
    expect(rows.map(({ sourceId }) => sourceId)).toEqual([String(id)]);
  }, isOn));

test('the list is read back to a day before the window, and no further', () =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    for (let day = 1; day <= 20; day += 1) {
      const start = `2026-02-${String(day).padStart(2, '0')}T09:00:00Z`;
      state.addSession(start, 60, { clientId: dupont });
    }
    state.addSession('2026-03-02T09:00:00Z', 60, { clientId: dupont });
    const { rows } = await readSessions(bench);
    expect(rows).toHaveLength(1);
    const lists = bench.requests().filter((line) => line.endsWith('/RemoteSession'));
    expect(lists).toHaveLength(2);
    expect(
      (await readSessions(bench, { ...window, since: '2026-02-01T00:00:00.000Z' })).rows,
    ).toHaveLength(21);
  }, isOn));

test('a list in another order is refused, and check says so', () =>
  withHalopsa(async (bench) => {
    const { state, sandbox, dupont } = bench;
    for (const hour of ['09', '10', '11']) {
      state.addSession(`2026-03-02T${hour}:00:00Z`, 60, { clientId: dupont });
    }
    expect((await checked(bench)).get('fact.session-order')).toMatchObject({ status: 'ok' });
    sandbox.tenant.ignores.add('orderdesc');
    await expect(readSessions(bench)).rejects.toMatchObject({ kind: 'contract' });
    expect((await checked(bench)).get('fact.session-order')).toMatchObject({ status: 'failed' });
    await expect(readSessions(bench)).rejects.toMatchObject({ kind: 'config' });
    sandbox.tenant.ignores.clear();
    await checked(bench);
    expect((await readSessions(bench)).rows).toHaveLength(3);
  }, isOn));

test.each([
  ['session-ends', { endMs: null }],
  ['session-agent', { agentId: null }],
] as const)('check verifies %s by what is there', (id, fields) =>
  withHalopsa(async (bench) => {
    const { state, dupont } = bench;
    state.addSession('2026-03-02T09:00:00Z', 60, { clientId: dupont, ...fields });
    expect((await checked(bench)).get(`fact.${id}`)).toMatchObject({ status: 'failed' });
    await expect(readSessions(bench)).rejects.toMatchObject({ kind: 'config' });
    state.addSession('2026-03-02T10:00:00Z', 60, { clientId: dupont });
    expect((await checked(bench)).get(`fact.${id}`)).toMatchObject({ status: 'ok' });
    expect((await readSessions(bench)).rows).toHaveLength(1);
  }, isOn),
);

test('they are only read where the config says so', () =>
  withHalopsa(async (bench) => {
    bench.state.addSession('2026-03-02T09:00:00Z', 60, { clientId: bench.dupont });
    expect(await readSessions(bench)).toEqual({ rows: [], rejected: [] });
    const ids = [...(await checked(bench)).keys()];
    expect(ids.filter((id) => id.includes('session'))).toEqual([]);
    expect(bench.requests().filter((line) => line.includes('RemoteSession'))).toEqual([]);
  }));

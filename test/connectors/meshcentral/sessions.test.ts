import { describe, expect, test } from '@jest/globals';
import { meshcentral } from '../../../connectors/meshcentral/index.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { actionsOf, dayMs, readSessions, withMeshcentral } from './bench.ts';
import { idOf } from './subject.ts';

const endedMs = Date.parse(new Date().toISOString()) - 60_000;
const noon = new Date(endedMs).toISOString();

describe('A session', () => {
  test('ends when it was logged, began its length before, and names technician, device and group', () =>
    withMeshcentral(async (bench) => {
      const { state } = bench.sandbox;
      const event = state.addSession({ node: bench.devices.dupont, seconds: 754, endedMs });
      const { rows, rejected } = await readSessions(bench);
      expect(rejected).toEqual([]);
      expect(rows).toEqual([
        {
          sourceId: idOf(event),
          clientId: bench.groups.dupont,
          technicianId: 'user//tess',
          technician: 'Tess Tech',
          technicianEmail: 'tess@msp.test',
          device: 'PC-1',
          ticketId: null,
          entryId: null,
          startedAt: new Date(endedMs - 754_000).toISOString(),
          endedAt: noon,
          updatedAt: noon,
        },
      ]);
    }));

  test('is the same row, by the same id, whatever the database writes for its time', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession({ endedMs });
      const documents = await readSessions(bench);
      bench.sandbox.state.isSql = true;
      expect(await readSessions(bench)).toEqual(documents);
    }));

  test('of a desktop and of its files are two, though they end at one time', () =>
    withMeshcentral(async (bench) => {
      for (const protocol of [2, 5]) bench.sandbox.state.addSession({ endedMs, protocol });
      const { rows } = await readSessions(bench);
      expect(new Set(rows.map(({ sourceId }) => sourceId)).size).toBe(2);
    }));

  test('without a length or a user is set aside with the reason, never guessed', () =>
    withMeshcentral(async (bench) => {
      const { state } = bench.sandbox;
      state.addSession({ seconds: null, msgid: 5 });
      state.addSession({ user: null, msgid: 144 });
      state.addSession();
      const { rows, rejected } = await readSessions(bench);
      expect(rows).toHaveLength(1);
      expect(rejected.map(({ reason }) => reason)).toEqual([
        'length: the session has no length in whole seconds, so its start is not known',
        'userid: the session names no user',
      ]);
    }));

  test('of a guest is no technician’s', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession({ guestname: 'Bob' });
      expect(await readSessions(bench)).toMatchObject({ rows: [], rejected: [] });
    }));

  test('of another client is not read, even one that could not be', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession({ node: bench.devices.martin, seconds: null });
      const read = await readSessions(bench, { clientIds: [bench.groups.dupont] });
      expect(read).toMatchObject({ rows: [], rejected: [] });
    }));

  test('that does not name its group belongs to that of its device; a deleted one has none', () =>
    withMeshcentral(async (bench) => {
      const { state } = bench.sandbox;
      state.addSession({ node: bench.devices.martin, hasGroup: false });
      state.addSession({ node: 'node//gone', endedMs });
      const { rows } = await readSessions(bench);
      expect(rows.map(({ clientId, device }) => [clientId, device])).toEqual([
        [null, null],
        [bench.groups.martin, 'PC-2'],
      ]);
    }));

  test('of a device that was deleted since keeps its name while it is read again', () =>
    withMeshcentral(async (bench) => {
      const { state } = bench.sandbox;
      state.addSession({ node: bench.devices.dupont });
      const before = await readSessions(bench);
      state.nodes.delete(bench.devices.dupont);
      // Another process, a day later.
      const context = createTestContext({ now: () => Date.now() + 1.5 * dayMs });
      await context.memory.set('devices', bench.context.kept.get('devices') ?? '');
      bench.sandbox.faults.distort((json) => withServerTime(json, context.now()));
      const config = meshcentral.config.parse(bench.sandbox.settings);
      const later = { ...bench, context, connector: meshcentral.create(config, context) };
      expect((await readSessions(later)).rows).toEqual(before.rows);
    }));

  test('of a user who was deleted still bears the login', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession({ user: 'user//gone' });
      const { rows } = await readSessions(bench);
      expect(rows[0]).toMatchObject({ technician: 'gone', technicianEmail: null });
    }));
});

describe('A pass', () => {
  test('reads day by day, and on from any of them', () =>
    withMeshcentral(async (bench) => {
      const { state } = bench.sandbox;
      for (let day = 0; day < 6; day += 1) state.addSession({ endedMs: endedMs - day * dayMs });
      const since = new Date(Date.now() - 5 * dayMs).toISOString();
      const all = await readSessions(bench, { since });
      expect(all.rows).toHaveLength(6);
      expect(actionsOf(bench).filter((action) => action === 'report')).toHaveLength(6);
      for (const [index, resume] of all.resumes.entries()) {
        if (resume === null) continue;
        const rest = await readSessions(bench, { since, resume });
        expect(rest.resumes).toEqual(all.resumes.slice(index + 1));
        const ids = new Set(rest.rows.map(({ sourceId }) => sourceId));
        expect(ids.size).toBe(all.rows.length - index - 1);
      }
    }));

  test('that is quiet asks one report, and keeps names for a day', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession();
      await readSessions(bench);
      const sent = actionsOf(bench).length;
      await readSessions(bench);
      expect(actionsOf(bench).slice(sent)).toEqual(['report']);
    }));

  test('sees an end that was written down late, less than a day', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession({ endedMs: Date.now() - 23 * 3_600_000 });
      expect((await readSessions(bench)).rows).toHaveLength(1);
    }));

  test('survives a connection that breaks within a report', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addSession();
      bench.sandbox.faults.add('lost-answer', { path: /report/, times: 2 });
      expect((await readSessions(bench)).rows).toHaveLength(1);
    }));

  test('gives up on a report without an answer, without asking for it again', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.silent.add('report');
      await expect(readSessions(bench)).rejects.toMatchObject({
        kind: 'transient',
        message: expect.stringMatching(/^report: .* no answer in 1000 ms/),
      });
      expect(actionsOf(bench)).toEqual(['report']);
    }));

  test('says where it asks for more than the server keeps, and check says so too', () =>
    withMeshcentral(async (bench) => {
      const since = new Date(Date.now() - 40 * dayMs).toISOString();
      await readSessions(bench, { since });
      expect(bench.context.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
      const { connector, groups } = bench;
      const results = await connector.check([groups.dupont], AbortSignal.timeout(20_000));
      expect(results.find(({ id }) => id === 'retention')).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining(since.slice(0, 10)),
        fix: expect.stringContaining('dbexpire.events'),
      });
    }));
});

function withServerTime(json: unknown, serverTime: number): unknown {
  const { serverinfo } = json as { serverinfo?: object };
  return serverinfo === undefined
    ? json
    : { ...(json as object), serverinfo: { ...serverinfo, serverTime } };
}

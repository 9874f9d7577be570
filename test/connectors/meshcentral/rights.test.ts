/** A report says nothing of what it leaves out: rights are what tells. */
import { describe, expect, test } from '@jest/globals';
import { meshcentral } from '../../../connectors/meshcentral/index.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { type Bench, check, readSessions, withMeshcentral } from './bench.ts';

/** Manages users, and is in some groups. */
function restrict({ sandbox }: Bench, ...groups: string[]): void {
  sandbox.account.siteadmin = 2;
  sandbox.account.links = Object.fromEntries(groups.map((id) => [id, { rights: 1 }]));
}

describe('An account', () => {
  test('that manages all groups is shown everything', () =>
    withMeshcentral(async (bench) => {
      const results = await check(bench);
      const bad = [...results.values()].filter(({ status }) => status === 'failed');
      expect(bad).toEqual([]);
      expect(results.get('permission.groups')?.detail).toMatch(/all 2 device groups/);
      expect(results.get('certificate')?.status).toBe('ok');
      // The service account has none, and needs none.
      expect(results.get('permission.users')).toMatchObject({ status: 'ok' });
    }));

  test('is told who of the others has no e-mail address', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.addUser('rita');
      expect((await check(bench)).get('permission.users')).toMatchObject({
        status: 'warning',
        detail: '2 other users are shown; without an e-mail address: rita.',
      });
    }));

  test('without the right to manage users is refused, since it is shown its own sessions alone', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.account.siteadmin = 0;
      await expect(readSessions(bench)).rejects.toMatchObject({
        kind: 'permission',
        fix: expect.stringContaining('Manage Users'),
      });
      expect((await check(bench)).get('auth')).toMatchObject({ status: 'failed' });
    }));

  test('in some groups only is refused for the others, and check names what it is shown', () =>
    withMeshcentral(async (bench) => {
      restrict(bench, bench.groups.dupont, 'ugrp//team');
      await expect(readSessions(bench)).rejects.toMatchObject({
        kind: 'permission',
        message: expect.stringContaining(bench.groups.martin),
      });
      const read = await readSessions(bench, { clientIds: [bench.groups.dupont] });
      expect(read.rejected).toEqual([]);
      const results = await check(bench);
      expect(results.get('permission.groups')).toMatchObject({
        status: 'warning',
        detail: 'The report shows sessions of these device groups only: Dupont.',
      });
      expect(results.get(`client.${bench.groups.martin}`)).toMatchObject({ status: 'failed' });
    }));

  test('that is a full administrator but does not manage all groups is in some groups only', () =>
    withMeshcentral(async (bench) => {
      bench.sandbox.state.managers.clear();
      await expect(readSessions(bench)).rejects.toMatchObject({ kind: 'permission' });
    }));

  test('that sees no group at all is refused, and reads no empty list', () =>
    withMeshcentral(async (bench) => {
      restrict(bench);
      const listed = bench.connector.listClients?.(AbortSignal.timeout(5_000));
      await expect(listed).rejects.toMatchObject({ kind: 'permission' });
    }));

  test.each([
    [{ cause: 'noauth', msg: 'tokenrequired' }, 'auth', /login token/],
    [{ cause: 'noauth', msg: 'noauth-2d' }, 'auth', /user and password/],
    [{ cause: 'notools', msg: 'notools' }, 'permission', /No Tools/],
  ])('that the server closes with %j is told what to do', (refusal, kind, fix) =>
    withMeshcentral(async (bench) => {
      bench.sandbox.faults.distort(() => ({ action: 'close', ...refusal }));
      await expect(readSessions(bench)).rejects.toMatchObject({
        kind,
        fix: expect.stringMatching(fix),
      });
      // One try: failed logins add up to a block.
      expect(bench.sandbox.exchanges).toHaveLength(1);
    }),
  );
});

test('a server that quotes the login, as text or as it was sent, is not quoted', () =>
  withMeshcentral(async (bench) => {
    const { password } = bench.sandbox.settings;
    const sent = Buffer.from(password).toString('base64');
    const said = { action: 'close', cause: 'noauth', msg: `no ${password} or ${sent}` };
    bench.sandbox.faults.distort(() => said);
    const results = await check(bench);
    expect(results.get('auth')?.detail).toContain('no [secret] or [secret]');
  }));

test('a device group that is not there, or lost its name, is told', () =>
  withMeshcentral(async (bench) => {
    const results = await bench.connector.check(['mesh//none'], AbortSignal.timeout(5_000));
    expect(results.find(({ id }) => id === 'client.mesh//none')).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('prepaid-hours clients'),
    });
    bench.sandbox.faults.add('bad-row');
    const request = {
      since: '1970-01-01T00:00:00.000Z',
      until: new Date().toISOString(),
      ...{ resume: null, isStored: true, clientIds: [], signal: AbortSignal.timeout(5_000) },
      whenStored: async () => {},
    };
    const pages = [];
    for await (const page of bench.connector.pull.clients?.(request) ?? []) pages.push(page);
    expect(pages.map(({ rows, rejected }) => [rows.length, rejected[0]?.sourceId])).toEqual([
      [1, bench.groups.dupont],
    ]);
  }));

test('a report that holds other days than those asked for stops the reading', () =>
  withMeshcentral(async (bench) => {
    bench.sandbox.state.addSession();
    const old = new Date(Date.now() - 9 * 86_400_000).getTime();
    bench.sandbox.faults.distort((json) =>
      JSON.parse(JSON.stringify(json), (key, value) => (key === 'time' ? old : value)),
    );
    expect((await check(bench)).get('fact.report-range')).toMatchObject({ status: 'failed' });
    await expect(readSessions(bench)).rejects.toMatchObject({ kind: 'config' });
  }));

test('our clock ahead of the server’s stops the reading', () =>
  withMeshcentral(async (bench) => {
    const context = createTestContext({ now: () => Date.now() + 3_600_000 });
    const config = meshcentral.config.parse(bench.sandbox.settings);
    const ahead = { ...bench, context, connector: meshcentral.create(config, context) };
    await expect(readSessions(ahead)).rejects.toMatchObject({ kind: 'config' });
  }));

test.each(['https://mesh.test/control.ashx', 'http://mesh.test', 'wss://mesh.test'])(
  'the address %s is refused by the config',
  (baseUrl) => {
    const settings = { baseUrl, user: 'a', password: 'b' };
    expect(meshcentral.config.safeParse(settings).success).toBe(false);
  },
);

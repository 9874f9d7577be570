import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { facts } from '../../../connectors/ninjaone/facts.ts';
import { ninjaone } from '../../../connectors/ninjaone/index.ts';
import type { CheckResult } from '../../../src/contract/connector.ts';
import { asked, type NinjaoneBench, readAll, soon, withNinjaone } from './bench.ts';

function byId(results: readonly CheckResult[]): Map<string, CheckResult> {
  return new Map(results.map((result) => [result.id, result]));
}

/** A tenant with a closed ticket with time, an open one, and a session. */
function addWork({ state }: NinjaoneBench): number {
  const dupont = state.addOrganization('Dupont');
  const technicianId = state.addTechnician('Ada', 'Byron');
  const deviceId = state.addDevice(dupont, 'PC1');
  const ticketId = state.addTicket({
    organizationId: dupont,
    subject: 'A',
    at: '2026-03-02T09:00:00Z',
  });
  state.addTime({ ticketId, technicianId, seconds: 900, at: '2026-03-02T10:00:00Z' });
  state.closeTicket(ticketId, '2026-03-02T10:00:00Z');
  state.addTicket({ organizationId: dupont, subject: 'B' });
  state.addSession({
    deviceId,
    technicianId,
    startedAt: '2026-03-02T09:00:00Z',
    endedAt: '2026-03-02T09:30:00Z',
  });
  return dupont;
}

describe('The check of NinjaOne', () => {
  test('says what it found, and verifies by reading what it can', () =>
    withNinjaone(async (bench) => {
      const dupont = addWork(bench);
      const results = byId(await bench.connector.check([String(dupont)], soon()));
      expect(results.get('auth')?.detail).toMatch(/1 organizations\.$/);
      expect(results.get('name.closed-statuses')?.detail).toBe(
        'Closed means: Closed. Not closed: New, Open, Waiting, Resolved.',
      );
      for (const fact of ['board-sort', 'board-organization', 'total-time', 'activity-type']) {
        expect(results.get(`fact.${fact}`)).toMatchObject({ status: 'ok' });
        expect(bench.context.kept.get(`fact.${fact}`)).toMatch(/^yes/);
      }
      expect(results.get('fact.ticket-create')).toMatchObject({
        status: 'warning',
        fix: expect.stringMatching(/--probe/),
      });
    }));

  test('names every name that NinjaOne does not have', () =>
    withNinjaone(
      async (bench) => {
        addWork(bench);
        const results = await bench.connector.check(['999'], soon());
        const failed = results.filter(({ status }) => status === 'failed');
        expect(failed.map(({ id }) => id)).toEqual([
          'permission.tickets',
          'name.closed-statuses',
          'permission.log-entries',
          'client.999',
          'name.alerts',
          'permission.custom-fields',
        ]);
        const details = failed.map(({ detail, fix }) => `${detail} ${fix}`).join('\n');
        expect(details).toMatch(/"Nowhere".*"Done".*"No form"/s);
      },
      {
        settings: {
          boards: ['Nowhere'],
          closedStatuses: ['Done'],
          alerts: { ticketForm: 'No form', status: 'New' },
        },
      },
    ));

  test('asks for closedStatuses where no built-in status is called Closed', () =>
    withNinjaone(async (bench) => {
      addWork(bench);
      for (const status of bench.state.statuses) {
        if (status.name === 'CLOSED') Object.assign(status, { name: 'X', displayName: 'Fermé' });
      }
      const results = byId(await bench.connector.check([], soon()));
      expect(results.get('name.closed-statuses')).toMatchObject({
        status: 'failed',
        fix: 'Write under closedStatuses which of these mean closed: New, Open, Waiting, Resolved, Fermé.',
      });
    }));

  test('fails for a missing permission, and for an older build that lacks a list', () =>
    withNinjaone(
      async (bench) => {
        const dupont = addWork(bench);
        bench.sandbox.faults.add('forbidden', { path: /activities$/, times: 9 });
        const results = byId(await bench.connector.check([String(dupont)], soon()));
        expect(results.get('permission.activities')?.status).toBe('failed');
        expect(results.get('permission.technicians')).toMatchObject({
          status: 'failed',
          detail: '/v2/users is not on this NinjaOne instance (404).',
        });
        expect(results.get('permission.custom-fields')?.status).toBe('failed');
      },
      { sandbox: { isOldBuild: true } },
    ));

  test('finds out that a board is not sorted as asked', () =>
    withNinjaone(async (bench) => {
      addWork(bench);
      bench.sandbox.ignoresSort = true;
      const results = byId(await bench.connector.check([], soon()));
      expect(results.get('fact.board-sort')).toMatchObject({ status: 'warning' });
      expect(bench.context.kept.get('fact.board-sort')).toMatch(/^no/);
    }));
});

describe('The probe of NinjaOne', () => {
  test('verifies with one ticket and one comment, and names what it leaves behind', () =>
    withNinjaone(async (bench) => {
      const dupont = addWork(bench);
      await bench.connector.check([String(dupont)], soon());
      const results = byId((await bench.connector.probe?.(String(dupont), soon())) ?? []);
      expect([...results.values()].filter(({ status }) => status === 'failed')).toEqual([]);
      const kept = [...bench.context.kept].filter(([key]) => key.startsWith('fact.'));
      expect(kept.map(([, answer]) => answer)).toEqual(
        Array(9).fill(expect.stringMatching(/^yes/)),
      );
      const made = [...bench.state.tickets.values()].filter(({ subject }) =>
        /^Test by/.test(subject),
      );
      expect(made).toHaveLength(1);
      expect(results.get('probe.removed')?.detail).toContain(`#${made[0]?.id}`);
    }));

  test('that is refused stores the answer, and alerts then refuse with the reason', () =>
    withNinjaone(
      async (bench) => {
        const clientId = String(addWork(bench));
        const results = byId((await bench.connector.probe?.(clientId, soon())) ?? []);
        expect(results.get('probe.ticket-create')).toMatchObject({
          status: 'failed',
          detail: expect.stringMatching(/user_context_required/),
        });
        expect(results.get('fact.ticket-create')?.detail).toMatch(/^Verified false/);
        const message = { key: 'k', clientId, subject: 'S', body: 'B' };
        await expect(
          bench.connector.push['alert-ticket']?.create(message, soon()),
        ).rejects.toMatchObject({
          kind: 'config',
          message: expect.stringMatching(/ticket-create was verified false/),
        });
      },
      { sandbox: { refusesTicketWrites: true } },
    ));

  test('that shows lost changes keeps tickets from being read', () =>
    withNinjaone(async ({ context, connector }) => {
      await context.memory.set('fact.comment-moves-ticket', 'no');
      await expect(readAll(connector.pull.tickets?.(asked([1])))).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringMatching(/comment-moves-ticket was verified false/),
      });
    }));
});

test('The NinjaOne README lists every fact that is relied on', () => {
  const readme = readFileSync('connectors/ninjaone/README.md', 'utf8');
  expect(Object.keys(facts.rows).filter((id) => !readme.includes(`| \`${id}\``))).toEqual([]);
});

describe('The settings of NinjaOne', () => {
  const good = { baseUrl: 'https://eu.ninjarmm.com/', clientId: 'a', clientSecret: 'b' };

  test('take the host alone, over https', () => {
    expect(ninjaone.config.parse(good)).toMatchObject({ baseUrl: 'https://eu.ninjarmm.com' });
    for (const baseUrl of [
      'https://eu.ninjarmm.com/v2',
      'http://eu.ninjarmm.com',
      'eu.ninjarmm.com',
    ]) {
      expect(ninjaone.config.safeParse({ ...good, baseUrl }).success).toBe(false);
    }
  });

  test('refuse what is misspelt', () => {
    expect(ninjaone.config.safeParse({ ...good, board: ['A'] }).success).toBe(false);
  });
});

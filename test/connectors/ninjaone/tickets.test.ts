import { describe, expect, test } from '@jest/globals';
import { asked, readAll, withNinjaone } from './bench.ts';

describe('NinjaOne organizations', () => {
  test('are read to their empty page', () =>
    withNinjaone(
      async ({ state, connector, restart, takeRequests }) => {
        const ids = ['A', 'B', 'C', 'D', 'E'].map((name) => state.addOrganization(name));
        const first = await readAll(connector.pull.clients?.(asked(ids)));
        expect(first.rows.map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D', 'E']);
        expect(takeRequests()).toHaveLength(4);

        const second = await readAll(restart().pull.clients?.(asked(ids)));
        expect(second).toEqual(first);
        expect(takeRequests()).toHaveLength(4);

        state.renameOrganization(ids[0] ?? 0, 'A2');
        const third = await readAll(restart().pull.clients?.(asked(ids)));
        expect(third.rows[0]?.name).toBe('A2');
        expect(takeRequests()).toHaveLength(4);
      },
      { settings: { pageSize: 2 } },
    ));

  test('go on after the last stored page', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const ids = ['A', 'B', 'C'].map((name) => state.addOrganization(name));
        const rest = connector.pull.clients?.(asked(ids, { resume: String(ids[1]) }));
        expect((await readAll(rest)).rows.map(({ name }) => name)).toEqual(['C']);
      },
      { settings: { pageSize: 2 } },
    ));
});

describe('NinjaOne tickets', () => {
  test('name the organization by its id, and say when they were closed', () =>
    withNinjaone(async ({ state, connector }) => {
      const dupont = state.addOrganization('Dupont');
      const id = state.addTicket({
        organizationId: dupont,
        subject: 'Printer',
        at: '2026-03-02T09:00:00Z',
      });
      state.closeTicket(id, '2026-03-02T11:30:00.500Z');
      const { rows } = await readAll(connector.pull.tickets?.(asked([dupont])));
      expect(rows).toEqual([
        {
          sourceId: String(id),
          number: String(id),
          source: 'TECHNICIAN',
          clientId: String(dupont),
          summary: 'Printer',
          board: 'All tickets',
          ticketType: null,
          agreement: null,
          ids: { board: '2' },
          status: 'Closed',
          isClosed: true,
          closedAt: '2026-03-02T11:30:00.500Z',
          mergedInto: null,
          updatedAt: '2026-03-02T11:30:00.500Z',
        },
      ]);
    }));

  test('that are on two boards come once, and those on one board are not missed', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const dupont = state.addOrganization('Dupont');
        const ids = Array.from({ length: 7 }, (_, index) =>
          state.addTicket({
            organizationId: dupont,
            subject: `T${index}`,
            at: Date.parse('2026-03-02T09:00:00Z') + index * 1000,
          }),
        );
        for (const id of ids.slice(0, 3)) state.closeTicket(id, '2026-03-03T09:00:00Z');
        const { rows } = await readAll(connector.pull.tickets?.(asked([dupont])));
        expect(rows.map(({ sourceId }) => Number(sourceId)).sort()).toEqual(ids);
      },
      { settings: { pageSize: 2 } },
    ));

  test('older than the watermark are not paged through', () =>
    withNinjaone(
      async ({ state, connector, takeRequests }) => {
        const dupont = state.addOrganization('Dupont');
        const dayMs = 86_400_000;
        const firstMs = Date.parse('2026-03-02T09:00:00Z');
        const ids = Array.from({ length: 9 }, (_, index) =>
          state.addTicket({
            organizationId: dupont,
            subject: `T${index}`,
            at: firstMs + index * dayMs,
          }),
        );
        await readAll(connector.pull.tickets?.(asked([dupont])));
        takeRequests();
        const since = new Date(firstMs + 7 * dayMs).toISOString();
        const { rows } = await readAll(connector.pull.tickets?.(asked([dupont], { since })));
        expect(rows.map(({ sourceId }) => Number(sourceId))).toEqual([ids[8], ids[7]]);
        expect(takeRequests()).toEqual(Array(2).fill('POST /v2/ticketing/trigger/board/2/run'));
      },
      { settings: { pageSize: 2, boards: ['All tickets'] } },
    ));

  test('of two organizations with one name are told apart by the ticket itself', () =>
    withNinjaone(async ({ state, connector, takeRequests }) => {
      const [one = 0, two = 0] = [state.addOrganization('Twin'), state.addOrganization('Twin')];
      const [a, b] = [
        state.addTicket({ organizationId: one, subject: 'A' }),
        state.addTicket({ organizationId: two, subject: 'B' }),
      ];
      const { rows } = await readAll(connector.pull.tickets?.(asked([one, two])));
      const clients = new Map(rows.map(({ sourceId, clientId }) => [sourceId, clientId]));
      expect(clients.get(String(a))).toBe(String(one));
      expect(clients.get(String(b))).toBe(String(two));
      expect(takeRequests()).toContain(`GET /v2/ticketing/ticket/${a}`);
    }));

  test('that a board lists but cannot be opened are quarantined, not treated as without a client', () =>
    withNinjaone(async ({ state, connector, context }) => {
      const dupont = state.addOrganization('Dupont');
      const id = state.addTicket({ organizationId: dupont, subject: 'A' });
      await context.memory.set('fact.board-organization', 'no');
      state.unopenable.add(id);
      const { rows, rejected } = await readAll(connector.pull.tickets?.(asked([dupont])));
      expect(rows).toEqual([]);
      expect(rejected).toMatchObject([
        { sourceId: String(id), reason: expect.stringContaining('stays as last read') },
      ]);
    }));

  test('follow a renaming by which one organization takes another’s name', () =>
    withNinjaone(async ({ state, connector, restart }) => {
      const [one = 0, two = 0] = ['Alpha', 'Beta'].map((name) => state.addOrganization(name));
      await readAll(connector.pull.clients?.(asked([one, two])));
      state.renameOrganization(two, 'Gamma');
      state.renameOrganization(one, 'Beta');
      state.addTicket({ organizationId: one, subject: 'Now Beta' });
      const next = restart();
      await readAll(next.pull.clients?.(asked([one, two])));
      const { rows } = await readAll(next.pull.tickets?.(asked([one, two])));
      expect(rows.map(({ clientId }) => clientId)).toEqual([String(one)]);
    }));

  test('of clients that nobody requested are left out, those without a client are not', () =>
    withNinjaone(async ({ state, connector }) => {
      const [ours = 0, other = 0] = ['Ours', 'Other'].map((name) => state.addOrganization(name));
      state.addTicket({ organizationId: other, subject: 'Not ours' });
      const lost = state.addTicket({ organizationId: null, subject: 'Whose?' });
      const { rows } = await readAll(connector.pull.tickets?.(asked([ours])));
      expect(rows).toMatchObject([{ sourceId: String(lost), clientId: null }]);
    }));

  test('count as closed in a status below the built-in one, or in those the config names', () =>
    withNinjaone(async ({ state, connector, restart }) => {
      const dupont = state.addOrganization('Dupont');
      state.addStatus('Billed', 'CLOSED');
      const billed = state.addTicket({ organizationId: dupont, subject: 'A', status: 'Billed' });
      const resolved = state.addTicket({
        organizationId: dupont,
        subject: 'B',
        status: 'Resolved',
      });
      const closedIn = async (from: typeof connector): Promise<string[]> => {
        const { rows } = await readAll(from.pull.tickets?.(asked([dupont])));
        return rows.filter(({ isClosed }) => isClosed).map(({ sourceId }) => sourceId);
      };
      expect(await closedIn(connector)).toEqual([String(billed)]);
      const configured = restart({ closedStatuses: ['Resolved'] });
      expect(await closedIn(configured)).toEqual([String(resolved)]);
    }));

  test('in a status that was just created are read, since the statuses are then read again', () =>
    withNinjaone(async ({ state, connector }) => {
      const dupont = state.addOrganization('Dupont');
      state.addTicket({ organizationId: dupont, subject: 'A' });
      await readAll(connector.pull.tickets?.(asked([dupont])));
      state.addStatus('Billed', 'CLOSED');
      state.addTicket({ organizationId: dupont, subject: 'B', status: 'Billed' });
      const { rows, rejected } = await readAll(connector.pull.tickets?.(asked([dupont])));
      expect(rejected).toEqual([]);
      expect(rows.find(({ summary }) => summary === 'B')).toMatchObject({ isClosed: true });
    }));
});

describe('NinjaOne boards', () => {
  test('that lack a needed column stop the reading and are named', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const dupont = state.addOrganization('Dupont');
        state.addBoard('Narrow', () => true, ['id', 'summary', 'status', 'organization']);
        await expect(readAll(connector.pull.tickets?.(asked([dupont])))).rejects.toMatchObject({
          kind: 'config',
          message: 'The ticket board "Narrow" does not offer the column lastUpdated.',
        });
      },
      { settings: { boards: ['Narrow'] } },
    ));

  test('without the columns that spare requests still serve', () =>
    withNinjaone(
      async ({ state, connector }) => {
        const dupont = state.addOrganization('Dupont');
        const columns = ['id', 'summary', 'status', 'organization', 'lastUpdated'];
        state.addBoard('Bare', () => true, columns);
        const id = state.addTicket({ organizationId: dupont, subject: 'A' });
        state.closeTicket(id);
        const { rows } = await readAll(connector.pull.tickets?.(asked([dupont])));
        expect(rows).toMatchObject([{ sourceId: String(id), isClosed: true, closedAt: null }]);
      },
      { settings: { boards: ['Bare'] } },
    ));

  test('that are chosen differently are not answered from an older choice', () =>
    withNinjaone(async ({ state, connector, restart }) => {
      const dupont = state.addOrganization('Dupont');
      const id = state.addTicket({ organizationId: dupont, subject: 'A' });
      state.closeTicket(id);
      const open = restart({ boards: ['Open tickets'] });
      expect((await readAll(open.pull.tickets?.(asked([dupont])))).rows).toEqual([]);
      expect((await readAll(connector.pull.tickets?.(asked([dupont])))).rows).toHaveLength(1);
      const missing = restart({ boards: ['Nowhere'] }).pull.tickets?.(asked([dupont]));
      await expect(readAll(missing)).rejects.toMatchObject({
        kind: 'config',
        fix: 'Write one of these under boards: Open tickets, All tickets.',
      });
    }));

  test('that none can see are never read as no tickets', () =>
    withNinjaone(async ({ state, connector }) => {
      state.boards.length = 0;
      const read = readAll(connector.pull.tickets?.(asked([1])));
      await expect(read).rejects.toMatchObject({ kind: 'config' });
    }));

  test('that are not sorted as asked are read whole', () =>
    withNinjaone(
      async ({ state, connector, sandbox }) => {
        const dupont = state.addOrganization('Dupont');
        const at = Date.parse('2026-03-02T09:00:00Z');
        const ids = [0, 1, 2, 3, 4].map((day) =>
          state.addTicket({
            organizationId: dupont,
            subject: `T${day}`,
            at: at + day * 86_400_000,
          }),
        );
        sandbox.ignoresSort = true;
        state.closeTicket(ids[0] ?? 0, '2026-03-20T09:00:00Z');
        const since = '2026-03-10T00:00:00.000Z';
        const { rows } = await readAll(connector.pull.tickets?.(asked([dupont], { since })));
        expect(rows.map(({ sourceId }) => Number(sourceId))).toEqual([ids[0]]);
      },
      { settings: { pageSize: 2, boards: ['All tickets'] } },
    ));
});

test.each([
  ['/ws/oauth/token', 403],
  ['/v2/organizations', 403],
  ['/v2/organizations', 404],
  ['/v2/organizations', 401],
])('A web page from %s with status %s is throttling, and asked past', (path, status) =>
  withNinjaone(async ({ state, connector, sandbox }) => {
    const dupont = state.addOrganization('Dupont');
    sandbox.faults.add('html', { path: new RegExp(`${path}$`), status });
    const { rows } = await readAll(connector.pull.clients?.(asked([dupont])));
    expect(rows).toHaveLength(1);
  }),
);

describe('NinjaOne token', () => {
  test('is requested once, and again only when it is refused', () =>
    withNinjaone(async ({ state, connector, sandbox }) => {
      const dupont = state.addOrganization('Dupont');
      await readAll(connector.pull.clients?.(asked([dupont])));
      await readAll(connector.pull.tickets?.(asked([dupont])));
      expect(sandbox.tokenCount()).toBe(1);
      sandbox.faults.add('expired-token');
      await readAll(connector.pull.clients?.(asked([dupont])));
      expect(sandbox.tokenCount()).toBe(2);
    }));

  test('for an unknown application says that the region may be wrong', () =>
    withNinjaone(async ({ restart }) => {
      const unknown = restart({ clientId: 'somebody-else' });
      await expect(readAll(unknown.pull.clients?.(asked([1])))).rejects.toMatchObject({
        kind: 'auth',
        fix: expect.stringMatching(/region/),
      });
    }));
});

test('A quiet NinjaOne run asks once for each list, and once more for the end of the organizations', () =>
  withNinjaone(
    async ({ state, connector, restart, takeRequests }) => {
      const dupont = state.addOrganization('Dupont');
      const technicianId = state.addTechnician('Ada', 'Byron');
      const deviceId = state.addDevice(dupont, 'PC1');
      const at = '2026-03-02T09:00:00Z';
      const ticketId = state.addTicket({ organizationId: dupont, subject: 'A', at });
      state.addTime({ ticketId, technicianId, seconds: 900, at });
      state.addSession({ deviceId, technicianId, startedAt: at, endedAt: '2026-03-02T10:00:00Z' });
      const run = async (from: typeof connector, since: string): Promise<void> => {
        const request = asked([dupont], { since });
        await readAll(from.pull.clients?.(request));
        await readAll(from.pull.tickets?.(request));
        await readAll(from.pull.sessions?.(request));
      };
      await run(connector, '2026-03-01T00:00:00.000Z');
      takeRequests();
      await run(restart(), '2026-03-10T00:00:00.000Z');
      expect(takeRequests()).toEqual([
        'GET /v2/organizations',
        'GET /v2/organizations',
        'POST /v2/ticketing/trigger/board/2/run',
        'GET /v2/activities',
      ]);
    },
    { settings: { boards: ['All tickets'], remoteTools: ['splashtop'] } },
  ));

/** Reading Syncro: what is closed, what has changed, and what it costs in requests. */
import { describe, expect, test } from '@jest/globals';
import { rowsOf } from '../pull-rows.ts';
import { addOldTime, anHourAgo, now, type SyncroBench, start, withSyncro } from './bench.ts';

/** Long before anything in the sandbox. */
const longAgo = '2026-01-01T00:00:00.000Z';

describe('Tickets of Syncro', () => {
  test('are closed when Resolved and when Invoiced, since the same time', () =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const [resolved, invoiced] = [state.addTicket(dupont), state.addTicket(dupont)];
      const resolvedMs = Date.parse('2026-03-02T10:00:00.000Z');
      Object.assign(state.ticket(resolved), { status: 'Resolved', resolvedMs });
      Object.assign(state.ticket(invoiced), { status: 'Invoiced', resolvedMs });
      for (const row of await rowsOf(connector, 'tickets', asked())) {
        expect(row).toMatchObject({ isClosed: true, closedAt: '2026-03-02T10:00:00.000Z' });
      }
    }));

  test('are open again in another status, though they keep their resolved_at', () =>
    withSyncro(async ({ state, connector, connect, dupont, asked }) => {
      const ticketId = state.addTicket(dupont);
      state.setStatus(ticketId, 'Resolved');
      state.setStatus(ticketId, 'Customer Reply');
      const [open] = await rowsOf(connector, 'tickets', asked());
      expect(open).toMatchObject({ isClosed: false, closedAt: null, status: 'Customer Reply' });
      const lenient = connect({ closedStatuses: ['Customer Reply'] });
      expect((await rowsOf(lenient, 'tickets', asked()))[0]).toMatchObject({ isClosed: true });
    }));

  test('bring their issue type, their ticket type and their contract', () =>
    withSyncro(async ({ state, connector, dupont, asked }) => {
      const ticketId = state.addTicket(dupont, { problemType: 'Virus', contract: 'Gold' });
      expect(await rowsOf(connector, 'tickets', asked())).toMatchObject([
        {
          number: String(ticketId + 9000),
          ticketType: 'Virus',
          board: 'Devices',
          agreement: 'Gold',
        },
      ]);
    }));

  test('are not read by a filter that is ignored', () =>
    withSyncro(async (bench) => {
      addOldTime(bench);
      bench.state.addTicket(bench.dupont, { updatedMs: Date.parse('2026-02-01T00:00:00Z') });
      bench.sandbox.account.ignores.add('since_updated_at');
      await expect(
        rowsOf(bench.connector, 'tickets', bench.asked({ since: now() })),
      ).rejects.toMatchObject({ kind: 'contract', message: expect.stringContaining('ignored') });
    }));

  test('are read from the start again when one moves to the end of the list meanwhile', () =>
    withSyncro(async ({ state, sandbox, connector, dupont, asked }) => {
      const ids = Array.from({ length: 30 }, (_, index) =>
        state.addTicket(dupont, { updatedMs: anHourAgo() + index * 1000 }),
      );
      sandbox.account.isByChange = true;
      sandbox.account.beforePage = (path, page) => {
        if (path.endsWith('/tickets') && page === 2) state.touch(state.ticket(ids[3] ?? 0));
      };
      await expect(rowsOf(connector, 'tickets', asked())).rejects.toMatchObject({
        kind: 'transient',
        message: expect.stringContaining(`row ${ids[3]}`),
      });
    }));

  test('are read from the start again when one leaves the list meanwhile', () =>
    withSyncro(async ({ state, sandbox, connector, dupont, asked }) => {
      const ids = Array.from({ length: 51 }, () => state.addTicket(dupont));
      sandbox.account.beforePage = (path, page) => {
        if (path.endsWith('/tickets') && page === 2) state.deleteTicket(ids[50] ?? 0);
      };
      await expect(rowsOf(connector, 'tickets', asked())).rejects.toMatchObject({
        kind: 'transient',
      });
    }));
});

describe('Clients of Syncro', () => {
  test.each([
    ['down to what has not changed since', [], 1],
    ['to the end where Syncro keeps another order', ['sort'], 2],
  ])('are read %s', (_, ignored, pages) =>
    withSyncro(async ({ state, sandbox, connector, dupont, asked, requests }) => {
      for (const customer of state.customers) customer.updatedMs = anHourAgo();
      for (let index = 0; index < 30; index += 1) {
        state.addCustomer(`A ${index}`, { updatedMs: anHourAgo() + index * 1000 });
      }
      const since = now();
      for (const customer of state.customers) if (customer.id === dupont) state.touch(customer);
      for (const parameter of ignored) sandbox.account.ignores.add(parameter);
      const rows = await rowsOf(connector, 'clients', asked({ since }));
      expect(rows).toEqual([{ sourceId: String(dupont), name: 'Dupont' }]);
      expect(requests()).toHaveLength(pages);
    }),
  );
});

describe('The requests to Syncro', () => {
  /** As a run reads: the streams one after another, with the same `until`. */
  async function run({ connector, asked }: SyncroBench, since: string): Promise<void> {
    const request = asked({ since, until: now() });
    for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
      await rowsOf(connector, stream, request);
    }
  }

  test('of a quiet run are one a stream', () =>
    withSyncro(async (bench) => {
      addOldTime(bench);
      await run(bench, longAgo);
      bench.requests();
      await run(bench, new Date(Date.now() + 1000).toISOString());
      expect(bench.requests()).toEqual([
        ...['GET /customers', 'GET /tickets', 'GET /ticket_timers', 'GET /invoices'],
      ]);
    }));

  test('of a first run are one for each page, and one for each kind of name', () =>
    withSyncro(async (bench) => {
      const { state, dupont } = bench;
      const product = state.addProduct('Remote', 'Labor');
      for (let index = 0; index < 130; index += 1) {
        state.addTimer(state.addTicket(dupont), { seconds: 60, start, productId: product });
      }
      await run(bench, longAgo);
      const requests = bench.requests();
      const count = (line: string) => requests.filter((one) => one === line).length;
      expect([count('GET /tickets'), count('GET /ticket_timers')]).toEqual([6, 6]);
      expect(requests).toHaveLength(6 + 6 + 4);
    }));

  test('that are not permitted are no wrong token', () =>
    withSyncro(async ({ sandbox, connector, connect, asked }) => {
      sandbox.denied.push(/ticket_timers$/);
      await expect(rowsOf(connector, 'timeEntries', asked())).rejects.toMatchObject({
        kind: 'permission',
        message: expect.stringContaining('the token is valid'),
      });
      const stranger = connect({ apiToken: 'another' });
      await expect(rowsOf(stranger, 'tickets', asked())).rejects.toMatchObject({ kind: 'auth' });
    }));
});

/** What lists do, and what they leave out without a word: pages, filters, order, hidden rows. */
import { describe, expect, test } from '@jest/globals';
import {
  asked,
  checked,
  type HalopsaBench,
  readAll,
  readTickets,
  soon,
  withHalopsa,
} from './bench.ts';

function addTickets({ state, dupont }: HalopsaBench, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    state.addTicket({ clientId: dupont, summary: `Ticket ${index}` }),
  );
}

async function ticketIds(bench: HalopsaBench): Promise<number[]> {
  return (await readTickets(bench)).rows.map(({ sourceId }) => Number(sourceId));
}

describe('HaloPSA’s pages', () => {
  test('are read to the end, though they hold fewer rows than were requested', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.pageSizeMax = 3;
      const ids = addTickets(bench, 8);
      expect(await ticketIds(bench)).toEqual(ids);
    }));

  test('end without an empty one where the last is full', () =>
    withHalopsa(
      async (bench) => {
        addTickets(bench, 6);
        await readTickets(bench);
        // Two pages, and one for the tickets that were deleted.
        expect(bench.requests()).toEqual(Array(3).fill('GET /api/Tickets'));
      },
      { pageSize: 3 },
    ));

  test('lose nothing when an old ticket changes while they are read', () =>
    withHalopsa(
      async (bench) => {
        const { state, dupont, sandbox } = bench;
        const old = state.addTicket({
          clientId: dupont,
          summary: 'Old',
          at: '2025-01-01T00:00:00Z',
        });
        const ids = addTickets(bench, 7);
        sandbox.tenant.beforePage = (page) => {
          if (page === 2) state.ticket(old).changedMs = Date.now();
        };
        expect(await ticketIds(bench)).toEqual(expect.arrayContaining(ids));
      },
      { pageSize: 3 },
    ));

  test('are given up when a ticket leaves them, since the one behind may be missed', () =>
    withHalopsa(
      async (bench) => {
        const [first = 0] = addTickets(bench, 7);
        bench.sandbox.tenant.beforePage = (page) => {
          if (page === 2) bench.state.deleteTicket(first);
        };
        await expect(readTickets(bench)).rejects.toMatchObject({ kind: 'transient' });
      },
      { pageSize: 3 },
    ));

  test('that hold less than Halo counts are no answer', () =>
    withHalopsa(async (bench) => {
      addTickets(bench, 3);
      bench.sandbox.tenant.hiddenRows = 1;
      await expect(readTickets(bench)).rejects.toThrow('counts 3 rows and lists 2');
    }));
});

describe('A parameter that HaloPSA ignores', () => {
  test.each([
    ['client_ids', /client \d+, which was not requested/],
    ['lastupdatefromdate', /a row of 2025/],
    ['order', /another order/],
  ])('is seen on the answer: %s', (parameter, message) =>
    withHalopsa(async (bench) => {
      const { state, sandbox, dupont } = bench;
      const stranger = state.addClient('Stranger');
      addTickets(bench, 2);
      if (parameter === 'client_ids') state.addTicket({ clientId: stranger, summary: 'Theirs' });
      if (parameter === 'lastupdatefromdate') {
        state.addTicket({ clientId: dupont, summary: 'Old', at: '2025-01-01T00:00:00Z' });
      }
      if (parameter === 'order') {
        for (const [index, ticket] of state.tickets.entries()) ticket.changedMs += index * 1000;
      }
      sandbox.tenant.ignores.add(parameter);
      await expect(readTickets(bench)).rejects.toThrow(message);
    }),
  );

  test('on several clients at once is found by check, and each is then requested by itself', () =>
    withHalopsa(async (bench) => {
      const { state, sandbox, dupont, martin } = bench;
      const stranger = state.addClient('Stranger');
      const ids = [dupont, martin].map((clientId) => state.addTicket({ clientId, summary: 'A' }));
      state.addTicket({ clientId: stranger, summary: 'Theirs' });
      sandbox.tenant.ignores.add('client_ids');
      expect((await checked(bench)).get('fact.client-ids')).toMatchObject({ status: 'warning' });
      expect((await ticketIds(bench)).sort()).toEqual(ids);
    }));

  test('in another zone is found by check, and no tickets are read', () =>
    withHalopsa(async (bench) => {
      addTickets(bench, 2);
      bench.sandbox.tenant.filterOffsetHours = 5;
      expect((await checked(bench)).get('fact.last-update')).toMatchObject({ status: 'failed' });
      await expect(readTickets(bench)).rejects.toMatchObject({ kind: 'config' });
    }));

  test('never makes a ticket look deleted', () =>
    withHalopsa(async (bench) => {
      const [ticketId = 0] = addTickets(bench, 1);
      bench.state.addAction(ticketId, { seconds: 1800, start: '2026-03-02T09:00:00Z' });
      bench.sandbox.tenant.ignores.add('deleted');
      const { rows } = await readTickets(bench);
      expect(rows.map(({ status }) => status)).toEqual(['New']);
      expect(bench.context.logs.some(({ message }) => /that still exist/.test(message))).toBe(true);
    }));
});

describe('HaloPSA’s token', () => {
  test('serves all requests of a process, and is renewed when it is refused', () =>
    withHalopsa(async (bench) => {
      await readTickets(bench);
      await readTickets(bench);
      expect(bench.sandbox.tokenCount()).toBe(1);
      bench.sandbox.faults.add('expired-token');
      await readTickets(bench);
      expect(bench.sandbox.tokenCount()).toBe(2);
    }));

  test('is requested at no other host that Halo names, unless the config does too', () =>
    withHalopsa(async (bench) => {
      const { sandbox } = bench;
      const elsewhere = sandbox.baseUrl.replace('127.0.0.1', 'localhost');
      sandbox.authUrl = `${elsewhere}/auth`;
      await expect(readTickets(bench)).rejects.toThrow('on another host');
      expect(sandbox.tokenCount()).toBe(0);
      await readTickets(bench, bench.connect({ authUrl: `${sandbox.baseUrl}/auth` }));
      expect(sandbox.tokenCount()).toBe(1);
    }));

  test('that needs another tenant is refused as a matter of credentials', () =>
    withHalopsa(async (bench) => {
      const connector = bench.connect({ tenant: 'another' });
      await expect(readTickets(bench, connector)).rejects.toMatchObject({ kind: 'auth' });
    }));
});

test('a quiet run takes one request a list', () =>
  withHalopsa(async (bench) => {
    addTickets(bench, 3);
    await readTickets(bench);
    bench.requests();
    const later = { since: new Date(Date.now() + 60_000).toISOString() };
    const { clients, tickets, invoices } = bench.connector.pull;
    await readAll(clients?.(asked(bench, later)));
    await readAll(tickets?.(asked(bench, later)));
    await readAll(invoices?.(asked(bench, later)));
    expect(bench.requests()).toEqual([
      'GET /api/Client',
      'GET /api/Tickets',
      'GET /api/Tickets',
      'GET /api/Invoice',
    ]);
  }));

test('throttling without a time of its own is waited out', () =>
  withHalopsa(async (bench) => {
    addTickets(bench, 1);
    bench.sandbox.faults.add('rate-limited', { path: /Tickets/ });
    const startedAt = performance.now();
    expect((await readTickets(bench)).rows).toHaveLength(1);
    expect(performance.now() - startedAt).toBeGreaterThan(4_900);
    expect(bench.context.logs.some(({ message }) => /after a pause/.test(message))).toBe(true);
    expect(soon().aborted).toBe(false);
  }));

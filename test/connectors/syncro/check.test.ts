/** `check` of Syncro: prepaid hours of its own, facts that nothing documents, names; and the probe. */
import { describe, expect, test } from '@jest/globals';
import { rowsOf, soon } from '../pull-rows.ts';
import { type SyncroBench, withSyncro } from './bench.ts';

const dayAgo = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

describe('Prepaid hours of Syncro’s own', () => {
  /** Sells ten of Syncro's prepaid hours to Dupont by an invoice of that day. */
  function sell({ state, dupont }: SyncroBench, day: string, changedDay = day): number {
    const product = state.addProduct('Support hour', 'Prepay Hours');
    const updatedMs = Date.parse(`${changedDay}T12:00:00Z`);
    const lines = [state.lineOf(product, 12_000, 10)];
    return state.addInvoice(dupont, { day, updatedMs, lines });
  }

  test('are none where no product of that category is there', () =>
    withSyncro(async ({ state, checked, dupont }) => {
      const labor = state.addProduct('Remote', 'Labor');
      state.addInvoice(dupont, { lines: [state.lineOf(labor, 9000)] });
      expect((await checked()).get('native-prepay')).toMatchObject({ status: 'ok' });
    }));

  test.each([true, false])(
    'fail the client that an invoice sold them to (lines show products: %s)',
    (showsLineProducts) =>
      withSyncro(async (bench) => {
        bench.sandbox.account.showsLineProducts = showsLineProducts;
        const invoiceId = sell(bench, dayAgo(100));
        const results = await bench.checked();
        expect(results.get(`native-prepay.${bench.dupont}`)).toMatchObject({
          status: 'failed',
          detail: expect.stringContaining(`invoice ${40_000 + invoiceId} of ${dayAgo(100)}`),
        });
        expect(results.has(`native-prepay.${bench.martin}`)).toBe(false);
        expect(results.get('native-prepay')).toMatchObject({
          status: 'warning',
          detail: expect.stringContaining('cannot be seen'),
        });
      }),
  );

  test('are found among more categories than a page holds, which come all at once', () =>
    withSyncro(async (bench) => {
      for (let index = 0; index < 25; index += 1) bench.state.addProduct('Part', `Parts ${index}`);
      sell(bench, dayAgo(100));
      const results = await bench.checked();
      expect(results.get(`native-prepay.${bench.dupont}`)).toMatchObject({ status: 'failed' });
    }));

  test('are not taken for none where a recurring invoice cannot be read', () =>
    withSyncro(async (bench) => {
      const { state, martin, sandbox } = bench;
      const product = state.addProduct('Support hour', 'Prepay Hours');
      state.addSchedule(martin, [state.lineOf(product, 12_000, 5)]);
      sandbox.faults.add('bad-row', { path: /schedules$/, times: 9 });
      expect((await bench.checked()).get('native-prepay')).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('Cannot tell whether'),
      });
    }));

  test('are looked for though a client is disabled and a filter is not believed', () =>
    withSyncro(async (bench) => {
      sell(bench, dayAgo(100));
      bench.sandbox.account.offsetHours = 2;
      Object.assign(bench.state.customers[1] ?? {}, { isDisabled: true });
      const results = await bench.checked();
      expect(results.get('fact.invoices-since')).toMatchObject({ status: 'failed' });
      expect(results.get(`client.${bench.martin}`)).toMatchObject({ status: 'failed' });
      expect(results.get(`native-prepay.${bench.dupont}`)).toMatchObject({ status: 'failed' });
    }));

  test('fail the client that a recurring invoice sells them to, unless it is paused', () =>
    withSyncro(async (bench) => {
      const { state, martin, dupont, checked } = bench;
      const product = state.addProduct('Support hour', 'Prepay Hours');
      state.addSchedule(martin, [state.lineOf(product, 12_000, 5)]);
      state.addSchedule(dupont, [state.lineOf(product, 12_000, 5)], true);
      const results = await checked();
      expect(results.get(`native-prepay.${martin}`)).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('recurring invoice Monthly'),
      });
      expect(results.has(`native-prepay.${dupont}`)).toBe(false);
    }));

  test('are believed where the account shows them: hours left fail, hours used up do not', () =>
    withSyncro(async (bench) => {
      bench.sandbox.account.showsPrepay = true;
      sell(bench, dayAgo(100));
      expect((await bench.checked()).get('native-prepay')).toMatchObject({ status: 'ok' });
      const customer = bench.state.customers.find(({ id }) => id === bench.dupont);
      Object.assign(customer ?? {}, { prepayHours: 12.5 });
      expect((await bench.checked()).get(`native-prepay.${bench.dupont}`)).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('12.50 prepaid hours'),
      });
    }));

  test('that were sold before tracking was switched off do not count; later ones do', () =>
    withSyncro(async (bench) => {
      // Paid, and so changed, after that day.
      sell(bench, dayAgo(50), dayAgo(5));
      const off = bench.connect({ prepayOffSince: dayAgo(40) });
      const before = await bench.checked(off);
      expect(before.has(`native-prepay.${bench.dupont}`)).toBe(false);
      expect(before.get('native-prepay')).toMatchObject({ status: 'ok' });
      sell(bench, dayAgo(30));
      expect((await bench.checked(off)).get(`native-prepay.${bench.dupont}`)).toMatchObject({
        status: 'failed',
      });
    }));

  test.each([/\/products\/categories$/, /\/schedules$/, /\/invoices\/\d+$/])(
    'that cannot be looked for fail as well: %s',
    (path) =>
      withSyncro(async (bench) => {
        sell(bench, dayAgo(3));
        bench.sandbox.denied.push(path);
        expect((await bench.checked()).get('native-prepay')).toMatchObject({
          status: 'failed',
          detail: expect.stringContaining('Cannot tell whether'),
        });
      }),
  );
});

describe('Facts about Syncro', () => {
  function fill({ state, dupont }: SyncroBench): void {
    const ticketId = state.addTicket(dupont);
    state.addTimer(ticketId, { seconds: 600, start: '2026-03-02T09:00:00.000Z' });
    state.setStatus(ticketId, 'Resolved');
    state.addInvoice(dupont);
  }

  test('are verified by what is there', () =>
    withSyncro(async (bench) => {
      fill(bench);
      const results = await bench.checked();
      for (const id of ['tickets-since', 'closed-listed', 'timers-since', 'invoices-since']) {
        expect(results.get(`fact.${id}`)).toMatchObject({ status: 'ok' });
      }
    }));

  test('stop the reading where timestamps in filters are not UTC', () =>
    withSyncro(async (bench) => {
      fill(bench);
      bench.sandbox.account.offsetHours = 2;
      const results = await bench.checked();
      for (const id of ['tickets-since', 'timers-since', 'invoices-since']) {
        expect(results.get(`fact.${id}`)).toMatchObject({ status: 'failed' });
      }
      for (const stream of ['tickets', 'timeEntries', 'invoices'] as const) {
        await expect(rowsOf(bench.connector, stream, bench.asked())).rejects.toMatchObject({
          kind: 'config',
        });
      }
    }));

  test('stop the reading of tickets where closed ones are in no list', () =>
    withSyncro(async (bench) => {
      fill(bench);
      bench.sandbox.account.hidesClosed = true;
      expect((await bench.checked()).get('fact.closed-listed')).toMatchObject({ status: 'failed' });
      await expect(rowsOf(bench.connector, 'tickets', bench.asked())).rejects.toMatchObject({
        kind: 'config',
      });
    }));
});

describe('Names and clients of Syncro', () => {
  test('are looked up: statuses, issue type, priority, product', () =>
    withSyncro(async ({ state, connect, checked }) => {
      state.addProduct('BLOCK-10', 'Labor');
      const results = await checked(
        connect({
          closedStatuses: ['Resolved', 'Done'],
          alerts: {
            status: 'Open',
            issueType: 'Billing',
            priority: '9 None',
            withdrawnStatus: 'New',
          },
          billing: { product: 'BLOCK-10' },
        }),
      );
      const failed = [...results].filter(([, { status }]) => status === 'failed');
      expect(failed.map(([id]) => id).sort()).toEqual([
        'name.alerts.issueType',
        'name.alerts.priority',
        'name.alerts.status',
        'name.alerts.withdrawnStatus',
        'name.billing.product',
        'name.closedStatuses.Done',
      ]);
    }));

  test('are warned of where resolved tickets are in a status that counts as open', () =>
    withSyncro(async ({ state, connect, checked, dupont }) => {
      state.setStatus(state.addTicket(dupont), 'Invoiced');
      expect((await checked()).get('closed-statuses')).toMatchObject({ status: 'ok' });
      const strict = await checked(connect({ closedStatuses: ['Resolved'] }));
      expect(strict.get('closed-statuses')).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining('Invoiced'),
      });
    }));

  test('of products leave out those with which Syncro counts hours itself', () =>
    withSyncro(async ({ state, connector }) => {
      state.addProduct('Remote', 'Labor');
      state.addProduct('Support hour', 'Prepay Hours');
      state.addProduct('BLOCK-20', 'Blocks');
      const products = await connector.listProducts?.(soon());
      expect(products).toContainEqual(expect.objectContaining({ name: 'BLOCK-20' }));
      expect(products?.map(({ name }) => name)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/Remote|Support hour/)]),
      );
    }));

  test('are listed for the rest of the config, contracts of the clients alone', () =>
    withSyncro(async ({ state, connector, dupont, stranger }) => {
      state.addProduct('Remote', 'Labor');
      state.addProduct('Support hour', 'Prepay Hours');
      state.addTicket(dupont, { contract: 'Gold' });
      state.addTicket(stranger, { contract: 'Silver' });
      expect(await connector.listNames?.([String(dupont)], soon())).toEqual({
        boards: [{ sourceId: '1', name: 'Devices' }],
        ticketTypes: ['Virus', 'Hardware', 'Software', 'Other'].map((name) => ({
          sourceId: null,
          name,
        })),
        workTypes: [{ sourceId: expect.any(String), name: 'Remote' }],
        agreements: [{ sourceId: null, name: 'Gold' }],
        clientFields: ['Prepaid hours left', 'Region'],
      });
    }));

  test('are told when a client is disabled or missing', () =>
    withSyncro(async ({ state, connector, dupont }) => {
      Object.assign(state.customers[0] ?? {}, { isDisabled: true });
      const results = await connector.check([String(dupont), '99999'], soon());
      for (const id of [dupont, 99_999]) {
        expect(results.find((result) => result.id === `client.${id}`)).toMatchObject({
          status: 'failed',
        });
      }
    }));
});

describe('The probe of Syncro', () => {
  const factIds = [
    'ticket-key',
    'timer-moves-ticket',
    'note-audience',
    'client-fields',
    'invoice-number',
  ];

  async function probe({ connector, martin }: SyncroBench) {
    const results = (await connector.probe?.(String(martin), soon())) ?? [];
    return new Map(results.map((result) => [result.id, result]));
  }

  test('verifies every fact that only writing can, and leaves nothing behind', () =>
    withSyncro(async (bench) => {
      Object.assign(bench.state.customers[1]?.properties ?? {}, { Region: 'North' });
      const results = await probe(bench);
      for (const id of factIds) expect(results.get(`fact.${id}`)).toMatchObject({ status: 'ok' });
      expect(results.get('probe.removed')).toMatchObject({ status: 'ok' });
      const { tickets, timers, invoices } = bench.state;
      expect([tickets.size, timers.length, invoices.length]).toEqual([0, 0, 0]);
    }));

  test('that gets nowhere leaves what was known: a leak stays one', () =>
    withSyncro(async (bench) => {
      const { state, sandbox, connector, martin } = bench;
      const ticketId = String(state.addTicket(martin));
      const note = { key: 'one', clientId: String(martin), ticketId, body: 'Two hours left.' };
      const push = connector.push['ticket-note'];
      sandbox.options.losesAudience = true;
      await push?.create({ ...note, audience: 'internal' }, soon());
      sandbox.faults.add('forbidden', { method: 'POST', path: /\/tickets$/ });
      expect((await probe(bench)).get('probe.ticket-key')).toMatchObject({ status: 'failed' });
      const next = push?.create({ ...note, key: 'two', audience: 'internal' }, soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }));

  test('sees that time leaves its ticket as it was, and names an invoice that stays', () =>
    withSyncro(async (bench) => {
      bench.sandbox.options.timersLeaveTickets = true;
      bench.sandbox.options.keepsInvoices = true;
      const results = await probe(bench);
      expect(results.get('fact.timer-moves-ticket')).toMatchObject({ status: 'warning' });
      expect(results.get('probe.removed')).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining(`/invoices/${bench.state.invoices[0]?.id}`),
      });
    }));
});

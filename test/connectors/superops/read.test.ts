/** What is read of SuperOps, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import { superops } from '../../../connectors/superops/index.ts';
import { asked, checked, read, type SuperopsBench, withSuperops, work } from './bench.ts';

const day = 86_400_000;

/** Five entries with fractions of hours are enough to know that quantities are hours. */
function someWork(bench: SuperopsBench, more: Parameters<typeof work>[1] = {}): void {
  for (let index = 0; index < 5; index += 1) work(bench, more);
}

describe('Rows of SuperOps', () => {
  test('ids of 19 digits come as text, quoted or not', () =>
    withSuperops(async (bench) => {
      const { ticketId, entryId } = work(bench);
      for (const isUnquoted of [false, true]) {
        bench.sandbox.options.isUnquoted = isUnquoted;
        const [ticket] = await read(bench, 'tickets');
        const [entry] = await read(bench, 'timeEntries');
        const clients = await read(bench, 'clients');
        expect(ticket).toMatchObject({ sourceId: ticketId, clientId: bench.dupont });
        expect(entry).toMatchObject({ sourceId: entryId, ticketId, clientId: bench.dupont });
        expect(entry).toMatchObject({ technicianId: '8275871069979136291', seconds: 5400 });
        expect(clients.map(({ sourceId }) => sourceId)).toEqual([bench.martin, bench.dupont]);
      }
    }));

  test('an id in the config that became another number is refused', () => {
    const settings = { subdomain: 'msp', apiToken: 'token' };
    const parse = (techGroup: unknown) =>
      superops.config.safeParse({ ...settings, alerts: { techGroup } }).success;
    expect([parse('7206852887969157120'), parse(11), parse(2 ** 60)]).toEqual([true, true, false]);
  });

  test('a client that is renamed keeps its rows, and nothing is filtered by its name', () =>
    withSuperops(async (bench) => {
      const { ticketId } = work(bench);
      Object.assign(bench.state.clients[0] ?? {}, { name: 'Dupont & Fils' });
      expect(await read(bench, 'tickets')).toMatchObject([{ sourceId: ticketId }]);
      const bodies = bench.sandbox.exchanges.map(({ request }) => request.body).join();
      expect(bodies).not.toMatch(/client\.(?:name|accountId)/);
    }));

  test('time carries its technician’s e-mail where SuperOps shows one', () =>
    withSuperops(async (bench) => {
      const logged = { ticketId: null, clientId: bench.dupont, start: '2026-03-02T09:00:00Z' };
      bench.state.addWork({ ...logged, seconds: 600, email: 'ann@msp.test' });
      bench.state.addWork({ ...logged, seconds: 900 });
      const entries = await read(bench, 'timeEntries');
      const shown = entries.map(({ seconds, technicianEmail }) => [seconds, technicianEmail]);
      expect(shown.sort()).toEqual([
        [600, 'ann@msp.test'],
        [900, null],
      ]);
    }));

  test('rows of other clients, and products, are nobody’s time', () =>
    withSuperops(async (bench) => {
      const other = bench.state.addClient('Other');
      bench.state.addProduct(bench.dupont);
      const { entryId } = work(bench);
      const start = '2026-03-02T09:00:00Z';
      bench.state.addWork({ ticketId: null, clientId: other, seconds: 600, start });
      const entries = await read(bench, 'timeEntries');
      expect(entries.map(({ sourceId }) => sourceId)).toEqual([entryId]);
    }));

  test('a ticket was closed when it was first seen closed, until it is opened again', async () => {
    let now = Date.parse('2026-03-02T09:00:00Z');
    await withSuperops(
      async (bench) => {
        const { ticketId } = work(bench);
        const closedAt = async () => {
          const [ticket] = await read(bench, 'tickets', {}, bench.connect());
          return ticket?.closedAt;
        };
        expect(await closedAt()).toBe('2026-03-02T09:00:00.000Z');
        now += day;
        bench.state.setStatus(ticketId, 'Closed');
        expect(await closedAt()).toBe('2026-03-02T09:00:00.000Z');
        now += day;
        bench.state.setStatus(ticketId, 'Open');
        expect(await closedAt()).toBeNull();
        now += day;
        bench.state.setStatus(ticketId, 'Resolved');
        expect(await closedAt()).toBe('2026-03-05T09:00:00.000Z');
      },
      { now: () => now },
    );
  });

  test('a rounded quantity represents its minute', () =>
    withSuperops(async (bench) => {
      work(bench, { qty: '0.0833' });
      expect(await read(bench, 'timeEntries')).toMatchObject([
        { seconds: 300, secondsText: '0.0833 h', isTimed: false },
      ]);
    }));

  test('a sale is seen paid by the key in the details of its invoice', () =>
    withSuperops(async (bench) => {
      const items = [{ details: 'Ten hours [sale:1]', quantity: '1', unitPrice: '1', amount: '1' }];
      const invoice = { clientId: bench.dupont, invoiceDate: '2026-03-02', items };
      bench.state.addInvoice({
        ...invoice,
        statusEnum: 'PAID',
        paymentDate: '2026-03-09T10:00:00',
      });
      bench.state.addInvoice({ ...invoice, items: [], statusEnum: 'VOID' });
      expect(await read(bench, 'invoices')).toMatchObject([
        {
          reference: 'sale:1',
          isPaid: true,
          isVoid: false,
          totalMinor: 12_050,
          issuedOn: '2026-03-02',
        },
        { reference: null, isPaid: false, isVoid: true },
      ]);
    }));
});

describe('Rows of other clients', () => {
  test('are nobody’s business, however odd they are', () =>
    withSuperops(async (bench) => {
      const other = bench.state.addClient('Other');
      const { ticketId, entryId } = work(bench);
      const start = '2026-03-02T09:00:00Z';
      const odd = { ticketId: null, seconds: 600, start, qty: 'many' };
      bench.state.addWork({ ...odd, clientId: other });
      const strange = bench.state.addTicket({ clientId: other, subject: 'x', status: '' });
      bench.state.addInvoice({ clientId: other, invoiceDate: '2026-03-02', totalAmount: 'much' });
      expect(await read(bench, 'timeEntries')).toMatchObject([{ sourceId: entryId }]);
      expect(await read(bench, 'tickets')).toMatchObject([{ sourceId: ticketId }]);
      expect(await read(bench, 'invoices')).toEqual([]);
      expect(strange).not.toBe(ticketId);
    }));

  test('nor a client’s own row that is quarantined, stop a sweep', () =>
    withSuperops(async (bench) => {
      const other = bench.state.addClient('Other');
      const { entryId } = work(bench);
      const start = '2026-03-02T09:00:00Z';
      const odd = { ticketId: null, seconds: 600, start, qty: 'many' };
      bench.state.addWork({ ...odd, clientId: other });
      const ours = bench.state.addWork({ ...odd, clientId: bench.dupont });
      const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };
      const question = { ...asked(bench), ...window };
      const ids: string[] = [];
      for await (const page of bench.connector.pull.present?.ids(question) ?? []) ids.push(...page);
      expect(ids.sort()).toEqual([entryId, ours].sort());
    }));
});

test('time that is logged between a sweep’s list and its count is not taken for hidden', async () => {
  let now = Date.parse('2026-03-02T12:00:00Z');
  await withSuperops(
    async (bench) => {
      const { entryId } = work(bench);
      const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T12:00:00.000Z' };
      const question = { ...asked(bench), ...window };
      const { present } = bench.connector.pull;
      const ids: string[] = [];
      for await (const page of present?.ids(question) ?? []) ids.push(...page);
      now += 60_000;
      work(bench);
      expect(ids).toEqual([entryId]);
      expect(await present?.count(question)).toBe(1);
    },
    { now: () => now },
  );
});

describe('Reading costs', () => {
  test('one request a stream where nothing changed, and one a page where all is new', () =>
    withSuperops(async (bench) => {
      for (let index = 0; index < 250; index += 1) work(bench);
      await read(bench, 'tickets');
      await read(bench, 'timeEntries');
      expect(bench.requests()).toEqual([
        ...Array.from({ length: 3 }, () => 'getTicketList'),
        ...Array.from({ length: 3 }, () => 'getOfferedItems'),
      ]);
      const since = new Date(Date.now() + day).toISOString();
      const streams = ['clients', 'tickets', 'timeEntries', 'invoices'] as const;
      for (const stream of streams) await read(bench, stream, { since });
      expect(bench.requests()).toHaveLength(streams.length);
    }));

  test.each([
    ['one request at a time', 60_000, 140],
    ['requests evenly spaced', 300, 0],
  ])('%s', (_, requestsPerMinute, delayMs) =>
    withSuperops(
      async (bench) => {
        work(bench);
        bench.sandbox.faults.add('slow', { times: 3, delayMs });
        const startedAt = performance.now();
        const streams = ['tickets', 'timeEntries', 'clients'] as const;
        await Promise.all(streams.map((stream) => read(bench, stream)));
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(390);
      },
      { settings: { requestsPerMinute } },
    ),
  );

  test('invoices are read by their date down to where payments are still looked for', () =>
    withSuperops(async (bench) => {
      for (let index = 0; index < 150; index += 1) {
        const invoiceDate = index < 90 ? '2026-06-01' : '2024-01-01';
        bench.state.addInvoice({ clientId: bench.dupont, invoiceDate });
      }
      expect(await read(bench, 'invoices')).toHaveLength(90);
      expect(bench.requests()).toEqual(['getInvoiceList']);
    }));
});

describe('Never less than asked', () => {
  test('rows that are counted and not shown', () =>
    withSuperops(async (bench) => {
      work(bench);
      bench.sandbox.options.hiddenRows = 1;
      await expect(read(bench, 'tickets')).rejects.toMatchObject({ kind: 'contract' });
    }));

  test('rows of which only some are shown, even where the rest need not be read', () =>
    withSuperops(async (bench) => {
      work(bench);
      work(bench);
      bench.sandbox.options.hiddenRows = 1;
      const since = new Date(Date.now() + day).toISOString();
      for (const change of [{}, { since }]) {
        const reading = read(bench, 'tickets', change);
        await expect(reading).rejects.toMatchObject({ kind: 'contract' });
      }
    }));

  test('a list that is empty all of a sudden', () =>
    withSuperops(async (bench) => {
      work(bench);
      await read(bench, 'timeEntries');
      bench.state.worklogs.splice(0);
      await expect(read(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'permission' });
      const ids = bench.connector.pull.present?.ids({ ...asked(bench), from: '2026', to: '2027' });
      await expect(ids?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        kind: 'permission',
      });
    }));

  test('a role that sees none of the configured clients', () =>
    withSuperops(async (bench) => {
      bench.state.clients.splice(0);
      bench.state.addClient('Other');
      await expect(read(bench, 'clients')).rejects.toMatchObject({ kind: 'permission' });
    }));

  test('but an empty page behind full ones is only the end', () =>
    withSuperops(
      async (bench) => {
        for (let index = 0; index < 4; index += 1) work(bench);
        expect(await read(bench, 'tickets')).toHaveLength(4);
        bench.sandbox.options.saysMore = true;
        expect(await read(bench, 'tickets')).toHaveLength(4);
      },
      { settings: { pageSize: 2 } },
    ));

  test('a sort that was ignored', async () => {
    let now = Date.parse('2026-03-02T09:00:00Z');
    await withSuperops(
      async (bench) => {
        const { ticketId } = work(bench);
        work(bench);
        now += day;
        bench.state.setStatus(ticketId, 'Open');
        work(bench);
        bench.sandbox.options.ignoresSort = true;
        await expect(read(bench, 'tickets')).rejects.toMatchObject({ kind: 'contract' });
      },
      { now: () => now },
    );
  });

  test('a row that left while the list was read', () =>
    withSuperops(
      async (bench) => {
        someWork(bench);
        const pull = bench.connector.pull.timeEntries?.(asked(bench));
        const reading = async (): Promise<void> => {
          for await (const _ of pull ?? []) bench.state.worklogs.shift();
        };
        await expect(reading()).rejects.toMatchObject({ kind: 'transient' });
      },
      { settings: { pageSize: 2 } },
    ));
});

test('a sale is seen paid behind other words in brackets, and so is another on the same invoice', () =>
  withSuperops(async (bench) => {
    const line = { quantity: '1', unitPrice: '1', amount: '1' };
    const details = ['Router [R-7]', 'Hours [bulk] [sale:1]', 'More hours [sale:2]'];
    bench.state.addInvoice({
      clientId: bench.dupont,
      invoiceDate: '2026-03-02',
      statusEnum: 'PAID',
      items: details.map((text) => ({ ...line, details: text })),
    });
    const rows = await read(bench, 'invoices');
    const paid = rows.filter(({ isPaid }) => isPaid).map(({ reference }) => reference);
    expect(paid).toEqual(expect.arrayContaining(['sale:1', 'sale:2']));
    expect(new Set(rows.map(({ sourceId }) => sourceId)).size).toBe(rows.length);
  }));

describe('What is not documented', () => {
  test('work that is logged while check reads is not missed by the offered items', () =>
    withSuperops(async (bench) => {
      someWork(bench);
      let isLogged = false;
      bench.sandbox.faults.distort((json) => {
        if (!isLogged && /"getOfferedItems":\{"items"/.test(JSON.stringify(json))) {
          isLogged = true;
          const ticketId = bench.state.tickets[0]?.ticketId ?? '';
          const logged = { ticketId, clientId: bench.dupont, seconds: 600 };
          bench.state.addWork({ ...logged, start: new Date().toISOString() });
        }
        return json;
      });
      expect((await checked(bench)).get('fact.items-hold-time')).toMatchObject({ status: 'ok' });
      expect(isLogged).toBe(true);
    }));

  test('is verified by check, and then time is read', () =>
    withSuperops(async (bench) => {
      someWork(bench);
      someWork(bench, { isBillable: false });
      const results = await checked(bench);
      for (const fact of ['items-hold-time', 'items-billable', 'quantity-hours']) {
        expect(results.get(`fact.${fact}`)).toMatchObject({ status: 'ok' });
      }
      expect(await read(bench, 'timeEntries')).toHaveLength(5);
    }));

  test.each([
    ['items-hold-time', { offersBilledOnly: true }, {}],
    ['items-billable', { offersAll: true }, { isBillable: false }],
    ['quantity-hours', {}, { qty: '90' }],
  ] as const)('%s: no time is read where it is not so', (fact, options, more) =>
    withSuperops(async (bench) => {
      someWork(bench, more);
      Object.assign(bench.sandbox.options, options);
      expect((await checked(bench)).get(`fact.${fact}`)).toMatchObject({ status: 'failed' });
      await expect(read(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
    }),
  );

  test('is verified by the items alone where the tenant does not support worklogs', () =>
    withSuperops(async (bench) => {
      someWork(bench);
      bench.sandbox.options.schema.get('GetWorklogEntriesInput')?.members.delete('listInfo');
      const results = await checked(bench);
      expect(results.get('fact.items-hold-time')).toMatchObject({ status: 'ok' });
      expect(results.get('facts')).toBeUndefined();
      expect(await read(bench, 'timeEntries')).toHaveLength(5);
    }));

  test('timestamps that are not UTC', () =>
    withSuperops(async (bench) => {
      work(bench);
      bench.sandbox.options.shiftHours = 2;
      expect((await checked(bench)).get('fact.dates-utc')).toMatchObject({ status: 'failed' });
      await expect(read(bench, 'tickets')).rejects.toMatchObject({ kind: 'config' });
    }));

  test('a step that the tenant’s schema lacks is named, and refused', () =>
    withSuperops(async (bench) => {
      const { schema } = bench.sandbox.options;
      schema.get('Query')?.members.delete('getOfferedItems');
      schema.get('Client')?.members.delete('customFields');
      const results = await checked(bench);
      const time = results.get('fact.schema-time');
      expect(time).toMatchObject({
        status: 'failed',
        detail: expect.stringMatching(/getOfferedItems/),
      });
      const fields = results.get('fact.schema-fields');
      expect(fields).toMatchObject({ detail: expect.stringMatching(/Client\.customFields/) });
      await expect(read(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
      expect(await read(bench, 'tickets')).toEqual([]);
    }));

  test.each([200, 400])(
    'a tenant that hides its schema (%d) is read all the same',
    (hiddenStatus) =>
      withSuperops(async (bench) => {
        work(bench);
        Object.assign(bench.sandbox.options, { showsSchema: false, hiddenStatus });
        const results = await checked(bench);
        expect(results.get('introspection')).toMatchObject({ status: 'warning' });
        expect(results.get('fact.schema-time')).toMatchObject({ status: 'warning' });
        expect(await read(bench, 'timeEntries')).toHaveLength(1);
      }),
  );
});

test('what SuperOps bills by itself is warned of', () =>
  withSuperops(async (bench) => {
    const contract = { name: 'Time and material', contractType: 'TIME_AND_MATERIAL' };
    const id = bench.state.addContract({
      clientId: bench.dupont,
      contract,
      contractStatus: 'ACTIVE',
    });
    bench.state.addContract({ clientId: bench.martin, contract, contractStatus: 'EXPIRED' });
    work(bench, { workStatus: 'BILLED' });
    const results = await checked(bench);
    const natives = [...results.keys()].filter((key) => key.startsWith('native'));
    expect(natives.sort()).toEqual(['native-billing', `native-contract.${id}`]);
  }));

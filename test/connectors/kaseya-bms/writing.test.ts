import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { type Bench, checked, readRows, soon, withBms } from './bench.ts';

/** BMS shows ticket types and sources on tickets alone, so one of the type must be there. */
function withTicket(options: Parameters<typeof withBms>[0], use: (bench: Bench) => Promise<void>) {
  return withBms(options, async (bench) => {
    bench.state.addTicket({ accountId: bench.stranger, sourceId: 5 });
    await use(bench);
  });
}

function saleOf(bench: Bench, change: Partial<PushMessages['invoice']> = {}) {
  return {
    key: 'sale:1',
    clientId: String(bench.dupont),
    offer: 'ten',
    product: null,
    seconds: 72_000,
    quantity: 2,
    rateMinor: 11_000,
    totalMinor: 220_010,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Twenty hours',
    body: 'Two blocks of ten hours.',
    ...change,
  };
}

function alertOf(bench: Bench, change: Partial<PushMessages['alert-ticket']> = {}) {
  const clientId = String(bench.dupont);
  return { key: 'low:1', clientId, subject: 'Two hours left', body: 'Please order.', ...change };
}

const reason = 'The run that wrote it was undone.';

describe('an alert ticket', () => {
  test('is made with the numbers that BMS shows behind the names', () =>
    withTicket({}, async ({ connector, state, ...bench }) => {
      const alert = alertOf(
        { connector, state, ...bench },
        { subject: `${'Long '.repeat(60)}end` },
      );
      const made = await connector.push['alert-ticket']?.create(alert, soon());
      const ticket = state.ticket(Number(made?.remoteId));
      expect(ticket).toMatchObject({
        queueId: 8,
        typeId: 3,
        sourceId: 5,
        priorityId: 2,
        statusId: 1,
      });
      expect(ticket.title).toMatch(/… \[low:1\]$/);
      expect(ticket.title.length).toBeLessThanOrEqual(200);
    }));

  test('is not made where its type is nowhere to be seen', () =>
    withBms({}, async (bench) => {
      const create = bench.connector.push['alert-ticket']?.create(alertOf(bench), soon());
      await expect(create).rejects.toMatchObject({ kind: 'config' });
    }));

  test('is looked for without the filter until that was seen to work, and with it then', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push['alert-ticket'];
      bench.state.switches.ignores.add('Title');
      await push?.create(alertOf(bench), soon());
      // Where the filter is ignored, the ticket is on the list all the same.
      expect(bench.context.kept.get('fact.title-filter')).toMatch(/^yes/);
      expect(await push?.find(alertOf(bench, { key: 'low:2' }), soon())).toBeNull();
      expect(await push?.find(alertOf(bench), soon())).not.toBeNull();
    }));

  test('is made no more once two lost their keys', () =>
    withTicket({}, async (bench) => {
      bench.state.switches.keepsTitle = false;
      const push = bench.connector.push['alert-ticket'];
      await push?.create(alertOf(bench), soon());
      await agedDoubts(bench.context);
      await push?.create(alertOf(bench, { key: 'low:2' }), soon());
      const next = push?.create(alertOf(bench, { key: 'low:3' }), soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }));

  test('is resolved with the reason for our eyes alone when it is taken back', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push['alert-ticket'];
      const made = (await push?.create(alertOf(bench), soon())) ?? { remoteId: '' };
      const inspect = () => push?.inspect?.(alertOf(bench), made.remoteId, soon());
      expect(await inspect()).toEqual({ isClosed: false });
      const withdraw = (change = {}) =>
        push?.withdraw?.(alertOf(bench, change), { ...made, reason }, soon());
      expect(await withdraw({ key: 'another' })).toBeNull();
      expect(await withdraw()).toEqual({ remoteId: made.remoteId });
      expect(await withdraw()).toEqual({ remoteId: made.remoteId });
      expect(bench.state.notes).toMatchObject([{ details: reason, isInternal: true }]);
      expect(await inspect()).toEqual({ isClosed: true });
      bench.state.tickets = [];
      expect(await inspect()).toBeNull();
    }));
});

describe('a note', () => {
  test('that reached the wrong audience is the last one', () =>
    withTicket({}, async (bench) => {
      bench.state.switches.keepsAudience = false;
      const ticketId = String(bench.state.tickets[0]?.id);
      const push = bench.connector.push['ticket-note'];
      const note = {
        key: 'n:1',
        ticketId,
        clientId: '1',
        audience: 'internal',
        body: 'x',
      } as const;
      await push?.create(note, soon());
      expect(bench.context.logs.some(({ level }) => level === 'warn')).toBe(true);
      const next = push?.create({ ...note, key: 'n:2' }, soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }));
});

describe('a sale', () => {
  test.each([
    ['of hours', { seconds: 72_000 }, 2, 1100.05],
    ['of money alone', { seconds: 0, quantity: 1 }, 1, 2200.1],
    ['that its quantity does not divide', { quantity: 3 }, 1, 2200.1],
  ])('%s is a ticket with a charge of exactly its price', (_, change, quantity, price) =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push.invoice;
      const sale = saleOf(bench, change);
      const made = await push?.create(sale, soon());
      expect(bench.state.charges).toHaveLength(1);
      const [charge] = bench.state.charges;
      expect(charge?.fields).toMatchObject({ Quantity: quantity, Price: price, IsBillable: true });
      expect(made?.remoteId).toBe(`${charge?.ticketId}-${charge?.id}`);
      const standing = await push?.inspect?.(sale, made?.remoteId ?? '', soon());
      expect(standing).toEqual({ isVoid: false, totalMinor: 220_010, currency: 'EUR' });
    }),
  );

  test('that broke off after its ticket is completed there', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push.invoice;
      const refused = { method: 'POST', path: /\/charges$/ };
      bench.sandbox.faults.add('forbidden', refused);
      await expect(push?.create(saleOf(bench), soon())).rejects.toMatchObject({
        kind: 'permission',
      });
      expect(await push?.find(saleOf(bench), soon())).toBeNull();
      const made = await push?.create(saleOf(bench), soon());
      expect(await push?.create(saleOf(bench), soon())).toEqual(made);
      expect(bench.state.tickets.filter(({ title }) => title.includes('[sale:1]'))).toHaveLength(1);
      expect(bench.state.charges).toHaveLength(1);
    }));

  test('at another price than was offered is an error, now and when it is found', () =>
    withTicket({}, async (bench) => {
      bench.state.switches.ownPrice = 1;
      const push = bench.connector.push.invoice;
      const wrong = {
        kind: 'rejected',
        message: expect.stringContaining('2.00 instead of 2200.10'),
      };
      await expect(push?.create(saleOf(bench), soon())).rejects.toMatchObject(wrong);
      await expect(push?.find(saleOf(bench), soon())).rejects.toMatchObject(wrong);
    }));

  test('whose price is not shown is not accepted', () =>
    withTicket({}, async (bench) => {
      bench.state.switches.hidesPrices = true;
      const push = bench.connector.push.invoice;
      const unseen = { kind: 'rejected', message: expect.stringContaining('instead of 2200.10') };
      await expect(push?.create(saleOf(bench), soon())).rejects.toMatchObject(unseen);
      bench.state.switches.hidesPrices = false;
      expect(await push?.find(saleOf(bench), soon())).not.toBeNull();
      expect(bench.state.charges).toHaveLength(1);
    }));

  test('in another currency, or of a product that is not there, writes nothing', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push.invoice;
      for (const change of [{ currency: 'USD' }, { product: 'BLOCK-1' }]) {
        const create = push?.create(saleOf(bench, change), soon());
        await expect(create).rejects.toMatchObject({ kind: 'config' });
      }
      bench.state.switches.currency = 'USD';
      const create = push?.create(saleOf(bench), soon());
      await expect(create).rejects.toMatchObject({ kind: 'config' });
      expect((await checked(bench)).get('currency')).toMatchObject({ status: 'failed' });
      expect(bench.state.tickets).toHaveLength(1);
    }));

  test('is made no more once two lost their keys', () =>
    withTicket({}, async (bench) => {
      bench.state.switches.keepsDescription = false;
      await bench.connector.push.invoice?.create(saleOf(bench), soon());
      await agedDoubts(bench.context);
      await bench.connector.push.invoice?.create(saleOf(bench, { key: 'sale:2' }), soon());
      const next = bench.connector.push.invoice?.create(saleOf(bench, { key: 'sale:3' }), soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
    }));

  test('that is undone is left to a person, and is seen as void once it is no longer billable', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push.invoice;
      const made = (await push?.create(saleOf(bench), soon())) ?? { remoteId: '' };
      expect(push?.withdraw).toBeUndefined();
      const inspect = () => push?.inspect?.(saleOf(bench), made.remoteId, soon());
      expect(await inspect()).toMatchObject({ isVoid: false });
      const [charge] = bench.state.charges;
      expect(charge?.fields).toMatchObject({ IsBillable: true, Quantity: 2, Price: 1100.05 });
      Object.assign(charge?.fields ?? {}, { IsBillable: false });
      expect(await inspect()).toMatchObject({ isVoid: true });
    }));

  test('comes back with its invoice, and later its payment, under its key', () =>
    withTicket({}, async (bench) => {
      expect(await readRows(bench, 'invoices')).toEqual([]);
      const since = () => new Date(bench.clock.nowMs - 60_000).toISOString();
      const push = bench.connector.push.invoice;
      await push?.create(saleOf(bench), soon());
      await push?.create(saleOf(bench, { key: 'sale:2' }), soon());
      const charges = bench.state.charges.map(({ id }) => id);
      const invoiceId = bench.state.invoiceCharges(bench.dupont, charges);
      const wanted = { since: since(), linesSince: '2020-01-01' };
      const rows = await readRows(bench, 'invoices', wanted);
      const line = { product: saleOf(bench).title, quantity: '2', totalMinor: 220_010 };
      expect(rows).toMatchObject([
        {
          sourceId: String(invoiceId),
          reference: 'sale:1',
          isPaid: false,
          totalMinor: 440_020,
          netMinor: 220_010,
          lines: [line, line],
        },
        { sourceId: `${invoiceId}:sale:2`, reference: 'sale:2', isPaid: false },
      ]);
      // Months later the invoice is no longer new, and its payment is not reported as a change.
      bench.clock.nowMs += 120 * 86_400_000;
      const [invoice] = bench.state.invoices;
      if (invoice !== undefined) invoice.paid = invoice.total;
      const later = await readRows(bench, 'invoices', { since: since() });
      expect(later).toMatchObject([{ isPaid: true }, { isPaid: true }]);
      expect(await readRows(bench, 'invoices', { since: since() })).toEqual([]);
    }));

  test('that is found where it was made by another process comes back with its payment too', () =>
    withTicket({}, async (bench) => {
      const push = bench.connector.push.invoice;
      await push?.create(saleOf(bench), soon());
      bench.state.invoiceCharges(
        bench.dupont,
        bench.state.charges.map(({ id }) => id),
      );
      // A store that was restored from before the sale knows nothing of it.
      for (const key of bench.context.kept.keys()) await bench.context.memory.delete(key);
      expect(await push?.find(saleOf(bench), soon())).not.toBeNull();
      expect(await readRows(bench, 'invoices')).toMatchObject([{ reference: 'sale:1' }]);
    }));
});

describe('lists that BMS does not count', () => {
  /** A sale on the last of the lines, and its note behind others. */
  const withMany = (use: (bench: Bench, note: PushMessages['ticket-note']) => Promise<void>) =>
    withTicket({}, async (bench) => {
      const { state, connector, dupont } = bench;
      await connector.push.invoice?.create(saleOf(bench), soon());
      for (let index = 0; index < 4; index += 1) state.invoiceCharges(dupont, []);
      const [first] = state.invoices;
      const line = { name: 'Support', description: 'By the hour', quantity: 1, total: 1 };
      if (first !== undefined) first.lines = Array.from({ length: 14 }, () => line);
      const [charge] = state.charges;
      state.invoiceCharges(dupont, [charge?.id ?? 0]);
      const ticketId = String(charge?.ticketId);
      for (let index = 0; index < 4; index += 1) {
        const details = `Note ${index}`;
        state.notes.push({
          id: state.nextId(),
          ticketId: Number(ticketId),
          details,
          isInternal: true,
        });
      }
      const note = { key: 'n:1', ticketId, clientId: String(dupont), body: 'x' };
      const message = { ...note, audience: 'internal' } as const;
      await connector.push['ticket-note']?.create(message, soon());
      await use(bench, message);
    });

  test.each([
    ['in pages as requested', {}],
    ['in smaller pages than requested', { pageSizeMax: 3 }],
    ['whole, without pages', { unpaged: true }],
  ])('are read to their end: %s', (_, switches) =>
    withMany(async (bench, note) => {
      Object.assign(bench.state.switches, switches);
      expect(await bench.connector.push['ticket-note']?.find(note, soon())).not.toBeNull();
      const rows = await readRows(bench, 'invoices');
      expect(rows).toHaveLength(5);
      expect(rows.map(({ reference }) => reference)).toContain('sale:1');
    }),
  );
});

describe('a balance', () => {
  test('goes into its field alone, and is found there however it is written', () =>
    withBms({}, async (bench) => {
      const push = bench.connector.push['balance-field'];
      const balance = { key: 'b:1', clientId: String(bench.dupont), hoursText: '7.50' };
      const message = { ...balance, field: 'Prepaid hours left' };
      const fields = bench.state.accounts[0]?.fields;
      fields?.set(502, 'North');
      await push?.create(message, soon());
      expect([...(fields ?? [])]).toEqual([
        [501, '7.50'],
        [502, 'North'],
      ]);
      fields?.set(501, '7.5');
      expect(await push?.find(message, soon())).toEqual({ remoteId: message.clientId });
      const missing = push?.create({ ...message, field: 'Hours' }, soon());
      await expect(missing).rejects.toMatchObject({ kind: 'config' });
    }));

  test('that ended up in another module is the last one', () =>
    withBms({ settings: { balance: { moduleId: 22 } } }, async (bench) => {
      const push = bench.connector.push['balance-field'];
      const clientId = String(bench.dupont);
      const message = { key: 'b:1', clientId, field: 'Prepaid hours left', hoursText: '7.50' };
      await expect(push?.create(message, soon())).rejects.toMatchObject({ kind: 'config' });
      bench.requests();
      await expect(push?.create(message, soon())).rejects.toMatchObject({ kind: 'config' });
      expect(bench.requests()).toEqual([]);
    }));
});

describe('check', () => {
  test('warns of each contract by which BMS counts a client’s hours itself', () =>
    withTicket({}, async (bench) => {
      const add = (accountId: number, type: string, status = 'Active') =>
        bench.state.contracts.push({
          id: bench.state.nextId(),
          accountId,
          name: type,
          type,
          status,
        });
      add(bench.dupont, 'Recurring Services');
      add(bench.dupont, 'Retainer by Hours', 'Expired');
      add(bench.stranger, 'Retainer by Hours');
      expect((await checked(bench)).get('native-contracts')).toMatchObject({ status: 'ok' });
      add(bench.martin, 'Retainer by Hours');
      const unnamed = bench.state.contracts.at(-1);
      Object.assign(unnamed ?? {}, { name: null });
      const id = unnamed?.id;
      const native = (await checked(bench)).get(`native-contract.${id}`);
      expect(native).toMatchObject({
        status: 'warning',
        detail: expect.stringContaining('Martin'),
      });
    }));

  test('names the accounts, queues, types and products that are not there', () =>
    withBms({}, async (bench) => {
      const account = bench.state.accounts[0];
      if (account !== undefined) account.isActive = false;
      const wrong = { alerts: { queue: 'Sales', type: 'Incident' }, billing: { product: 'NONE' } };
      const results = await checked(bench, bench.connect(wrong));
      const failed = [...results.values()].filter(({ status }) => status === 'failed');
      expect(failed.map(({ id }) => id).sort()).toEqual([
        `client.${bench.dupont}`,
        ...['name.alerts.queue', 'name.alerts.type', 'name.billing.product'],
      ]);
    }));

  test('lists the names that the config may use', () =>
    withBms({}, async (bench) => {
      const names = await bench.connector.listNames?.([String(bench.dupont)], soon());
      expect(names).toMatchObject({
        boards: [
          { sourceId: '7', name: 'Help Desk' },
          { sourceId: expect.any(String), name: 'Billing' },
        ],
        workTypes: [{ sourceId: expect.any(String), name: 'Remote' }],
      });
      expect(names?.clientFields).toEqual(['Prepaid hours left', 'Region']);
    }));

  test('a probe verifies all that writing can, and leaves nothing behind', () =>
    withTicket({}, async (bench) => {
      const results = (await bench.connector.probe?.(String(bench.martin), soon())) ?? [];
      expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(results.map(({ id }) => id)).toEqual([
        ...['fact.ticket-key-kept', 'fact.title-filter', 'fact.change-zone', 'fact.note-audience'],
        ...['fact.account-field', 'fact.charge-key-kept', 'probe.removed'],
      ]);
      const { tickets, notes, charges } = bench.state;
      expect([tickets.length, notes.length, charges.length]).toEqual([1, 0, 0]);
    }));
});

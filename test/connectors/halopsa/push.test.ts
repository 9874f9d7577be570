/** What is written into HaloPSA: keys, audiences, sales, fields, and what the probe makes of them. */
import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import {
  asked,
  checked,
  type HalopsaBench,
  readAll,
  readTickets,
  soon,
  withHalopsa,
} from './bench.ts';

function alertFor({ dupont }: HalopsaBench, key = 'alert:1'): PushMessages['alert-ticket'] {
  return { key, clientId: String(dupont), subject: 'Hours low', body: 'Two < three hours & less.' };
}

function saleFor({ dupont }: HalopsaBench, fields: Partial<PushMessages['invoice']> = {}) {
  return {
    key: 'sale:1',
    clientId: String(dupont),
    offer: 'ten',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_005,
    totalMinor: 120_050,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Ten hours',
    body: 'Ten hours of support.',
    ...fields,
  };
}

function pushOf(bench: HalopsaBench, kind: 'alert-ticket', settings?: object) {
  const push = bench.connect(settings).push[kind];
  if (push === undefined) throw new Error(`HaloPSA gets no ${kind}.`);
  return push;
}

function invoicesOf(bench: HalopsaBench, settings: object = {}) {
  const push = bench.connect(settings).push.invoice;
  if (push === undefined) throw new Error('HaloPSA gets no invoices.');
  return push;
}

describe('A HaloPSA alert ticket', () => {
  test('is in the client’s name and carries its key; the next is found by a search', () =>
    withHalopsa(async (bench) => {
      const push = pushOf(bench, 'alert-ticket');
      const { remoteId } = await push.create(alertFor(bench), soon());
      expect(bench.state.ticket(Number(remoteId))).toMatchObject({
        clientId: bench.dupont,
        key: 'alert:1',
        typeId: 29,
        details: '<p>Two &lt; three hours &amp; less.</p>',
      });
      const { sandbox } = bench;
      expect(await push.find(alertFor(bench), soon())).toMatchObject({ remoteId });
      expect(sandbox.exchanges.at(-1)?.request.query.get('search')).toBe('alert:1');
      expect(await push.find(alertFor(bench, 'alert:10'), soon())).toBeNull();
    }));

  test('is found by looking through the client’s tickets where a search misses its key', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.searchMissesKeys = true;
      const push = pushOf(bench, 'alert-ticket', { pageSize: 2 });
      const { remoteId } = await push.create(alertFor(bench), soon());
      for (let count = 0; count < 5; count += 1) {
        bench.state.addTicket({ clientId: bench.dupont, summary: 'Later' });
      }
      expect(await push.find(alertFor(bench), soon())).toMatchObject({ remoteId });
      expect(bench.context.kept.get('fact.ticket-search')).toMatch(/^doubt/);
    }));

  test('is made no more once Halo was seen twice not to keep its key', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.options.losesKeys = true;
      const push = pushOf(bench, 'alert-ticket');
      await push.create(alertFor(bench), soon());
      await agedDoubts(bench.context);
      await push.create(alertFor(bench, 'alert:2'), soon());
      await expect(push.create(alertFor(bench, 'alert:3'), soon())).rejects.toMatchObject({
        kind: 'config',
      });
      expect(bench.state.tickets).toHaveLength(2);
    }));

  test('is made whether the answer to an array is an array or not', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.options.answersArrays = true;
      const { remoteId } = await pushOf(bench, 'alert-ticket').create(alertFor(bench), soon());
      expect(remoteId).toBe(String(bench.state.tickets[0]?.id));
    }));
});

test('a HaloPSA note that loses its audience is loud, and the last', () =>
  withHalopsa(async (bench) => {
    const { state, sandbox, connector, context, dupont } = bench;
    sandbox.options.losesAudience = true;
    const ticketId = String(state.addTicket({ clientId: dupont, summary: 'Printer' }));
    const note = { ...alertFor(bench), ticketId, audience: 'internal' as const };
    await connector.push['ticket-note']?.create(note, soon());
    expect(context.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await expect(
      connector.push['ticket-note']?.create({ ...note, key: 'alert:2' }, soon()),
    ).rejects.toMatchObject({ kind: 'config' });
    // Nor is one written to say why a ticket is taken back.
    const push = pushOf(bench, 'alert-ticket');
    const { remoteId } = await push.create(alertFor(bench), soon());
    await expect(
      push.withdraw?.(alertFor(bench), { remoteId, reason: 'A mistake.' }, soon()),
    ).rejects.toMatchObject({ kind: 'config' });
  }));

test('a HaloPSA ticket that cannot be seen does not count as withdrawn', () =>
  withHalopsa(async (bench) => {
    const push = pushOf(bench, 'alert-ticket');
    const { remoteId } = await push.create(alertFor(bench), soon());
    bench.state.deleteTicket(Number(remoteId));
    const withdrawal = { remoteId, reason: 'A mistake.' };
    expect(await push.withdraw?.(alertFor(bench), withdrawal, soon())).toBeNull();
  }));

describe('A HaloPSA sale', () => {
  test('is due after the days in the config, else by the client’s own terms', () =>
    withHalopsa(async (bench) => {
      const dates = () =>
        bench.sandbox.exchanges
          .filter(({ request }) => request.method === 'POST' && request.path.endsWith('/Invoice'))
          .map(({ request }) => (request.json() as { duedate?: string }[])[0]?.duedate);
      await invoicesOf(bench).create(saleFor(bench), soon());
      await invoicesOf(bench, { billing: { dueInDays: 14 } }).create(
        saleFor(bench, { key: 'sale:2' }),
        soon(),
      );
      expect(dates()).toEqual([undefined, '2026-03-16T12:00:00Z']);
    }));

  test('is an invoice with one line, tax left aside, and comes back as ours', () =>
    withHalopsa(async (bench) => {
      bench.state.addItem('BLOCK-10');
      const push = invoicesOf(bench);
      const sale = saleFor(bench, { product: 'BLOCK-10', quantity: 2 });
      const { remoteId, label } = await push.create(sale, soon());
      expect(label).toBe(`INV-${remoteId}`);
      expect(bench.state.invoices[0]?.lines).toMatchObject([{ quantity: 2, price: 600.25 }]);
      const wanted = asked(bench, { linesSince: sale.issuedOn });
      const { rows } = await readAll(bench.connector.pull.invoices?.(wanted));
      const lines = [{ product: 'BLOCK-10', quantity: '2', totalMinor: 120_050 }];
      expect(rows).toMatchObject([
        {
          sourceId: remoteId,
          saleId: remoteId,
          reference: 'sale:1',
          isPaid: false,
          totalMinor: 144_060,
          netMinor: 120_050,
          lines,
        },
      ]);
    }));

  test('is refused to a client that Halo tops up automatically, and check says so', () =>
    withHalopsa(async (bench) => {
      bench.state.client(bench.dupont).autoTopUpBy = 10;
      bench.state.client(bench.martin).prepayBalance = 4.5;
      const contract = { id: 77, ref: 'Pre-pay 2026', prepayBalance: 12 };
      bench.state.contracts.push({ ...contract, clientId: bench.dupont });
      bench.state.contracts.push({ ...contract, id: 78, prepayBalance: 0, clientId: bench.dupont });
      await expect(invoicesOf(bench).create(saleFor(bench), soon())).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('tops up Dupont'),
      });
      expect(bench.state.invoices).toEqual([]);
      const results = await checked(bench);
      expect(results.get(`native-top-up.${bench.dupont}`)?.status).toBe('warning');
      expect(results.get(`native-prepay.${bench.martin}`)?.detail).toContain('4.5');
      expect(results.get('native-contract.77')?.detail).toContain('Pre-pay 2026');
      expect(results.has('native-contract.78')).toBe(false);
    }));

  test('in a currency that the client is not billed in is refused', () =>
    withHalopsa(async (bench) => {
      bench.state.client(bench.dupont).currency = 'GBP';
      const refused = invoicesOf(bench).create(saleFor(bench), soon());
      await expect(refused).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.invoices).toEqual([]);
    }));
});

describe('A payment of a HaloPSA invoice', () => {
  const paymentFor = ({ dupont }: HalopsaBench, invoiceId: number) => ({
    key: 'paid:1',
    clientId: String(dupont),
    invoiceId: String(invoiceId),
    amountMinor: 12_050,
    currency: 'EUR',
    paidOn: '2026-03-04',
    reference: 'pi_10',
    method: 'stripe',
  });
  const pushOf = (bench: HalopsaBench) => {
    const push = bench.connector.push['invoice-payment'];
    if (push === undefined) throw new Error('HaloPSA takes no payments.');
    return push;
  };

  test('is booked once with its amount, day and charge, and the invoice is read as paid', () =>
    withHalopsa(async (bench) => {
      const { state, sandbox, connector, dupont } = bench;
      const invoiceId = state.addInvoice({ clientId: dupont, total: 120.5, tax: 20 });
      const other = state.addInvoice({ clientId: dupont, total: 120.5 });
      state.pay(other, { date: '2026-03-04T12:00:00Z', amount: 20, reference: 'pi_10' });
      sandbox.tenant.ignores.add('invoice_id');
      const payment = paymentFor(bench, invoiceId);
      expect(await pushOf(bench).find(payment, soon())).toBeNull();
      const { remoteId } = await pushOf(bench).create(payment, soon());
      const id = Number(remoteId);
      const booked = { id, invoiceId, date: '2026-03-04T12:00:00Z', amount: 120.5 };
      expect(state.payments.slice(1)).toEqual([{ ...booked, reference: 'pi_10' }]);
      expect(await pushOf(bench).find({ ...payment, reference: 'pi_1' }, soon())).toBeNull();
      const { rows } = await readAll(connector.pull.invoices?.(asked(bench)));
      const mirrored = rows.filter(({ sourceId }) => sourceId === payment.invoiceId);
      expect(mirrored).toMatchObject([{ isPaid: true, paidMinor: 12_050, paidOn: '2026-03-04' }]);
    }));

  test('leaves Halo nothing to collect: neither an intent nor a method is sent', () =>
    withHalopsa(async (bench) => {
      const invoiceId = bench.state.addInvoice({ clientId: bench.dupont, total: 120.5 });
      await pushOf(bench).create(paymentFor(bench, invoiceId), soon());
      const sent = bench.sandbox.exchanges
        .filter(({ request }) => request.method === 'POST')
        .filter(({ request }) => request.path.endsWith('/InvoicePayment'))
        .flatMap(({ request }) => request.json() as object[]);
      const fields = ['amount', 'client_id', 'date', 'invoice_id', 'thirdpartyid'];
      expect(sent.map((body) => Object.keys(body).sort())).toEqual([fields]);
    }));

  test.each([
    ['is paid', { paid: 120.5, paidMs: 1_772_000_000_000 }],
    ['is void', { isVoid: true }],
  ])('is not booked on one that %s, nor on another client’s', (_, fields) =>
    withHalopsa(async (bench) => {
      const { state, dupont, martin } = bench;
      for (const invoice of [{ clientId: dupont, ...fields }, { clientId: martin }]) {
        const payment = paymentFor(bench, state.addInvoice({ total: 120.5, ...invoice }));
        await expect(pushOf(bench).create(payment, soon())).rejects.toMatchObject({
          kind: 'rejected',
          message: expect.stringContaining(`No payment is booked on invoice ${payment.invoiceId}`),
        });
      }
      expect(state.payments).toEqual([]);
    }),
  );

  test('is booked no more once Halo was seen twice not to keep the charge', () =>
    withHalopsa(async (bench) => {
      const { state, sandbox, context, dupont } = bench;
      sandbox.options.losesKeys = true;
      const book = (reference: string) => {
        const invoiceId = state.addInvoice({ clientId: dupont, total: 120.5 });
        return pushOf(bench).create({ ...paymentFor(bench, invoiceId), reference }, soon());
      };
      await book('pi_1');
      await agedDoubts(context);
      await book('pi_2');
      await expect(book('pi_3')).rejects.toMatchObject({ kind: 'config' });
      expect(state.payments).toHaveLength(2);
    }));
});

describe('HaloPSA’s invoices', () => {
  test('are paid by what was paid, not by what is not due', () =>
    withHalopsa(async (bench) => {
      const { state, dupont: clientId } = bench;
      const paidMs = Date.now();
      state.addInvoice({ clientId, total: 120.1 + 0.2, paid: 120.3, reference: 'sale:7' });
      state.addInvoice({ clientId, total: 0 });
      state.addInvoice({ clientId, total: 100, paid: 40 });
      state.addInvoice({ clientId, total: 50, paid: 50, paidMs, isVoid: true });
      state.addInvoice({ clientId, total: -20 });
      state.addInvoice({ clientId, total: 90, paid: 40, credited: 50, paidMs });
      const { rows } = await readAll(bench.connector.pull.invoices?.(asked(bench)));
      const shown = rows.sort((a, b) => Number(a.sourceId) - Number(b.sourceId));
      expect(shown.map(({ isPaid, isVoid }) => [isPaid, isVoid])).toEqual([
        [true, false],
        [false, false],
        [false, false],
        [false, true],
        [false, true],
        [false, false],
      ]);
      expect(shown.at(-1)).toMatchObject({ paidMinor: 4000, creditedMinor: 5000 });
      expect(shown[0]).toMatchObject({ reference: 'sale:7', totalMinor: 12_030 });
    }));

  test('are read down to what has not changed, and to the end where payments do not count', () =>
    withHalopsa(
      async (bench) => {
        const { state, dupont: clientId, connector } = bench;
        const changedMs = Date.parse('2025-06-01T00:00:00Z');
        for (let count = 0; count < 9; count += 1) {
          state.addInvoice({ clientId, total: 10, changedMs: changedMs + count });
        }
        const pull = () => readAll(connector.pull.invoices?.(asked(bench)));
        expect((await pull()).rows).toEqual([]);
        expect(bench.requests()).toHaveLength(1);
        state.addInvoice({ clientId, total: 10, changedMs, paid: 10, paidMs: Date.now() });
        expect((await checked(bench)).get('fact.invoice-modified')?.status).toBe('warning');
        expect((await pull()).rows).toHaveLength(10);
      },
      { pageSize: 3 },
    ));
});

test('HaloPSA’s invoices that were never modified are found by check, and then read whole', () =>
  withHalopsa(
    async (bench) => {
      const { state, dupont: clientId, connector } = bench;
      const changedMs = Date.parse('2025-06-01T00:00:00Z');
      for (let count = 0; count < 4; count += 1)
        state.addInvoice({ clientId, total: 1, changedMs });
      const fresh = state.addInvoice({ clientId, total: 10, changedMs: null });
      await checked(bench);
      const { rows } = await readAll(connector.pull.invoices?.(asked(bench)));
      expect(rows.map(({ sourceId }) => sourceId)).toContain(String(fresh));
    },
    { pageSize: 2 },
  ));

test('a HaloPSA balance that would empty other fields is the last one written', () =>
  withHalopsa(async (bench) => {
    bench.sandbox.options.emptiesFields = true;
    const message = {
      key: 'balance:1',
      clientId: String(bench.dupont),
      field: 'CFprepaidHoursLeft',
      hoursText: '7.50',
    };
    const push = bench.connector.push['balance-field'];
    await expect(push?.create(message, soon())).rejects.toThrow('CFregion (was "North")');
    bench.state.client(bench.dupont).customFields[0] = {
      id: 150,
      name: 'CFregion',
      label: 'Region',
      value: 'North',
    };
    await expect(push?.create(message, soon())).rejects.toThrow('was verified false on this Halo');
  }));

describe('check --probe of HaloPSA', () => {
  async function probe(bench: HalopsaBench) {
    const results = await bench.connector.probe?.(String(bench.martin), soon());
    return new Map(results?.map((result) => [result.id, result]));
  }

  test('verifies what only writing can, and leaves nothing behind', () =>
    withHalopsa(async (bench) => {
      const results = await probe(bench);
      expect([...results.values()].filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(bench.state.tickets.filter(({ isDeleted }) => !isDeleted)).toEqual([]);
      expect(bench.state.invoices).toEqual([]);
    }));

  test('finds timestamps that are not UTC, and then nothing is read', () =>
    withHalopsa(async (bench) => {
      bench.sandbox.tenant.dialect.offsetHours = -5;
      expect((await probe(bench)).get('fact.dates-utc')).toMatchObject({ status: 'failed' });
      await expect(readTickets(bench)).rejects.toMatchObject({ kind: 'config' });
    }));
});

test('check names what the config misspells', () =>
  withHalopsa(
    async (bench) => {
      const results = await checked(bench);
      expect(results.get('name.alerts.ticketType')?.fix).toContain('Billing Alert');
      expect(results.get('name.notes.client')).toMatchObject({ status: 'failed' });
      const lists = await bench.connector.listNames?.([String(bench.dupont)], soon());
      expect(lists).toMatchObject({
        boards: [{ sourceId: expect.any(String), name: '1st Line Support' }],
        workTypes: ['No Charge', 'Remote'].map((name) => ({
          sourceId: expect.any(String),
          name,
        })),
        clientFields: ['Region', 'CFregion', 'Prepaid hours left', 'CFprepaidHoursLeft'],
      });
    },
    { alerts: { ticketType: 'Billing Alarm' }, notes: { client: 'Email' } },
  ));

test('check warns of travel time, of time that would all be free, and of time that Halo debited', () =>
  withHalopsa(async (bench) => {
    const ticketId = bench.state.addTicket({ clientId: bench.dupont, summary: 'On site' });
    const start = '2026-03-02T09:00:00Z';
    bench.state.addAction(ticketId, {
      seconds: 1800,
      start,
      chargeType: 0,
      travelSeconds: 900,
      prepaySeconds: 1800,
    });
    const results = await checked(bench);
    expect(results.get('time.travel')?.status).toBe('warning');
    expect(results.get('time.charge-type')?.status).toBe('warning');
    expect(results.get('native-prepay.drawn')?.detail).toContain('0.5 h');
  }));

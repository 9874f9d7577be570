import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { type Bench, soon, withConnectwise } from './bench.ts';

const signal = soon();

const routes = [
  { route: 'invoice', first: /\/finance\/invoices$/, second: /\/procurement\/products$/ },
  { route: 'ticket-product', first: /\/service\/tickets$/, second: /\/procurement\/products$/ },
] as const;

describe.each(routes)('A sale by the route $route', ({ route, first, second }) => {
  const billing = { invoiceRoute: route, board: 'Billing' };

  test('is complete, at the offer’s price, and is found', () =>
    withConnectwise({ billing }, async (bench) => {
      const push = prepared(bench);
      expect(await push.find(sale(), signal)).toBeNull();
      const delivered = await push.create(sale(), signal);
      expect(await push.find(sale(), signal)).toEqual(delivered);
      expect(standing(bench)).toEqual(whole[route]);
    }));

  test.each([
    ['lost-answer', 'first', first],
    ['lost-answer', 'second', second],
    ['server-error', 'first', first],
    ['server-error', 'second', second],
  ] as const)('survives a %s of its %s half without a second one', (fault, _half, path) =>
    withConnectwise({ billing }, async (bench) => {
      const push = prepared(bench);
      bench.sandbox.faults.add(fault, { method: 'POST', path });
      await expect(push.create(sale(), signal)).rejects.toMatchObject({ kind: 'unknown-outcome' });
      if ((await push.find(sale(), signal)) === null) await push.create(sale(), signal);
      expect(await push.find(sale(), signal)).not.toBeNull();
      expect(standing(bench)).toEqual(whole[route]);
    }),
  );

  test('is completed by another process after a crash between its halves', () =>
    withConnectwise({ billing }, async (bench) => {
      const push = prepared(bench);
      const fault = { method: 'POST', path: second, retryAfterSeconds: 60 };
      bench.sandbox.faults.add('rate-limited', fault);
      const stop = new AbortController();
      const crashed = push.create(sale(), stop.signal);
      setTimeout(() => stop.abort(new Error('killed')), 300);
      await expect(crashed).rejects.toThrow('killed');
      bench.sandbox.faults.clear();
      const later = bench.connect().push.invoice;
      expect(await later?.find(sale(), signal)).toBeNull();
      await later?.create(sale(), signal);
      expect(await later?.find(sale(), signal)).not.toBeNull();
      expect(standing(bench)).toEqual(whole[route]);
    }));

  test('takes a product that the catalogue lists twice', () =>
    withConnectwise({ billing }, async (bench) => {
      const push = prepared(bench);
      for (const { identifier } of bench.sandbox.state.tables.catalog.list()) {
        bench.sandbox.state.addCatalogItem({ identifier: String(identifier) });
      }
      await push.create(sale(), signal);
      expect(standing(bench)).toEqual(whole[route]);
    }));

  test('needs a product', () =>
    withConnectwise({ billing: { ...billing, product: undefined } }, async (bench) => {
      await expect(prepared(bench).create(sale(), signal)).rejects.toMatchObject({
        kind: 'config',
        message: 'The offer "Ten hours" has no product.',
      });
    }));

  test('is not made in another currency than the client is billed in', () =>
    withConnectwise({ billing }, async (bench) => {
      const push = prepared(bench);
      const dollars = { ...sale(), currency: 'USD' };
      await expect(push.create(dollars, signal)).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('billed in EUR'),
      });
      expect(standing(bench)).toEqual({ ...nothing });
    }));
});

describe('An invoice in ConnectWise', () => {
  test('is due after the days in the config, else by the company’s own terms', () =>
    withConnectwise({}, async (bench) => {
      await prepared(bench).create(sale(), signal);
      const billing = { product: 'BLOCK-10', dueInDays: 14 };
      await bench.connect({ billing }).push.invoice?.create({ ...sale(), key: 'sale:2' }, signal);
      const dates = bench.sandbox.exchanges
        .filter(({ request }) => request.method === 'POST' && /invoices$/.test(request.path))
        .map(({ request }) => (request.json() as { dueDate?: string }).dueDate);
      expect(dates).toEqual([undefined, '2026-03-16T00:00:00Z']);
    }));

  test('carries the message’s own product, its dates and its texts', () =>
    withConnectwise({}, async (bench) => {
      bench.sandbox.state.addCatalogItem({ identifier: 'BLOCK-20', price: 1 });
      await prepared(bench).create({ ...sale(), product: 'BLOCK-20', quantity: 3 }, signal);
      expect(bench.sandbox.state.listInvoices()).toMatchObject([
        {
          company: 'Dupont',
          reference: 'sale:1',
          total: 1205,
          // 1,205.00 does not part into three, so it is one line of one.
          lines: [{ product: 'BLOCK-20', quantity: 1, price: 1205, text: 'Ten hours' }],
        },
      ]);
      expect(bench.sandbox.state.tables.invoices.list()).toMatchObject([
        { date: '2026-03-02T00:00:00Z', topComment: 'Thank you.', type: 'Miscellaneous' },
      ]);
    }));

  test('is refused for good where a product cannot be put on it', () =>
    withConnectwise({}, async (bench) => {
      const push = prepared(bench);
      bench.sandbox.state.switches.linksProducts = false;
      await expect(push.create(sale(), signal)).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringMatching(/Product 1 is not on its invoice 10001/),
      });
      const again = push.create({ ...sale(), key: 'sale:2' }, signal);
      await expect(again).rejects.toMatchObject({ fix: expect.stringContaining('ticket-product') });
      expect(bench.sandbox.state.listInvoices()).toHaveLength(1);
    }));

  test('that was deleted gets no second line beside the one that was left of it', () =>
    withConnectwise({}, async (bench) => {
      const push = prepared(bench);
      await push.create(sale(), signal);
      bench.sandbox.state.tables.invoices.rows.clear();
      expect(await push.find(sale(), signal)).toBeNull();
      await expect(push.create(sale(), signal)).rejects.toMatchObject({
        message: expect.stringMatching(/Product 1 is not on its invoice/),
      });
      expect(bench.sandbox.state.tables.products.list()).toHaveLength(1);
    }));

  test('whose line comes to another price is not taken for delivered', () =>
    withConnectwise({}, async (bench) => {
      const push = prepared(bench);
      await push.create(sale(), signal);
      const [line] = bench.sandbox.state.tables.products.list();
      bench.sandbox.state.tables.products.change(line?.id ?? 0, { extPrice: 1100 });
      await expect(push.find(sale(), signal)).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('comes to 1100.00 instead of 1205.00'),
      });
    }));
});

function sale(): PushMessages['invoice'] {
  return {
    key: 'sale:1',
    clientId: '1',
    offer: 'Ten hours',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_050,
    totalMinor: 120_500,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Ten hours',
    body: 'Thank you.',
  };
}

function prepared({ connector }: Bench) {
  const push = connector.push.invoice;
  if (push === undefined) throw new Error('There is no invoice push.');
  return push;
}

const nothing = { invoices: [], tickets: [], products: [] };

const whole = {
  invoice: {
    ...nothing,
    invoices: [{ reference: 'sale:1', total: 1205 }],
    products: [{ key: 'sale:1', on: 'invoice', price: 1205 }],
  },
  'ticket-product': {
    ...nothing,
    tickets: ['sale:1'],
    products: [{ key: 'sale:1', on: 'ticket', price: 1205 }],
  },
};

/** What is in the sandbox, in the few fields that matter. */
function standing({ sandbox }: Bench) {
  const { tables } = sandbox.state;
  return {
    invoices: tables.invoices.list().map(({ reference, total }) => ({ reference, total })),
    tickets: tables.tickets.list().map((ticket) => ticket.externalXRef),
    products: tables.products.list().map((product) => ({
      key: product.integrationXRef,
      on: product.invoice === undefined ? (product.ticket ? 'ticket' : null) : 'invoice',
      price: product.extPrice,
    })),
  };
}

describe('A sale that is to be withdrawn', () => {
  const reason = 'Run r-1 was undone.';

  test('is left to the office until that has credited the invoice in full', () =>
    withConnectwise({}, async (bench) => {
      const push = prepared(bench);
      const delivered = { ...(await push.create(sale(), signal)), reason };
      expect(await push.withdraw?.(sale(), delivered, signal)).toBeNull();
      const id = Number(delivered.remoteId);
      bench.sandbox.state.creditInvoice(id, 1000);
      expect(await push.withdraw?.(sale(), delivered, signal)).toBeNull();
      bench.sandbox.state.creditInvoice(id, 205);
      const { remoteId } = delivered;
      expect(await push.withdraw?.(sale(), delivered, signal)).toEqual({ remoteId });
    }));

  test('is left to the office as well where ConnectWise’s own run bills it', () =>
    withConnectwise(
      { billing: { invoiceRoute: 'ticket-product', board: 'Billing' } },
      async (bench) => {
        const push = prepared(bench);
        const delivered = { ...(await push.create(sale(), signal)), reason };
        expect(await push.withdraw?.(sale(), delivered, signal)).toBeNull();
        expect(bench.sandbox.state.tables.products.list()).toHaveLength(1);
      },
    ));
});

/** Messages that are looked up together before they are created, against ConnectWise's sandbox. */
import { expect, test } from '@jest/globals';
import { type Bench, soon, withConnectwise } from './connectwise/bench.ts';
import { tenHours } from './ten-hours.ts';

const alert = ({ company }: Bench, key: string) => {
  return { key, clientId: String(company), subject: 'Low', body: 'Low.' };
};

const sale = (clientId: number, key: string) => tenHours(String(clientId), key);

function pushesOf(bench: Bench, connector = bench.connector) {
  const { 'alert-ticket': alerts, invoice: sales } = connector.push;
  if (alerts?.findMissing === undefined || sales?.findMissing === undefined) {
    throw new Error('nothing is looked up together');
  }
  return { alerts, sales, missing: { alerts: alerts.findMissing, sales: sales.findMissing } };
}

const reads = (bench: Bench) => bench.requests().filter((name) => name.startsWith('GET'));

test('several keys take one request, and only what is not there is missing', () =>
  withConnectwise({}, async (bench) => {
    const { alerts, missing } = pushesOf(bench);
    await alerts.create(alert(bench, 'a:1'), soon());
    await alerts.create(alert(bench, 'a:2'), soon());
    bench.requests();
    const wanted = ['a:2', 'a:3', 'a:20'].map((key) => alert(bench, key));
    expect([...(await missing.alerts(wanted, soon()))]).toEqual(['a:3', 'a:20']);
    expect(bench.requests()).toEqual(['GET /service/tickets']);
  }));

test('nothing is missing before the first record shows that the search finds it', () =>
  withConnectwise({}, async (bench) => {
    const { missing } = pushesOf(bench);
    const wanted = ['a:1', 'a:2'].map((key) => alert(bench, key));
    expect((await missing.alerts(wanted, soon())).size).toBe(0);
    expect(bench.requests()).toEqual([]);
  }));

test.each([
  [
    'finds nothing',
    (bench: Bench) => bench.sandbox.state.switches.unsearchable.add('externalXRef'),
  ],
  ['no longer has that record', (bench: Bench) => bench.sandbox.state.tables.tickets.rows.clear()],
])(
  'an answer without a record that is known to be there is not believed: a search that %s',
  (_, spoil) =>
    withConnectwise({}, async (bench) => {
      const { alerts, missing } = pushesOf(bench);
      await alerts.create(alert(bench, 'a:1'), soon());
      spoil(bench);
      expect((await missing.alerts([alert(bench, 'a:2')], soon())).size).toBe(0);
    }),
);

test('a sale whose look-up was shared reads nothing more before it writes', () =>
  withConnectwise({}, async (bench) => {
    const { sales, missing } = pushesOf(bench);
    await sales.create(sale(bench.company, 's:1'), soon());
    const wanted = [sale(bench.company, 's:2'), sale(bench.other, 's:3')];
    expect((await missing.sales(wanted, soon())).size).toBe(2);
    bench.requests();
    for (const one of wanted) await sales.create(one, soon());
    const writes = ['POST /finance/invoices', 'POST /procurement/products'];
    expect(bench.requests()).toEqual([...writes, ...writes]);
    expect(bench.sandbox.state.listInvoices().map(({ total }) => total)).toEqual([
      ...[1200, 1200, 1200],
    ]);
  }));

test('half a sale is missing, and only its other half is written', () =>
  withConnectwise({}, async (bench) => {
    const { sales, missing } = pushesOf(bench);
    await sales.create(sale(bench.company, 's:1'), soon());
    bench.sandbox.faults.add('lost-answer', { method: 'POST', path: /invoices$/ });
    await expect(sales.create(sale(bench.other, 's:2'), soon())).rejects.toThrow();
    expect([...(await missing.sales([sale(bench.other, 's:2')], soon()))]).toEqual(['s:2']);
    bench.requests();
    await sales.create(sale(bench.other, 's:2'), soon());
    expect(bench.requests()).toEqual(['POST /procurement/products']);
    expect(bench.sandbox.state.listInvoices()).toHaveLength(2);
  }));

test('what was read counts for a minute', () => {
  let nowMs = Date.now();
  return withConnectwise({ now: () => nowMs }, async (bench) => {
    const { sales, missing } = pushesOf(bench);
    await sales.create(sale(bench.company, 's:1'), soon());
    await missing.sales([sale(bench.other, 's:2')], soon());
    nowMs += 60_000;
    bench.requests();
    await sales.create(sale(bench.other, 's:2'), soon());
    expect(reads(bench)).toEqual([
      ...['GET /procurement/catalog', `GET /company/companies/${bench.other}`],
      ...['GET /finance/invoices', 'GET /procurement/products'],
    ]);
  });
});

test('what was read counts for one attempt', () =>
  withConnectwise({}, async (bench) => {
    const { sales, missing } = pushesOf(bench);
    await sales.create(sale(bench.company, 's:1'), soon());
    const wanted = sale(bench.other, 's:2');
    await missing.sales([wanted], soon());
    bench.sandbox.faults.add('lost-answer', { method: 'POST', path: /products$/ });
    await expect(sales.create(wanted, soon())).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await sales.create(wanted, soon());
    expect(bench.sandbox.state.listInvoices()).toHaveLength(2);
    expect(bench.sandbox.state.tables.products.list()).toHaveLength(2);
  }));

test('a balance is read once before it is written, and its response shows the fields afterwards', () =>
  withConnectwise({}, async (bench) => {
    bench.sandbox.state.addCustomField({ caption: 'Hours left' });
    const push = bench.connector.push['balance-field'];
    const write = async (hoursText: string) => {
      const clientId = String(bench.company);
      const message = { key: `b:${hoursText}`, clientId, field: 'Hours left', hoursText };
      expect(await push?.find(message, soon())).toBeNull();
      await push?.create(message, soon());
      return bench.requests().map((name) => name.replace(/ .*/, ''));
    };
    await write('9.00');
    expect(await write('8.00')).toEqual(['GET', 'PATCH']);
    // Written by somebody else meanwhile: the array that is sent holds it.
    bench.sandbox.state.addCustomField({ caption: 'Region' });
    bench.sandbox.state.setCustomField(bench.company, 'Region', 'North');
    await write('7.00');
    const { customFields } = bench.sandbox.state.tables.companies.get(bench.company);
    expect(JSON.stringify(customFields)).toMatch('North');
  }));

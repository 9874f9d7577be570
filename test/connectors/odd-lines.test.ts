/** Lines of invoices: an odd one does not stop the reading of all invoices, and each is in its invoice's currency. */
import { expect, test } from '@jest/globals';
import { readPages as readAutotask, withAutotask } from './autotask/bench.ts';
import { pullRequest, readPages as readConnectwise, withConnectwise } from './connectwise/bench.ts';
import { asked, readAll, withHalopsa } from './halopsa/bench.ts';
import { readPages as readBms, withBms } from './kaseya-bms/bench.ts';
import { pullRequestFor, rowsOf, soon } from './pull-rows.ts';
import { withSyncro } from './syncro/bench.ts';
import { tenHours } from './ten-hours.ts';

const since = { linesSince: '2020-01-01' };

/** 1.25 h at 95.50 */
const odd = 119.375;

/** Every object of the answer, changed. */
function mapObjects(value: unknown, change: (object: object) => object): unknown {
  if (Array.isArray(value)) return value.map((one) => mapObjects(one, change));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([name, one]) => [name, mapObjects(one, change)]);
  return change(Object.fromEntries(inner));
}

const shownIn = (pages: readonly { rows: readonly { sourceId: string }[] }[]) =>
  pages.flatMap(({ rows }) => rows.map(({ sourceId }) => sourceId));

test('ConnectWise: a line of a fraction of a cent', () =>
  withConnectwise({}, async (bench) => {
    const { state } = bench.sandbox;
    const [one = 0, two] = ['01', '02'].map((day) =>
      state.addInvoice({ company: bench.company, date: `2026-03-${day}T00:00:00Z` }),
    );
    const [product] = state.tables.catalog.list();
    const catalogItem = product?.id ?? 0;
    const line = state.addProduct({ catalogItem, invoice: one, quantity: 1 });
    Object.assign(state.tables.products.get(line), { extPrice: odd });
    const pages = await readConnectwise(bench.connector, 'invoices', pullRequest(bench, since));
    expect(shownIn(pages)).toEqual([String(one), String(two)]);
    expect(pages[0]?.rows[0]?.lines).toMatchObject([{ totalMinor: null }]);
  }));

test('Autotask: a line of a fraction of a cent', () =>
  withAutotask({}, async (bench) => {
    const { state, company } = bench;
    const at = '2026-03-10T08:00:00Z';
    const [one, two] = [1, 2].map(() => state.invoiceCharges(company, [], at));
    const line = { invoiceID: one, quantity: 1.25, rate: 95.5, extendedPrice: odd };
    state.add('BillingItems', line);
    expect(shownIn(await readAutotask(bench, 'invoices', since))).toEqual([
      String(one),
      String(two),
    ]);
  }));

test('HaloPSA: a line of a fraction of a cent', () =>
  withHalopsa(async (bench) => {
    const { state, dupont, connector } = bench;
    for (const key of ['sale:1', 'sale:2']) {
      await connector.push.invoice?.create(tenHours(String(dupont), key), soon());
    }
    Object.assign(state.invoices[0]?.lines[0] ?? {}, { quantity: 1.25, price: 95.5 });
    const { rows } = await readAll(connector.pull.invoices?.(asked(bench, since)));
    expect(rows.map(({ reference }) => reference).sort()).toEqual(['sale:1', 'sale:2']);
  }));

test('Kaseya BMS: a line of a fraction of a cent', () =>
  withBms({}, async (bench) => {
    bench.state.addTicket({ accountId: bench.stranger, sourceId: 5 });
    const ids: string[] = [];
    for (const key of ['sale:1', 'sale:2']) {
      await bench.connector.push.invoice?.create(tenHours(String(bench.dupont), key), soon());
      const [charge] = bench.state.charges.slice(-1);
      ids.push(String(bench.state.invoiceCharges(bench.dupont, [charge?.id ?? 0])));
    }
    bench.sandbox.faults.distort((json) =>
      mapObjects(json, (one) => ('InvoiceId' in one ? { ...one, TotalPrice: odd } : one)),
    );
    expect(shownIn(await readBms(bench, 'invoices', since))).toEqual(ids);
  }));

test('Syncro: a line of a fraction of a cent', () =>
  withSyncro(async ({ sandbox, connector, sale, asked: ask }) => {
    for (const key of ['ph:1', 'ph:2']) await connector.push.invoice?.create(sale({ key }), soon());
    sandbox.faults.distort((json) =>
      mapObjects(json, (one) => ('price' in one ? { ...one, price: '0.0955' } : one)),
    );
    expect(await rowsOf(connector, 'invoices', ask(since))).toHaveLength(2);
  }));

test('ConnectWise: a line in the currency of its invoice', () =>
  withConnectwise({}, async (bench) => {
    const { state } = bench.sandbox;
    const company = state.addCompany({ name: 'Tokyo', currency: 'JPY' });
    const invoice = state.addInvoice({ company, date: '2026-03-01T00:00:00Z' });
    const [product] = state.tables.catalog.list();
    state.addProduct({ catalogItem: product?.id ?? 0, invoice, quantity: 1 });
    const [row] = await rowsOf(bench.connector, 'invoices', pullRequestFor([company], since));
    expect(row).toMatchObject({ currency: 'JPY', lines: [{ totalMinor: row?.netMinor }] });
  }));

test('HaloPSA: a line in the currency of its invoice', () =>
  withHalopsa(async (bench) => {
    const { dupont, connector, sandbox } = bench;
    await connector.push.invoice?.create(tenHours(String(dupont), 'sale:1'), soon());
    const yen = { currency_code_name: 'JPY', total: 1440, tax_total: 240 };
    sandbox.faults.distort((json) =>
      mapObjects(json, (one) => ('currency_code_name' in one ? { ...one, ...yen } : one)),
    );
    const { rows } = await readAll(connector.pull.invoices?.(asked(bench, since)));
    expect(rows[0]).toMatchObject({
      ...{ currency: 'JPY', netMinor: 1200, lines: [{ totalMinor: 1200 }] },
    });
  }));

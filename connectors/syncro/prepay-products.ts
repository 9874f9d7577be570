/**
 * Products with which Syncro counts hours itself. The balance of its prepaid hours is not documented, so its sources
 * are checked: products of the category Prepay Hours on a client's invoices and recurring invoices, and the balance
 * itself if an account shows it.
 */
import type { CheckResult, ListedProduct, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addDays, instantFromMs } from '../../src/domain/time.ts';
import type { Query } from '../kit/call.ts';
import { okResult } from '../kit/checking/checks.ts';
import { allRows, believeRows, findRow, readableRows } from '../kit/reading/lists.ts';
import type { List, Syncro } from './call.ts';
import { invoiceList, readCustomer } from './lists.ts';
import {
  CategoryWire,
  InvoiceDetail,
  type InvoiceLine,
  InvoiceWire,
  ProductWire,
  ScheduleWire,
} from './schema.ts';

/** By name: Syncro adds hours for one category and deducts them for the other. */
const prepayCategory = 'Prepay Hours';
export const laborCategory = 'Labor';

function productList(query: Query): List {
  return { path: '/products', rows: 'products', query, isUncounted: true };
}

export async function listProducts(syncro: Syncro): Promise<ListedProduct[]> {
  const products = await readableRows(syncro, productList({}), ProductWire);
  return products.filter((one) => !isIn(one, prepayCategory) && !isIn(one, laborCategory));
}

/** The product of the sale, else of the config; a line may have none. */
export async function saleProduct(syncro: Syncro, ofSale: string | null) {
  const name = ofSale ?? syncro.config.billing.product;
  if (name === undefined) return null;
  const isNamed = (row: ProductWire): boolean => row.name === name;
  const found = await findRow(syncro, productList({ name }), ProductWire, isNamed);
  if (found === null) {
    throw new KindError('config', `Syncro has no product called "${name}".`, {
      fix: 'Write the name as Syncro shows it, or let the token list products.',
    });
  }
  const counting = [prepayCategory, laborCategory].find((category) => isIn(found, category));
  if (counting === undefined) return found;
  const message = `Product "${name}" is in the category ${counting}, with which Syncro counts hours itself.`;
  const fix = 'Use a product of another category: the hours are counted here.';
  throw new KindError('config', message, { fix });
}

export async function productsIn(syncro: Syncro, category: string): Promise<ProductWire[]> {
  const list: List = { path: '/products/categories', rows: 'categories', isUncounted: true };
  const categories = await allRows(syncro, list, CategoryWire);
  const found: ProductWire[] = [];
  for (const { id: category_id } of categories.filter(({ name }) => isCalled(name, category))) {
    const products = await allRows(syncro, productList({ category_id }), ProductWire);
    // A filter by category may be ignored; a product without a category counts as matching.
    found.push(...products.filter((one) => !one.product_category || isIn(one, category)));
  }
  return found;
}

function isIn({ product_category, category_path }: ProductWire, category: string): boolean {
  return [product_category, category_path].some((text) => isCalled(text, category));
}

/** The name alone, or the last of a path such as `Services > Labor`. */
function isCalled(text: string | null | undefined, name: string): boolean {
  const last = (text ?? '').split(/[>/;]/).at(-1) ?? '';
  return last.trim().toLowerCase() === name.toLowerCase();
}

/** How far back invoices are checked. */
const lookBackDays = 400;

interface Search {
  syncro: Syncro;
  products: readonly ProductWire[];
  /** Sales before this day do not count. */
  fromDay: string;
}

/** A failed result for each client whose hours Syncro may debit as well. */
export async function nativePrepay(
  syncro: Syncro,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const today = instantFromMs(syncro.context.now()).slice(0, 10);
  const { prepayOffSince } = syncro.config;
  const oldest = addDays(today, -lookBackDays);
  const fromDay = prepayOffSince !== undefined && prepayOffSince > oldest ? prepayOffSince : oldest;
  const products = await productsIn(syncro, prepayCategory);
  const search: Search = { syncro, products, fromDay };
  const found = new Map<SourceId, string>();
  const unproven = new Set<SourceId>();
  for (const clientId of clientIds) {
    const balance = (await readCustomer(syncro, clientId)).prepay_hours ?? null;
    if (Number(balance ?? 0) !== 0 && prepayOffSince === undefined) {
      found.set(clientId, `has ${balance} prepaid hours`);
      continue;
    }
    const recurring = products.length === 0 ? null : await recurringSale(search, clientId);
    if (recurring !== null) found.set(clientId, recurring);
    // Hours that are used up are no longer debited.
    else if (balance === null) unproven.add(clientId);
  }
  if (products.length > 0 && unproven.size > 0) await searchInvoices(search, unproven, found);
  const refusals = [...found].map(([clientId, what]): CheckResult => {
    const detail = `Customer ${clientId} ${what} in Syncro, which deducts invoiced labor from them: two systems would debit the same hour.`;
    return { id: `native-prepay.${clientId}`, status: 'failed', detail, fix: endPrepay };
  });
  return [...refusals, restResult(search, unproven.size, refusals.length)];
}

const endPrepay =
  'End the recurring sale, enter the remaining hours as an opening block and clear them in Syncro; or leave the client out. If tracking is off for the whole account (Admin > Customers - Preferences), set prepayOffSince to that day.';

/** What is known about the clients without findings. */
function restResult(
  { syncro, products, fromDay }: Search,
  unproven: number,
  refused: number,
): CheckResult {
  const id = 'native-prepay';
  const none = 'Syncro has no product of the category Prepay Hours: it sells no prepaid hours.';
  if (products.length === 0) return okResult(id, none);
  const some = `Prepaid hours in Syncro: ${refused} clients have some, the others none.`;
  if (unproven === 0) return okResult(id, some);
  const names = products.map(({ name }) => name).join(', ');
  const detail = `${unproven} clients were sold no prepaid hours (${names}) since ${fromDay}. Older sales, and hours added by hand, cannot be seen.`;
  if (syncro.config.prepayOffSince !== undefined) {
    return okResult(id, `${detail} According to the config, tracking has been off since then.`);
  }
  const fix =
    'Check the prepaid hours of these clients in Syncro once. If tracking is off for the whole account, set prepayOffSince.';
  return { id, status: 'warning', detail, fix };
}

async function recurringSale(search: Search, clientId: SourceId): Promise<string | null> {
  const query = { customer_id: clientId };
  const list = { path: '/schedules', rows: 'schedules', query, isUncounted: true };
  const isSale = ({ customer_id, paused, lines }: ScheduleWire): boolean =>
    customer_id === clientId && paused !== true && hasPrepaid(search, lines);
  const found = await findRow(search.syncro, list, ScheduleWire, isSale);
  if (found === null) return null;
  return `is sold prepaid hours on the recurring invoice ${found.name ?? found.id}`;
}

const Sold = InvoiceWire.pick({ id: true, customer_id: true, date: true });

/** Moves clients to those `found`. Their invoices are read one by one, since lists show no lines. */
async function searchInvoices(
  search: Search,
  unproven: Set<SourceId>,
  found: Map<SourceId, string>,
): Promise<void> {
  const { syncro, fromDay } = search;
  const list = invoiceList.since(`${fromDay}T00:00:00.000Z`);
  for await (const page of syncro.pages(list)) {
    for (const { id, customer_id, date } of believeRows(list, page.rows, Sold)) {
      if (!unproven.has(customer_id) || (date ?? fromDay) < fromDay) continue;
      const invoice = await syncro.getIfThere(`/invoices/${id}`, InvoiceDetail);
      if (!hasPrepaid(search, invoice?.line_items)) continue;
      const sale = `invoice ${invoice?.number ?? id} of ${date?.slice(0, 10)}`;
      found.set(customer_id, `was sold prepaid hours on ${sale}`);
      unproven.delete(customer_id);
    }
  }
}

/** A line may have the product's ID, item and name, but not everywhere. */
function hasPrepaid({ products }: Search, lines: readonly InvoiceLine[] | null | undefined) {
  return (lines ?? []).some(({ product_category, product_id, item, name }) => {
    if (isCalled(product_category, prepayCategory)) return true;
    if (product_id != null) return products.some(({ id }) => id === product_id);
    return products.some((product) => product.name === item || product.name === name);
  });
}

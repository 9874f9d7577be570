/**
 * Syncro's own prepaid hours. Their balance is in no document, so what is looked for is what makes one:
 * products of the category Prepay Hours on a client's invoices and recurring invoices, and the balance
 * itself where an account shows it after all.
 */

import type { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addDays, instantFromMs } from '../../src/domain/time.ts';
import { type Api, believeRows } from './api.ts';
import { changedInvoices } from './lists.ts';
import { isPrepayCategory, prepayProducts } from './products.ts';
import { readCustomer } from './push-balance.ts';
import {
  InvoiceDetail,
  type InvoiceLine,
  InvoiceWire,
  type ProductWire,
  ScheduleWire,
} from './schema.ts';

type Line = z.infer<typeof InvoiceLine>;

/** How far back invoices are looked through. */
const lookBackDays = 400;

interface Search {
  api: Api;
  products: readonly ProductWire[];
  /** Sales before this day do not count. */
  fromDay: string;
  signal: AbortSignal;
}

/** A failed result for each client whose hours Syncro may take down as well. */
export async function nativePrepay(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const today = instantFromMs(api.context.now()).slice(0, 10);
  const oldest = addDays(today, -lookBackDays);
  const { prepayOffSince } = api.config;
  const fromDay = prepayOffSince !== undefined && prepayOffSince > oldest ? prepayOffSince : oldest;
  const products = await prepayProducts(api, signal);
  const search: Search = { api, products, fromDay, signal };
  const found = new Map<SourceId, string>();
  const unproven = new Set<SourceId>();
  for (const clientId of clientIds) {
    const balance = (await readCustomer(api, clientId, signal)).prepay_hours ?? null;
    const holds = balance !== null && Number(balance) !== 0;
    if (holds && prepayOffSince === undefined) found.set(clientId, `has ${balance} prepaid hours`);
    else {
      const recurring = products.length === 0 ? null : await recurringSale(search, clientId);
      if (recurring !== null) found.set(clientId, recurring);
      // Hours that were sold once and are used up take nothing more down.
      else if (balance === null) unproven.add(clientId);
    }
  }
  if (products.length > 0 && unproven.size > 0) await searchInvoices(search, unproven, found);
  const results = [...found].map(([clientId, what]) => refusal(clientId, what));
  return [...results, restOf(search, unproven.size - countIn(unproven, found), results.length)];
}

function countIn(ids: ReadonlySet<SourceId>, found: ReadonlyMap<SourceId, string>): number {
  return [...ids].filter((id) => found.has(id)).length;
}

function refusal(clientId: SourceId, what: string): CheckResult {
  return {
    id: `native-prepay.${clientId}`,
    status: 'failed',
    detail: `Customer ${clientId} ${what} in Syncro, which takes invoiced labor off them: two systems would debit the same hour.`,
    fix: 'End the recurring sale, take what is left over as an opening block and clear it in Syncro; or leave the client out. Where tracking is off for the whole account (Admin > Customers - Preferences), set prepayOffSince to that day.',
  };
}

/** What is known of the clients that nothing was found of. */
function restOf(
  { api, products, fromDay }: Search,
  unproven: number,
  refused: number,
): CheckResult {
  const id = 'native-prepay';
  const { prepayOffSince } = api.config;
  if (products.length === 0) {
    const detail = 'Syncro has no product of the category Prepay Hours: it sells no prepaid hours.';
    return { id, status: 'ok', detail };
  }
  if (unproven === 0) {
    const detail = `Prepaid hours in Syncro: ${refused} clients have some, no other does.`;
    return { id, status: 'ok', detail };
  }
  const names = products.map(({ name }) => name).join(', ');
  const detail = `${unproven} clients were sold no prepaid hours (${names}) since ${fromDay}. Older sales, and hours given by hand, cannot be seen.`;
  if (prepayOffSince !== undefined) {
    return { id, status: 'ok', detail: `${detail} By the config tracking is off since then.` };
  }
  const fix =
    'Look at the prepaid hours of these clients in Syncro once. Where tracking is off for the whole account, set prepayOffSince.';
  return { id, status: 'warning', detail, fix };
}

async function recurringSale(search: Search, clientId: SourceId): Promise<string | null> {
  const { api, signal } = search;
  const query = { customer_id: clientId };
  const list = { path: '/schedules', rows: 'schedules', query, isUncounted: true };
  for await (const page of api.pages(list, signal)) {
    for (const schedule of believeRows(list.path, page.rows, ScheduleWire)) {
      const isTheirs = schedule.customer_id === clientId && schedule.paused !== true;
      if (!isTheirs || !(schedule.lines ?? []).some((line) => isPrepaid(search, line))) continue;
      return `is sold prepaid hours by the recurring invoice ${schedule.name ?? schedule.id}`;
    }
  }
  return null;
}

const Sold = InvoiceWire.pick({ id: true, customer_id: true, date: true });

/** Reads the invoices of the clients one by one, since lists show no lines. */
async function searchInvoices(
  search: Search,
  clientIds: ReadonlySet<SourceId>,
  found: Map<SourceId, string>,
): Promise<void> {
  const { api, fromDay, signal } = search;
  for await (const page of api.pages(changedInvoices(`${fromDay}T00:00:00.000Z`), signal)) {
    for (const { id, customer_id, date } of believeRows('/invoices', page.rows, Sold)) {
      if (!clientIds.has(customer_id) || found.has(customer_id)) continue;
      if ((date ?? fromDay) < fromDay) continue;
      const detail = await api.getIfThere(`/invoices/${id}`, InvoiceDetail, signal);
      const lines = detail?.invoice.line_items ?? [];
      if (!lines.some((line) => isPrepaid(search, line))) continue;
      const number = detail?.invoice.number ?? id;
      found.set(
        customer_id,
        `was sold prepaid hours by invoice ${number} of ${date?.slice(0, 10)}`,
      );
    }
  }
}

/** Of a line, the documents name the product's id, its item and its name; not all of them are shown everywhere. */
function isPrepaid({ products }: Search, line: Line): boolean {
  if (isPrepayCategory(line.product_category)) return true;
  const { product_id } = line;
  if (product_id != null) return products.some(({ id }) => id === product_id);
  return products.some(({ name }) => name === line.item || name === line.name);
}

/** Syncro's lists, and single rows that more than one step asks for. */
import type { ClientRow, SourceId } from '../../src/contract/connector.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { numericIds, oneByOne, readableRows, refuseOld } from '../kit/reading/lists.ts';
import { lookUpNames, type NamedRow } from '../kit/reading/names.ts';
import type { List, Syncro } from './call.ts';
import { fromCustomer } from './mapping.ts';
import { CustomerDetail, CustomerWire, ProductDetail, Settings, Users } from './schema.ts';

/** Newest change first: customers have no filter for changes. */
export const customerList: List = {
  path: '/customers',
  rows: 'customers',
  query: { sort: 'updated_at DESC', include_disabled: true },
};

export const ticketList = listSince('tickets', 'since_updated_at');
export const timerList = listSince('ticket_timers', 'created_at_gt');
export const invoiceList = listSince('invoices', 'since_updated_at');

/** The filter means "after", we need "at or after". */
function listSince(rows: string, filter: string) {
  const all: List = { path: `/${rows}`, rows };
  const since = (at: Instant): List => ({ ...all, query: { [filter]: addSeconds(at, -1) } });
  return { all, since };
}

export const resolvedTickets: List = {
  ...ticketList.all,
  query: { resolved_after: '2000-01-01T00:00:00.000Z' },
};

/** A filter by whole days, in any zone, may return rows that are older by this much. */
const reachSeconds = 2 * 86_400;

/** Throws `contract` for a row that the filter should have excluded. */
export function refuseUnasked({ path }: List, at: Instant, since: Instant): void {
  refuseOld(path, at, since, reachSeconds);
}

export const nameSources = {
  async users(syncro: Syncro): Promise<NamedRow[]> {
    const { users } = await syncro.get('/users', Users);
    return users.map(([id, name]) => ({ id, name }));
  },
};

/** There may be thousands of products; time is logged with few of them. */
export function productNames(syncro: Syncro, ids: readonly string[]) {
  const read = async (id: string): Promise<string | null> =>
    (await syncro.getIfThere(`/products/${id}`, ProductDetail))?.product.name ?? null;
  return lookUpNames(syncro, 'products', ids, oneByOne(read));
}

/** Custom fields of customers; a customer shows one only once it is filled in. */
export async function fieldNames(syncro: Syncro): Promise<string[]> {
  const { customers } = await syncro.get('/settings', Settings);
  return (customers?.customer_fields ?? []).map(({ name }) => name);
}

export function clientNumbers(clientIds: readonly SourceId[]): SourceId[] {
  return numericIds('Syncro', clientIds);
}

export function clientNumber(clientId: SourceId): number {
  return Number(clientNumbers([clientId])[0]);
}

export function readCustomer(syncro: Syncro, clientId: SourceId): Promise<CustomerWire> {
  return syncro.get(`/customers/${clientNumber(clientId)}`, CustomerDetail);
}

export async function listClients(syncro: Syncro): Promise<ClientRow[]> {
  return (await readableRows(syncro, customerList, CustomerWire)).map(fromCustomer);
}

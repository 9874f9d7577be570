/** GoCardless's lists, newest row first, and how changes are requested. */
import type { ClientRow, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';
import type { Query } from '../kit/call.ts';
import { readableRows } from '../kit/reading/lists.ts';
import type { GoCardless, List } from './call.ts';
import { CustomerWire, inside } from './schema.ts';

const daySeconds = 86_400;

/** After a pause longer than this, a customer's lists are cheaper than the events of the whole account. */
const eventSeconds = 30 * daySeconds;

/** A SEPA debit may be taken back for 13 months. */
const reversalSeconds = 400 * daySeconds;

/** Our clock may be ahead of GoCardless's by less than this. */
const clockSeconds = 3600;

/** Whether everything is listed instead of what has changed since. */
export function isLongAgo(since: Instant, nowMs: number): boolean {
  return since < addSeconds(instantFromMs(nowMs), -eventSeconds);
}

export function eventList(since: Instant, type: 'payments' | 'refunds' | 'mandates'): List {
  return { path: '/events', query: { resource_type: type, ...createdSince(since) } };
}

/** What has happened to a payment so far. */
export function historyList(payment: SourceId): List {
  return { path: '/events', query: { payment } };
}

/** All of a customer's that may still be changed by something since. */
export function paymentList(customer: SourceId, since: Instant): List {
  const query = { customer, ...createdSince(addSeconds(since, -reversalSeconds)) };
  return { path: '/payments', query };
}

/** Those of a customer that may bear a key. */
export function keyedList(customer: SourceId, requestedAt: Instant): List {
  const query = { customer, ...createdSince(addSeconds(requestedAt, -clockSeconds)) };
  return { path: '/payments', query };
}

function createdSince(since: Instant): Query {
  return { 'created_at[gte]': since };
}

export function mandateList(customer: SourceId): List {
  return { path: '/mandates', query: { customer } };
}

export function pathOf(
  resource: 'payments' | 'refunds' | 'mandates' | 'customers',
  id: SourceId,
): string {
  return `/${resource}/${encodeURIComponent(id)}`;
}

/** Null: there is none in this account and environment, or its data was removed. */
export function readCustomer(gc: GoCardless, id: SourceId): Promise<CustomerWire | null> {
  return gc.getIfThere(pathOf('customers', id), inside('customers', CustomerWire));
}

/** The result of reading a customer's list; null, with a line in the log, if there is no such customer. */
export async function ofCustomer<T>(
  gc: GoCardless,
  customer: SourceId,
  read: Promise<T>,
): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    // Whether an unknown customer in a filter is a 404 or a 422 is not documented.
    const mayBeUnknown = isKindError(error, 'rejected');
    if (!mayBeUnknown || (await readCustomer(gc, customer)) !== null) throw error;
    gc.context.log.warn('GoCardless has no such customer.', { customer });
    return null;
  }
}

export async function listClients(gc: GoCardless): Promise<ClientRow[]> {
  const customers = await readableRows(gc, { path: '/customers' }, CustomerWire);
  return customers.map((one) => ({ sourceId: one.id, name: customerName(one) }));
}

export function customerName(customer: CustomerWire): string {
  const { id, company_name, given_name, family_name, email } = customer;
  const person = [given_name, family_name].flatMap((name) => name || []).join(' ');
  return company_name || person || email || id;
}

/** Stripe's lists, newest row first, and how changes are requested. */
import type { ClientRow, RejectedRow, SourceId } from '../../src/contract/connector.ts';
import { addSeconds, type Instant, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import type { Query } from '../kit/call.ts';
import { readableRows } from '../kit/reading/lists.ts';
import type { List, Stripe } from './call.ts';
import { CustomerWire, type EventWire } from './schema.ts';

const daySeconds = 86_400;

/** Events are kept for 30 days; one less, since a pass takes time. */
const eventSeconds = 29 * daySeconds;

/** A direct debit may be taken back for 13 months (SEPA), longer than any other. */
const reversalSeconds = 400 * daySeconds;

/** Our clock may be ahead of Stripe's by less than this. */
const clockSeconds = 3600;

/** Lists of at most 20 names of types. https://docs.stripe.com/api/events/list */
export const paymentEvents = [
  ...['created', 'processing', 'requires_action', 'succeeded', 'payment_failed', 'canceled'].map(
    (what) => `payment_intent.${what}`,
  ),
  'charge.refunded',
  'charge.refund.updated',
  ...['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map(
    (what) => `charge.dispute.${what}`,
  ),
];

/** Also failures and disputes, which may block a bank account. */
export const mandateEvents = [
  ...['attached', 'detached', 'updated', 'automatically_updated'].map(
    (what) => `payment_method.${what}`,
  ),
  ...['succeeded', 'requires_action', 'canceled'].map((what) => `setup_intent.${what}`),
  ...['mandate.updated', 'customer.updated', 'customer.deleted'],
  ...['payment_intent.payment_failed', 'charge.dispute.created'],
];

/** Whether events no longer show everything that has changed since. */
export function isBeforeEvents(since: Instant, nowMs: number): boolean {
  return since < firstEventAt(nowMs);
}

export function firstEventAt(nowMs: number): Instant {
  return addSeconds(instantFromMs(nowMs), -eventSeconds);
}

export function eventList(since: Instant, types: readonly string[]): List {
  const named = types.map((type, index) => [`types[${index}]`, type]);
  return { path: '/v1/events', query: { ...createdSince(since), ...Object.fromEntries(named) } };
}

/** All of a customer's that may still be changed by something since. */
export function intentList(customer: SourceId, since: Instant): List {
  const created = createdSince(addSeconds(since, -reversalSeconds));
  return {
    path: intentsPath,
    query: { customer, ...created, 'expand[0]': 'data.latest_charge' },
  };
}

/** Those of a customer that may bear a key. */
export function keyedList(customer: SourceId, requestedAt: Instant): List {
  const created = createdSince(addSeconds(requestedAt, -clockSeconds));
  return { path: intentsPath, query: { customer, ...created } };
}

const intentsPath = '/v1/payment_intents';

function createdSince(since: Instant): Query {
  return { 'created[gte]': Math.max(0, Math.floor(msFromInstant(since) / 1000)) };
}

export function disputeList(intentId: SourceId): List {
  return { path: '/v1/disputes', query: { payment_intent: intentId } };
}

export function methodList(customer: SourceId): List {
  return { path: `/v1/customers/${encodeURIComponent(customer)}/payment_methods` };
}

export function setupList(customer: SourceId): List {
  return { path: '/v1/setup_intents', query: { customer, 'expand[0]': 'data.mandate' } };
}

export function chargeList(customer: SourceId): List {
  return { path: '/v1/charges', query: { customer } };
}

export function intentPath(id: SourceId): string {
  return `${intentsPath}/${encodeURIComponent(id)}`;
}

/** Null: there is none in this account and mode, or it was deleted. */
export async function readCustomer(stripe: Stripe, id: SourceId): Promise<CustomerWire | null> {
  const customer = await stripe.getIfThere(`/v1/customers/${encodeURIComponent(id)}`, CustomerWire);
  return customer?.deleted === true ? null : customer;
}

export async function listClients(stripe: Stripe): Promise<ClientRow[]> {
  const customers = await readableRows(stripe, { path: '/v1/customers' }, CustomerWire);
  return customers.map((one) => ({ sourceId: one.id, name: customerName(one) }));
}

export function customerName({ id, name, description, email }: CustomerWire): string {
  return name || description || email || id;
}

/** The customer that an event's object names; null: it names none. */
export function customerOf({ data: { object, previous_attributes } }: EventWire): SourceId | null {
  const isOne = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (object.object === 'customer') return object.id;
  return [object.customer, previous_attributes?.customer].find(isOne) ?? null;
}

const shownFields = ['id', 'object', 'type', 'status', 'amount', 'currency', 'created'];

/** Quarantined rows are stored, and bank details must not be. */
export function withoutDetails(rejected: readonly RejectedRow[]): RejectedRow[] {
  return rejected.map((one) => {
    const fields = Object.entries(one.row ?? {}).filter(([name]) => shownFields.includes(name));
    return { ...one, row: Object.fromEntries(fields) };
  });
}

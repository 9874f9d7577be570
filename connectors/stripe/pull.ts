/** Payments of our customers: found by events, and each read as it is now. */
import { z } from 'zod';
import type { Page, PaymentRow, PullRequest, SourceId } from '../../src/contract/connector.ts';
import { describeError, isKindError, KindError } from '../../src/domain/errors.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { parseRows } from '../http/answers/rows.ts';
import { allRows, parseAll, type Rows } from '../kit/reading/lists.ts';
import type { Stripe } from './call.ts';
import {
  customerOf,
  disputeList,
  eventList,
  firstEventAt,
  intentList,
  intentPath,
  isBeforeEvents,
  paymentEvents,
  withoutDetails,
} from './lists.ts';
import { fromIntent } from './mapping.ts';
import { DisputeWire, EventWire, IntentWire } from './schema.ts';

/** By its events, newest first. */
interface Change {
  customer: SourceId | null;
  changedAt: Instant | null;
  succeededAt: Instant | null;
}

const intentsPerPage = 50;

/** Events are newest first, so a pass can resume only at the end. */
export function pullPayments(stripe: Stripe, request: PullRequest): Rows<PaymentRow> {
  const isOld = isBeforeEvents(request.since, stripe.context.now());
  return (isOld ? listedPayments : changedPayments)(stripe, request);
}

async function* changedPayments(
  stripe: Stripe,
  { since, clientIds }: PullRequest,
): Rows<PaymentRow> {
  const changes = new Map<SourceId, Change>();
  for await (const { rows } of stripe.pages(eventList(since, paymentEvents))) {
    const { rows: events, rejected } = parseRows(rows, EventWire, toChange);
    for (const event of events) addChange(changes, event, clientIds);
    if (rejected.length > 0) yield { rows: [], rejected: withoutDetails(rejected), resume: null };
  }
  // Oldest first, as they happened.
  const ids = [...changes.keys()].reverse();
  for (let start = 0; start < ids.length; start += intentsPerPage) {
    const raw: unknown[] = [];
    for (const id of ids.slice(start, start + intentsPerPage)) {
      const query = { 'expand[0]': 'latest_charge' };
      raw.push(await stripe.get(intentPath(id), z.unknown(), query));
    }
    yield await readPayments(stripe, raw, changes, clientIds);
  }
}

/** All that may still change, since events no longer tell what did. */
async function* listedPayments(
  stripe: Stripe,
  { since, clientIds }: PullRequest,
): Rows<PaymentRow> {
  const changes = new Map<SourceId, Change>();
  const settled = eventList(firstEventAt(stripe.context.now()), ['payment_intent.succeeded']);
  for await (const { rows } of stripe.pages(settled)) {
    for (const event of parseAll(rows, EventWire)) addChange(changes, toChange(event), clientIds);
  }
  for (const customer of clientIds) {
    const raw = await ifThere(allRows(stripe, intentList(customer, since), z.unknown()));
    if (raw === null) stripe.context.log.warn('Stripe has no such customer.', { customer });
    else yield await readPayments(stripe, raw, changes, [customer]);
  }
}

interface EventChange extends Change {
  intentId: SourceId | null;
}

/** A charge, refund or dispute names its intent. One without an intent or without a customer is none of ours. */
function toChange(event: EventWire): EventChange {
  const { id, object, payment_intent } = event.data.object;
  const isIntent = object === 'payment_intent';
  const customer = customerOf(event);
  const isNobodys = customer === null && (isIntent || object === 'charge');
  if (!isIntent && !/^(?:charge|refund|dispute)$/.test(object ?? '')) {
    throw new KindError('contract', `data.object.object: "${object}" is not a payment`);
  }
  return {
    intentId: isNobodys ? null : isIntent ? id : payment_intent,
    customer,
    changedAt: event.created,
    succeededAt: event.type === 'payment_intent.succeeded' ? event.created : null,
  };
}

/** Refunds and disputes name no customer: theirs is that of the intent. */
function addChange(
  changes: Map<SourceId, Change>,
  { intentId, customer, changedAt, succeededAt }: EventChange,
  clientIds: readonly SourceId[],
): void {
  if (intentId === null || (customer !== null && !clientIds.includes(customer))) return;
  const known = changes.get(intentId);
  changes.set(intentId, {
    customer: known?.customer ?? customer,
    changedAt: known?.changedAt ?? changedAt,
    succeededAt: known?.succeededAt ?? succeededAt,
  });
}

async function readPayments(
  stripe: Stripe,
  raw: readonly unknown[],
  changes: ReadonlyMap<SourceId, Change>,
  clientIds: readonly SourceId[],
): Promise<Page<PaymentRow>> {
  const page = parseRows(raw, IntentWire, (wire) => wire);
  const rows: PaymentRow[] = [];
  const rejected = withoutDetails(page.rejected);
  for (const wire of page.rows) {
    const change = changes.get(wire.id);
    const customer = wire.customer ?? change?.customer ?? null;
    if (customer === null || !clientIds.includes(customer)) continue;
    try {
      rows.push(await readPayment(stripe, { ...wire, customer }, change));
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      rejected.push({ sourceId: wire.id, reason: describeError(error), row: wire });
    }
  }
  return { rows, rejected, resume: null };
}

async function readPayment(
  stripe: Stripe,
  wire: IntentWire,
  change: Change | undefined,
): Promise<PaymentRow> {
  const isDisputed = wire.latest_charge?.disputed === true;
  const { now, timezone } = stripe.context;
  return fromIntent(wire, {
    disputes: isDisputed ? await allRows(stripe, disputeList(wire.id), DisputeWire) : [],
    succeededAt: change?.succeededAt ?? null,
    updatedAt: change?.changedAt ?? instantFromMs(now()),
    zone: timezone,
  });
}

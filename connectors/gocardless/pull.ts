/** Payments of our customers: found by events, and each read as it is now. */
import { z } from 'zod';
import type {
  Page,
  PaymentRow,
  PullRequest,
  RejectedRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { describeError, isKindError, KindError } from '../../src/domain/errors.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { allRows, type Rows } from '../kit/reading/lists.ts';
import type { GoCardless } from './call.ts';
import { eventList, historyList, isLongAgo, ofCustomer, pathOf, paymentList } from './lists.ts';
import { fromPayment, needsHistory } from './mapping.ts';
import { EventWire, inside, MandateWire, PaymentWire, RefundWire } from './schema.ts';

const paymentsPerPage = 50;

/** What one pass has learnt. */
interface Pass {
  clientIds: readonly SourceId[];
  /** The newest event of each changed payment. */
  changedAt: Map<SourceId, Instant>;
  /** The customers of mandates: a payment does not name its own. */
  customers: Map<SourceId, SourceId>;
}

/** Events are newest first, so a pass can resume only at the end. */
export async function* pullPayments(
  gc: GoCardless,
  { since, clientIds }: PullRequest,
): Rows<PaymentRow> {
  const pass: Pass = { clientIds, changedAt: new Map(), customers: new Map() };
  if (isLongAgo(since, gc.context.now())) {
    for (const customer of clientIds) {
      const listed = allRows(gc, paymentList(customer, since), z.unknown());
      yield await readPayments(gc, pass, (await ofCustomer(gc, customer, listed)) ?? []);
    }
    return;
  }
  const rejected = await findChanges(gc, pass, since);
  if (rejected.length > 0) yield { rows: [], rejected, resume: null };
  // Oldest first, as they happened.
  const ids = [...pass.changedAt.keys()].reverse();
  for (let start = 0; start < ids.length; start += paymentsPerPage) {
    yield await readChanged(gc, pass, ids.slice(start, start + paymentsPerPage));
  }
}

/** Of payments and, since they leave a payment's status alone, of refunds. */
async function findChanges(gc: GoCardless, pass: Pass, since: Instant): Promise<RejectedRow[]> {
  const rejected: RejectedRow[] = [];
  const { changedAt } = pass;
  const now = instantFromMs(gc.context.now());
  for (const type of ['payments', 'refunds'] as const) {
    for await (const { rows } of gc.pages(eventList(since, type))) {
      const events = parseRows(rows, EventWire, refuseUnlinked);
      rejected.push(...events.rejected);
      for (const { links, created_at } of events.rows) {
        const id = links.payment ?? (await paymentOfRefund(gc, links.refund ?? ''));
        if (id === null) continue;
        const at = created_at ?? now;
        if (at > (changedAt.get(id) ?? '')) changedAt.set(id, at);
      }
    }
  }
  return rejected;
}

function refuseUnlinked(event: EventWire): EventWire {
  if (event.links.payment !== null || event.links.refund !== null) return event;
  throw new KindError('contract', 'links: names neither a payment nor a refund');
}

/** An event of a refund may name only the refund. Null: it refunds a mandate, and no payment. */
async function paymentOfRefund(gc: GoCardless, refund: SourceId): Promise<SourceId | null> {
  return (await gc.get(pathOf('refunds', refund), inside('refunds', RefundWire))).links.payment;
}

async function readChanged(
  gc: GoCardless,
  pass: Pass,
  ids: readonly SourceId[],
): Promise<Page<PaymentRow>> {
  const raw: unknown[] = [];
  const missing: RejectedRow[] = [];
  for (const id of ids) {
    const found = await gc.getIfThere(pathOf('payments', id), inside('payments', z.unknown()));
    if (found !== null) raw.push(found);
    else
      missing.push({
        sourceId: id,
        reason: 'an event names it, but GoCardless has no such payment',
        row: {},
      });
  }
  const page = await readPayments(gc, pass, raw);
  return { ...page, rejected: [...missing, ...page.rejected] };
}

async function readPayments(
  gc: GoCardless,
  pass: Pass,
  raw: readonly unknown[],
): Promise<Page<PaymentRow>> {
  const { rows: wires, rejected } = parseRows(raw, PaymentWire, (wire) => wire);
  const rows: PaymentRow[] = [];
  for (const wire of wires) {
    try {
      const clientId = await customerOf(gc, pass, wire.links.mandate);
      if (!pass.clientIds.includes(clientId)) continue;
      const history = needsHistory(wire) ? await readHistory(gc, wire.id) : [];
      const updatedAt = pass.changedAt.get(wire.id) ?? instantFromMs(gc.context.now());
      rows.push(fromPayment(wire, { clientId, history, updatedAt }));
    } catch (error) {
      if (!isKindError(error, 'contract')) throw error;
      rejected.push({ sourceId: wire.id, reason: describeError(error), row: wire });
    }
  }
  return { rows, rejected, resume: null };
}

/** Also if the filter were ignored: another payment's failure is not this one's. */
async function readHistory(gc: GoCardless, id: SourceId): Promise<EventWire[]> {
  const events = await allRows(gc, historyList(id), EventWire);
  return events.filter(({ links }) => links.payment === id);
}

async function customerOf(
  gc: GoCardless,
  { customers }: Pass,
  mandate: SourceId,
): Promise<SourceId> {
  const known = customers.get(mandate);
  if (known !== undefined) return known;
  const schema = inside('mandates', MandateWire.pick({ links: true }));
  const found = await gc.getIfThere(pathOf('mandates', mandate), schema);
  if (found === null) throw new KindError('contract', `GoCardless has no mandate ${mandate}`);
  customers.set(mandate, found.links.customer);
  return found.links.customer;
}

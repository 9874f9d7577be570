import type { Client } from '../../domain/agreements/terms.ts';
import { isFullyPaid } from '../../domain/blocks/order.ts';
import type { RechargeUsage } from '../../domain/recharge/envelope.ts';
import { nextState, type RechargeState, retryAfterDays } from '../../domain/recharge/life.ts';
import { type Crossing, findBeside } from '../../domain/thresholds/episodes.ts';
import { addDays, type DateText, dateInZone } from '../../domain/time.ts';
import type { Episode, Recharge, ReplenishBatch } from '../../store/port.ts';
import { emptyBatch } from '../../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from '../context.ts';
import type { RechargeStep } from '../messages/recharge-note.ts';
import { alertOnOrder, type OrderEvent } from '../orders/order-alert.ts';
import { bookingOf } from './booking.ts';
import { alertedOrder, requestCharge } from './charge.ts';
import { composeStep } from './step-note.ts';

/**
 * Follows each recharge from its invoice to its payment, and back if that is reversed. The client
 * is informed of every step, the MSP if something is left to do.
 */
export async function followRecharges(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  const open = await context.store.readRecharges('open');
  if (open.length === 0) return;
  const held = new Set((await context.store.readSalesHolds()).map(({ clientId }) => clientId));
  for (const recharge of open) {
    const client = context.clients.find(({ id }) => id === recharge.clientId);
    if (client === undefined) continue;
    const batch = await followOne(context, client, recharge, held.has(client.id));
    if (batch === null) continue;
    await context.store.writeReplenish({ ...emptyBatch(context), ...batch });
    outcome.changed += 1;
    outcome.messages += batch.messages?.length ?? 0;
  }
}

/** Null: nothing to write. */
async function followOne(
  context: ReplenishContext,
  client: Client,
  recharge: Recharge,
  isHeld: boolean,
): Promise<Partial<ReplenishBatch> | null> {
  const { state: before, block, invoiceStatus, chargeStatus, collect } = recharge;
  const state = nextState({
    ...recharge,
    blockStatus: block.status,
    isByPsa: collect === 'psa',
    isDelivered: invoiceStatus === 'delivered',
    isRejected: chargeStatus === 'dead' || chargeStatus === 'cancelled',
  });
  if (state !== before) return enter(context, client, recharge, state);
  if (collect === 'psa') return chase(context, client, recharge);
  return isHeld ? null : requestCharge(context, client, recharge);
}

/** What the client is told when a recharge enters a state; null: nothing. */
const events: Record<RechargeState, RechargeStep['event'] | null> = {
  requested: null,
  submitted: null,
  collected: 'collected',
  failed: 'failed',
  returned: 'returned',
  ended: 'ended',
};

async function enter(
  context: ReplenishContext,
  client: Client,
  recharge: Recharge,
  state: RechargeState,
): Promise<Partial<ReplenishBatch>> {
  const { block, blockId, approvedMinor, priceMinor, isAnnounced } = recharge;
  const today = dateInZone(context.at, client.timezone);
  const isSilenced = state === 'ended' && (approvedMinor ?? -1) < priceMinor && !isAnnounced;
  // The end after a payment, or after its return, is not reported; a charge of a void block is the MSP's to refund.
  const isKnown =
    state === 'ended'
      ? ['collected', 'returned'].includes(recharge.state)
      : state === 'collected' && block.status === 'void';
  const retryOn = state === 'failed' ? retryDay(client, recharge, today) : null;
  const event = retryOn === null ? events[state] : 'retry';
  const note =
    isSilenced || isKnown || event === null
      ? null
      : await composeStep(context, { client, recharge, event, on: retryOn });
  const isFinal = state === 'failed' && retryOn === null;
  // Collected and returned between two runs: its hours were never given, so that no order was corrected.
  const isUnseen =
    state === 'returned' && recharge.collectedOn === null && block.activate === 'on-payment';
  const booking = state === 'collected' ? bookingOf(context, client, recharge, today) : null;
  const returned = { kind: 'returned', isWhole: true, wasUsable: false } as const;
  const due = isUnseen ? returned : alertFor(recharge, state, isFinal);
  const alert = booking === null ? due : null;
  return {
    rechargeChanges: [
      {
        blockId,
        before: recharge.state,
        state,
        collectedOn: state === 'collected' ? today : null,
        retry: retryOn === null || note === null ? null : { on: retryOn, noticeKey: note.key },
        isSilenced,
      },
    ],
    // Hours given on invoice depend on the payment from now on: without it, they go.
    ...((state === 'collected' || isFinal) && block.activate === 'on-invoice'
      ? { blockTerms: [{ ...block, activate: 'on-payment' as const }] }
      : {}),
    episodes: await rearmRefused(context, client, recharge, state),
    salesHolds:
      isFinal || isUnseen ? [{ clientId: client.id, reason: recharge.label ?? blockId }] : [],
    messages: [
      ...(alert === null
        ? []
        : await alertOnOrder(context, alertedOrder(recharge), alert, recharge.stateAt)),
      ...(booking === null ? [] : [booking]),
      ...(note === null ? [] : [note]),
    ],
  };
}

/**
 * Thresholds of other kinds of hours whose recharge this one refused while it was in flight: its hours
 * are not theirs, so no credit re-arms them. After a decline or a return a user resumes sales, which
 * re-arms all.
 */
async function rearmRefused(
  { store }: ReplenishContext,
  client: Client,
  { block, orderedAt, state: before }: Recharge,
  state: RechargeState,
): Promise<Episode[]> {
  const wasInFlight = ['requested', 'submitted', 'failed'].includes(before);
  if (!wasInFlight || (state !== 'collected' && state !== 'ended')) return [];
  const episodes = await store.readEpisodes([client.id]);
  const since = episodes.filter(({ isFired, firedAt }) => isFired && firedAt >= orderedAt);
  if (since.length === 0) return [];
  const [ledger] = await store.readLedgers([client.id], { isAllBlocks: true });
  const rules = client.agreement.replenish.filter((rule) => rule.do.includes('recharge'));
  const refused = findBeside(rules, since, block, ledger?.blocks ?? []);
  return refused.map((episode) => ({ ...episode, isFired: false }));
}

function retryDay(client: Client, recharge: Recharge, today: DateText): DateText | null {
  const days = retryAfterDays(recharge, client.agreement.recharge?.noticeDays ?? 0);
  return days === null ? null : addDays(today, days);
}

/** What the MSP has to do about a charge; null: nothing. */
function alertFor(
  { state: before, charge, block, invoice, chargeStatus, collect }: Recharge,
  state: RechargeState,
  isFinal: boolean,
): OrderEvent | null {
  const at = { connection: collect, charge: charge?.sourceId ?? '' };
  if (isFinal) {
    const reason = charge?.reason ?? (chargeStatus === 'dead' ? 'rejected' : 'cancelled');
    return { kind: 'declined', ...at, reason };
  }
  if (state !== 'collected' || charge === null) return null;
  if (block.status === 'void') return { kind: 'unwanted', ...at };
  // A dispute that was won finds its invoice booked already.
  if (invoice?.isPaid === true) return before === 'returned' ? null : { kind: 'paid-twice', ...at };
  return { kind: 'charged', ...at, minor: charge.amountMinor };
}

/** Once an unpaid invoice is overdue, MSP and client are told, once; nothing is sold again. */
async function chase(
  context: ReplenishContext,
  client: Client,
  recharge: Recharge,
): Promise<Partial<ReplenishBatch> | null> {
  const terms = client.agreement.recharge;
  if (terms === null || recharge.state !== 'submitted') return null;
  // An invoice that was not read yet may have been paid long ago.
  if (recharge.invoice === null || isFullyPaid(recharge.invoice)) return null;
  // From when the invoice was sent: its date is that of the decision, which may have waited for approval.
  const sentOn = dateInZone(recharge.stateAt, client.timezone);
  const due = addDays(sentOn, terms.chaseAfterDays);
  if (dateInZone(context.at, client.timezone) <= due) return null;
  const event = { kind: 'overdue', days: terms.chaseAfterDays } as const;
  const alerts = await alertOnOrder(context, alertedOrder(recharge), event, '');
  if (alerts.length === 0) return null;
  const note = await composeStep(context, { client, recharge, event: 'overdue', on: null });
  return { messages: [...alerts, note] };
}

/** Earlier recharges, if a rule that was reached recharges. */
export async function readRecharged(
  { store }: Pick<ReplenishContext, 'store'>,
  client: Client,
  crossings: readonly Crossing[],
  today: DateText,
): Promise<{ recharges?: RechargeUsage }> {
  if (!crossings.some(({ rule }) => rule.do.includes('recharge'))) return {};
  const { currency } = client;
  return { recharges: await store.readRechargeUsage(client.id, { today, currency }) };
}

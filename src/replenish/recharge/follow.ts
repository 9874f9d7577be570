import { sharersOf } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { RechargeUsage } from '../../domain/recharge/envelope.ts';
import { nextState, type RechargeState } from '../../domain/recharge/life.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import { type KindBalance, ownLeft } from '../../domain/thresholds/positions.ts';
import { addDays, type DateText, dateInZone } from '../../domain/time.ts';
import {
  accountFrom,
  type NewMessage,
  type Recharge,
  type ReplenishBatch,
} from '../../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from '../context.ts';
import { sourceIdOf, toMessage } from '../messages/compose.ts';
import { inProse } from '../messages/phrases.ts';
import { composeRechargeNote, type RechargeStep } from '../messages/recharge-note.ts';
import { alertOnOrder } from '../orders/order-alert.ts';
import { emptyBatch } from '../orders/orders.ts';
import { positionsOf, readOwed } from '../position.ts';

/**
 * Follows each recharge from its invoice to its payment, and back if that is reversed. The client
 * is informed of every step, the MSP if one takes too long.
 */
export async function followRecharges(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  for (const recharge of await context.store.readRecharges('open')) {
    const { state: before, block, invoiceStatus, invoice } = recharge;
    const isDelivered = invoiceStatus === 'delivered';
    const state = nextState({ state: before, blockStatus: block.status, isDelivered, invoice });
    const batch =
      state === before ? await chase(context, recharge) : await enter(context, recharge, state);
    if (batch === null) continue;
    await context.store.writeReplenish({ ...emptyBatch(context), ...batch });
    outcome.changed += 1;
    outcome.messages += batch.messages?.length ?? 0;
  }
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
  recharge: Recharge,
  state: RechargeState,
): Promise<Partial<ReplenishBatch>> {
  const { block, blockId } = recharge;
  const client = context.clients.find(({ id }) => id === recharge.clientId);
  const isSilenced = state === 'ended' && recharge.approvedMinor === null;
  // The end of a recharge whose payment was returned is no news.
  const isKnown = state === 'ended' && recharge.state === 'returned';
  const event = isSilenced || isKnown ? null : events[state];
  const today = client === undefined ? null : dateInZone(context.at, client.timezone);
  return {
    rechargeChanges: [
      { blockId, state, collectedOn: state === 'collected' ? today : null, isSilenced },
    ],
    // Hours given on invoice depend on the payment from now on: they go if it does.
    ...(state === 'collected' && block.activate === 'on-invoice'
      ? { blockTerms: [{ ...block, activate: 'on-payment' as const }] }
      : {}),
    messages:
      client === undefined || event === null
        ? []
        : [await composeStep(context, recharge, client, event)],
  };
}

/** Once an unpaid invoice is overdue, MSP and client are told, once; nothing is sold again. */
async function chase(
  context: ReplenishContext,
  recharge: Recharge,
): Promise<Partial<ReplenishBatch> | null> {
  const client = context.clients.find(({ id }) => id === recharge.clientId);
  const terms = client?.agreement.recharge ?? null;
  if (client === undefined || terms === null || recharge.state !== 'submitted') return null;
  // An invoice that was not read yet may have been paid long ago.
  if (recharge.invoice === null) return null;
  const due = addDays(recharge.issuedOn, terms.chaseAfterDays);
  if (dateInZone(context.at, client.timezone) <= due) return null;
  const { seconds, amountMinor } = recharge.block;
  const sold = { seconds, totalMinor: amountMinor ?? recharge.priceMinor };
  const order = { block: recharge.block, label: recharge.label, sold };
  const alerts = await alertOnOrder(
    context,
    order,
    { kind: 'overdue', days: terms.chaseAfterDays },
    '',
  );
  if (alerts.length === 0) return null;
  return { messages: [...alerts, await composeStep(context, recharge, client, 'overdue')] };
}

async function composeStep(
  context: ReplenishContext,
  recharge: Recharge,
  client: Client,
  event: RechargeStep['event'],
): Promise<NewMessage> {
  const { block, ticketKey, stateAt, label, invoice, priceMinor } = recharge;
  const cause = `${context.firstRunAt} ${block.key} ${event} ${stateAt}`;
  const key = pushKeyOf('note', client.id, cause);
  const format = inProse(formatIn(client));
  const { amountMinor, seconds, currency } = block;
  const { subject, body } = composeRechargeNote(context, client, key, {
    event,
    size: amountMinor === null ? format.duration(seconds) : format.money(amountMinor, currency),
    amountMinor: invoice?.totalMinor ?? priceMinor,
    currency,
    invoice: label,
    kinds: await readKinds(context, client),
    usedSeconds:
      event === 'collected' ? await context.store.readUsedBefore(client.id, block.id) : null,
  });
  return toMessage(context, client, 'ticket-note', key, ticketKey, {
    clientId: sourceIdOf(client),
    ticketId: '',
    audience: 'client',
    subject,
    body,
  });
}

/** What the client has left, each kind of hours separately. */
async function readKinds(context: ReplenishContext, client: Client): Promise<KindBalance[]> {
  const [ledger] = await context.store.readLedgers([client.id], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`${client.name} has no ledger`);
  const positions = positionsOf(accountFrom(ledger, sharersOf(context.clients)), ledger, {
    client,
    today: dateInZone(context.at, client.timezone),
    pendingSeconds: 0,
    history: null,
    owed: (await readOwed(context, [client], [ledger])).get(client.id) ?? null,
  });
  return ownLeft(positions);
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

import type { Client } from '../../domain/agreements/terms.ts';
import { isFullyPaid } from '../../domain/blocks/order.ts';
import { languageOf } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { PushMessages } from '../../domain/records/messages.ts';
import { addDays, addSeconds, dateInZone } from '../../domain/time.ts';
import type { NewMessage, Order, Recharge, ReplenishBatch } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { alertOnOrder } from '../orders/order-alert.ts';
import { composeStep, sizeOf } from './step-note.ts';

/** The provider's clock may be behind ours by this much, and the charge still be found. */
const clockSlackSeconds = 86_400;

/**
 * Requests the charge at the payment provider once everything that must come before it has: the
 * approval, the invoice in the PSA, the client's notice and its days. Null: not yet.
 */
export async function requestCharge(
  context: ReplenishContext,
  client: Client,
  recharge: Recharge,
): Promise<Partial<ReplenishBatch> | null> {
  const { state, block, collect, invoiceStatus } = recharge;
  if (context.mode !== 'live' || block.status === 'void') return null;
  if (state !== 'requested' && state !== 'failed') return null;
  if (state === 'failed' && recharge.retryOn === null)
    return announceRetry(context, client, recharge);
  const customerId = client.sourceIds.get(collect);
  const amountMinor = dueMinor(recharge);
  if (invoiceStatus !== 'delivered' || amountMinor === null) return null;
  if (customerId === undefined || client.agreement.recharge === null) {
    const event = { kind: 'no-mandate', connection: collect } as const;
    const messages = await alertOnOrder(context, alertedOrder(recharge), event, 'no customer');
    return messages.length === 0 ? null : { messages };
  }
  const netMinor = recharge.invoice?.netMinor ?? 0;
  // Approved, limited and announced is the price of the order.
  if (netMinor > recharge.priceMinor) {
    const event = { kind: 'review', netMinor } as const;
    const messages = await alertOnOrder(context, alertedOrder(recharge), event, netMinor);
    return messages.length === 0 ? null : { messages };
  }
  const mandates = await context.store.readMandates(collect, [customerId]);
  if (!mandates.some(({ status }) => status === 'usable')) {
    const event = { kind: 'no-mandate', connection: collect } as const;
    const messages = await alertOnOrder(context, alertedOrder(recharge), event, '');
    return messages.length === 0 ? null : { messages };
  }
  if (!isNoticeOver(context, client, recharge)) return null;
  const message = chargeMessage(context, client, recharge, { customerId, amountMinor });
  return {
    messages: [message],
    rechargeChanges: [
      {
        blockId: block.id,
        before: state,
        state: 'submitted',
        collectedOn: null,
        chargeKey: message.key,
        retry: null,
        isSilenced: false,
      },
    ],
  };
}

/** What is still owed on the invoice, tax included; null: it was not read yet, or is paid. */
function dueMinor({ invoice, priceMinor }: Recharge): number | null {
  if (invoice === null || invoice.isVoid || isFullyPaid(invoice)) return null;
  const { totalMinor, paidMinor, creditedMinor } = invoice;
  const due = (totalMinor ?? priceMinor) - (paidMinor ?? 0) - (creditedMinor ?? 0);
  return due > 0 ? due : null;
}

/** If the note cannot be shown to have been sent, nothing is charged. */
function isNoticeOver(
  { at }: ReplenishContext,
  { agreement, timezone }: Client,
  { noticedAt, retryOn }: Recharge,
): boolean {
  if (noticedAt === null || agreement.recharge === null) return false;
  const today = dateInZone(at, timezone);
  const from = addDays(dateInZone(noticedAt, timezone), agreement.recharge.noticeDays);
  return today >= from && today >= (retryOn ?? from);
}

/** A user has resumed sales to the client: the charge is announced again, then repeated. */
async function announceRetry(
  context: ReplenishContext,
  client: Client,
  recharge: Recharge,
): Promise<Partial<ReplenishBatch>> {
  const days = client.agreement.recharge?.noticeDays ?? 0;
  const on = addDays(dateInZone(context.at, client.timezone), days);
  const note = await composeStep(context, { client, recharge, event: 'retry', on });
  const { blockId, state } = recharge;
  const retry = { on, noticeKey: note.key };
  return {
    messages: [note],
    rechargeChanges: [
      { blockId, before: state, state, collectedOn: null, retry, isSilenced: false },
    ],
  };
}

/** The key is stored before the first request; each attempt has its own. */
function chargeMessage(
  { firstRunAt, at }: ReplenishContext,
  client: Client,
  recharge: Recharge,
  { customerId, amountMinor }: { customerId: string; amountMinor: number },
): NewMessage {
  const { block, collect, label, attempts } = recharge;
  const payload: Omit<PushMessages['recharge'], 'key'> = {
    clientId: customerId,
    amountMinor,
    currency: block.currency,
    description: descriptions[languageOf(client.locale)](sizeOf(client, recharge)),
    invoice: label,
    requestedAt: addSeconds(at, -clockSlackSeconds),
  };
  return {
    key: pushKeyOf('charge', client.id, `${firstRunAt} ${block.key} ${attempts + 1}`),
    kind: 'recharge',
    clientId: client.id,
    connection: collect,
    payload: JSON.stringify(payload),
    afterKey: null,
    status: 'pending',
  };
}

const descriptions = {
  en: (size: string) => `${size} support block`,
  fr: (size: string) => `Forfait d’assistance de ${size}`,
};

export function alertedOrder(recharge: Recharge): Pick<Order, 'block' | 'label' | 'sold'> {
  const { block, label, priceMinor } = recharge;
  return {
    block,
    label,
    sold: { seconds: block.seconds, totalMinor: block.amountMinor ?? priceMinor },
  };
}

import type { Client } from '../domain/agreements/terms.ts';
import { blockIdOf } from '../domain/keys.ts';
import { needsApproval } from '../domain/recharge/envelope.ts';
import { addDays, addMonths } from '../domain/time.ts';
import type {
  Block,
  ClientLedger,
  NewMessage,
  NewRecharge,
  ReplenishBatch,
} from '../store/port.ts';
import type { ReplenishContext } from './context.ts';
import { crossingsToBasis, type FoundCrossings } from './messages/basis.ts';
import {
  alertKeyOf,
  composeNotice,
  invoiceKeyOf,
  type Notice,
  noteKeyOf,
} from './messages/compose.ts';
import { decideSales, proposeSales, type Sale } from './sale.ts';

export interface Composed {
  messages: NewMessage[];
  /** The ordered blocks. */
  blocks: Block[];
  /** Of the blocks that are collected without the client. */
  recharges: NewRecharge[];
}

/** Composes the messages for the crossings, or for a sale by hand, with what is sold. */
export function composeCrossings(
  context: ReplenishContext,
  client: Client,
  found: FoundCrossings,
): Composed {
  const { crossings, recharges, byHand } = found;
  if (crossings.length === 0 && byHand === undefined)
    return { messages: [], blocks: [], recharges: [] };
  const { sales, refusals } = decideSales(found, client.agreement.recharge);
  const proposed = refusals.length > 0 ? [] : proposeSales(found);
  const proposals = sales.length > 0 ? sales : proposed;
  const isApproved = !sales.some(
    ({ isRecharge, totalMinor }) =>
      isRecharge && recharges !== undefined && needsApproval(totalMinor, recharges),
  );
  const notice: Notice = {
    runOut: null,
    ...found,
    ...{ client, sales, proposals, refusals, isApproved },
  };
  const basis = crossingsToBasis(found);
  const messages = composeNotice(context, notice).map((message) => ({ ...message, basis }));
  const ordered = context.mode === 'live' ? sales : [];
  return {
    messages,
    blocks: ordered.map((sale) => toBlock(context, notice, sale)),
    recharges: ordered
      .filter(({ isRecharge }) => isRecharge)
      .map((sale) => toRecharge(context, notice, sale)),
  };
}

/** The client's open orders when a sale was decided: another one since refuses it. */
export function ordersSeen({
  clientId,
  blocks,
}: ClientLedger): NonNullable<ReplenishBatch['expectedOrders']>[number] {
  const ordered = blocks.filter(({ status }) => status === 'ordered');
  return { clientId, blockIds: ordered.map(({ id }) => id) };
}

function toBlock(context: ReplenishContext, notice: Notice, sale: Sale): Block {
  const invoiceKey = invoiceKeyOf(context, notice, sale);
  const { client, today } = notice;
  const { offer } = sale;
  const months = offer.validForMonths;
  return {
    id: blockIdOf(invoiceKey),
    key: invoiceKey,
    clientId: client.id,
    source: 'purchase',
    offer: offer.name,
    seconds: sale.seconds,
    amountMinor: offer.amountMinor === null ? null : sale.totalMinor,
    rateMinor: offer.rateMinor,
    currency: offer.currency,
    purchasedOn: today,
    expiresOn: months === null ? null : addDays(addMonths(today, months), -1),
    priority: 0,
    workTypes: offer.workTypes,
    status: 'ordered',
    activate: client.agreement.activate,
    invoiceKey,
    ...(offer.onboarding && { onboarding: offer.onboarding }),
  };
}

function toRecharge(context: ReplenishContext, notice: Notice, sale: Sale): NewRecharge {
  const { client, today, isApproved } = notice;
  const invoiceKey = invoiceKeyOf(context, notice, sale);
  return {
    blockId: blockIdOf(invoiceKey),
    clientId: client.id,
    collect: client.agreement.recharge?.collect ?? 'psa',
    invoiceKey,
    ticketKey: alertKeyOf(context, notice),
    noticeKey: noteKeyOf(context, notice),
    approvedMinor: isApproved ? sale.totalMinor : null,
    requestedOn: today,
  };
}

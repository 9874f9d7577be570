import { sharersOf } from '../../domain/agreements/shares.ts';
import { type OrderState, partOfOrder } from '../../domain/blocks/order.ts';
import { validFrom } from '../../domain/blocks/validity.ts';
import { type Account, payOffOverage } from '../../domain/ledger/postings.ts';
import { creditPurchase } from '../../domain/ledger/purchase.ts';
import { takeBackCredit } from '../../domain/ledger/take-back.ts';
import { type DateText, dateInZone } from '../../domain/time.ts';
import type { Block, ClientLedger, Episode, Order, ReplenishBatch } from '../../store/port.ts';
import { accountFrom, emptyBatch, isPaidLate, orderState } from '../../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from '../context.ts';
import { alertOnOrder, type OrderEvent } from './order-alert.ts';

/**
 * Makes ordered blocks usable as far as their invoice exists (or is paid), closes orders whose
 * invoice was voided, and withdraws hours whose payment was reversed. Returns the blocks whose order
 * is still open, with the number of their invoice.
 */
export async function settleOrders(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<Map<string, string | null>> {
  const open = new Map<string, string | null>();
  for (const order of await context.store.readOrders()) {
    const { block } = order;
    if (block.invoiceKey === null) continue;
    const state = orderState(order);
    const batch = await change(context, order, state);
    if (batch !== null) {
      await context.store.writeReplenish({ ...emptyBatch(context), ...batch });
      outcome.changed += 1;
      outcome.posted += batch.postings?.length ?? 0;
      if (block.status === 'active') outcome.posted += await payWithOthers(context, block);
      outcome.messages += batch.messages?.length ?? 0;
    }
    const status = batch?.blockStatuses?.[0]?.status ?? block.status;
    if (status === 'ordered' && state.state !== 'ended') open.set(block.id, order.label);
  }
  return open;
}

/** Null: nothing to write. */
async function change(
  context: ReplenishContext,
  order: Order,
  state: OrderState,
): Promise<Partial<ReplenishBatch> | null> {
  const { status } = order.block;
  if (status === 'ordered') return settle(context, order, state);
  if (status === 'active') return correct(context, order, state);
  if (!isPaidLate(order)) return null;
  const messages = await alertOnOrder(context, order, { kind: 'late' }, '');
  return messages.length === 0 ? null : { messages };
}

/** Null: nothing to write. */
async function settle(
  context: ReplenishContext,
  order: Order,
  state: OrderState,
): Promise<Partial<ReplenishBatch> | null> {
  const { block } = order;
  if (order.messageStatus === 'cancelled') return close(block);
  const client = context.clients.find(({ id }) => id === block.clientId);
  // A client left out of the config has no terms to settle by: its orders wait until it is back.
  if (client === undefined || state.state === 'waiting') return null;
  if (state.state === 'review') {
    const event = { kind: 'review', netMinor: state.netMinor } as const;
    const messages = await alertOnOrder(context, order, event, state.netMinor);
    return messages.length === 0 ? null : { messages };
  }
  if (state.state === 'ended') {
    // A block that was usable before becomes usable again when the invoice reappears and is paid.
    if (order.wasCredited) return null;
    const event = { kind: 'closed', why: state.why } as const;
    const isReplaced = await hasSaleSince(context, block.clientId);
    const messages = isReplaced ? [] : await alertOnOrder(context, order, event, '');
    return { ...close(block), messages };
  }
  const { ledger, account } = await readAccount(context, block);
  const today = dateInZone(context.at, client.timezone);
  const bought = boughtBlock(order, state.worthMinor, today);
  const postings = await credit(context, { order, bought, ledger, account });
  const isPart = !isSameSize(bought, wholeOf(order));
  const event: OrderEvent = { kind: 'part' };
  return {
    expected: [ledger],
    blockStatuses: [{ blockId: block.id, status: 'active' }],
    blockTerms: [bought],
    postings,
    messages: isPart
      ? await alertOnOrder(context, { ...order, block: bought }, event, state.worthMinor)
      : [],
  };
}

/** Hours were sold in another way since; whoever sold them knows about the old invoice. */
async function hasSaleSince({ store }: ReplenishContext, clientId: string): Promise<boolean> {
  const fired = (await store.readEpisodes([clientId])).filter(({ isFired }) => isFired);
  if (fired.length === 0) return true;
  const last = Math.max(...fired.map(({ firedClientSeq }) => firedClientSeq));
  const later = await store.readEntriesAfter(clientId, last);
  const reversed = new Set(later.flatMap(({ reverses }) => reverses ?? []));
  const isSale = ({ reason, key }: { reason: string; key: string }) =>
    reason === 'purchase' && !reversed.has(key);
  return later.some(isSale);
}

/** Corrects an active block whose invoice became unpaid, or pays for a different part of it. */
async function correct(
  context: ReplenishContext,
  order: Order,
  state: OrderState,
): Promise<Partial<ReplenishBatch> | null> {
  const { block } = order;
  if (state.state === 'review') return null;
  const worth = state.state === 'usable' ? state.worthMinor : 0;
  const size = sizeFor(order, worth);
  if (state.state === 'usable' && isSameSize(block, size)) return null;
  const { ledger, account } = await readAccount(context, block);
  const live = await context.store.readBlockEntries([block.id]);
  const isLarger =
    size.seconds > block.seconds || (size.amountMinor ?? 0) > (block.amountMinor ?? 0);
  const isHeld = !isLarger && (state.state !== 'usable' || isPaymentAffected(order));
  const salesHolds = isHeld ? [{ clientId: block.clientId, reason: order.label ?? block.id }] : [];
  const taken = takeBackCredit(account, block.id, live, 'payment-returned');
  if (taken === null) {
    const messages = await alertOnOrder(context, order, { kind: 'stuck' }, '');
    return messages.length === 0 ? null : { messages, salesHolds };
  }
  const event: OrderEvent = isHeld
    ? { kind: 'returned', isWhole: state.state !== 'usable', wasUsable: true }
    : { kind: 'part' };
  const common = { expected: [ledger], salesHolds };
  if (state.state !== 'usable') {
    return {
      ...common,
      blockStatuses: [{ blockId: block.id, status: 'ordered' }],
      blockTerms: [{ ...block, ...wholeOf(order) }],
      postings: taken,
      messages: await alertOnOrder(context, order, event, ledger.clientSeq),
    };
  }
  account.blocks = account.blocks.filter(({ id }) => id !== block.id);
  const bought = { ...block, ...size };
  const again = await credit(context, { order, bought, ledger, account });
  return {
    ...common,
    blockTerms: [bought],
    postings: [...taken, ...again],
    messages: await alertOnOrder(context, { ...order, block: bought }, event, ledger.clientSeq),
  };
}

/** A lower invoice that nobody has paid anything of concerns no payment: the MSP asks for less. */
function isPaymentAffected({ block, invoice, paidOn }: Order): boolean {
  const isPaid = invoice?.isPaid === true || (invoice?.paidMinor ?? 0) > 0 || paidOn !== null;
  return isPaid || block.activate === 'on-payment';
}

/** Work that lost its hours is paid by other blocks with hours left, or stays overage. */
async function payWithOthers(context: ReplenishContext, block: Block): Promise<number> {
  const { ledger, account } = await readAccount(context, block);
  const open = await context.store.readOpenOverage(block.clientId);
  const postings = payOffOverage(account, open);
  if (postings.length > 0) {
    await context.store.writeReplenish({ ...emptyBatch(context), expected: [ledger], postings });
  }
  return postings.length;
}

async function credit(
  context: ReplenishContext,
  {
    order,
    bought,
    ledger,
    account,
  }: { order: Order; bought: Block; ledger: ClientLedger; account: Account },
) {
  const round = order.wasCredited ? ledger.clientSeq : null;
  const purchase = creditPurchase(account, bought, bought.offer, round);
  const overage = await context.store.readOpenOverage(bought.clientId);
  return [purchase, ...payOffOverage(account, overage)];
}

async function readAccount(context: ReplenishContext, block: Block) {
  const [ledger] = await context.store.readLedgers([block.clientId], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`block ${block.id} belongs to no known client`);
  return { ledger, account: accountFrom(ledger, sharersOf(context.clients)) };
}

/** The block as it becomes usable: as large as was paid for, and valid from then on. */
function boughtBlock(order: Order, worthMinor: number, today: DateText): Block {
  return validFrom({ ...order.block, ...sizeFor(order, worthMinor) }, today, order.paidOn);
}

type Size = Pick<Block, 'seconds' | 'amountMinor'>;

function wholeOf(order: Order): Size {
  return sizeFor(order, order.sold?.totalMinor ?? 0);
}

function sizeFor({ block, sold }: Order, worthMinor: number): Size {
  if (sold === null) return block;
  return partOfOrder({ ...sold, isMoney: block.amountMinor !== null }, worthMinor);
}

function isSameSize(a: Size, b: Size): boolean {
  return a.seconds === b.seconds && a.amountMinor === b.amountMinor;
}

function close(block: Block): Partial<ReplenishBatch> {
  return { blockStatuses: [{ blockId: block.id, status: 'void' }] };
}

/** A threshold that was reached now. */
export function firedEpisode(
  { mode, at }: Pick<ReplenishContext, 'mode' | 'at'>,
  { clientId, clientSeq }: Pick<ClientLedger, 'clientId' | 'clientSeq'>,
  threshold: string,
  number: number,
): Episode {
  return {
    ...{ clientId, threshold, number, isFired: true, pendingSeconds: 0 },
    ...{ firedClientSeq: clientSeq, firedMode: mode, firedAt: at },
  };
}

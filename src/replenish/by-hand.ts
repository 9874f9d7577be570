import { familyOf, sharersOf } from '../domain/agreements/shares.ts';
import { type Client, sellsBlock } from '../domain/agreements/terms.ts';
import { isScheduled } from '../domain/blocks/validity.ts';
import { dateInZone } from '../domain/time.ts';
import type { Order, ReplenishBatch } from '../store/port.ts';
import { accountFrom, emptyBatch, orderState } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';
import { handSale } from './messages/compose.ts';
import { firedEpisode } from './orders/orders.ts';
import { positionsIn, readSituation } from './replenish.ts';
import { decideSales, type Refusal, type Sale, type SaleByHand, withOrders } from './sale.ts';
import { composeCrossings, ordersSeen } from './sold.ts';

/** What a user wants to sell; the agreement says who is notified. */
export interface HandOrder extends Pick<SaleByHand, 'offer' | 'quantity' | 'reason'> {
  /** Whether it is collected without the client. */
  isRecharge: boolean;
}

interface DecidedOrder {
  /** Null: it is refused. */
  sold: { sale: Sale; batch: ReplenishBatch } | null;
  refusals: Refusal[];
  /** The client's open orders. */
  orders: Order[];
}

/**
 * Decides a sale by hand, with the rules, the messages and the order of one that a threshold
 * triggers. A first sale needs no earlier ledger entry.
 */
export async function decideOrder(
  context: ReplenishContext,
  client: Client,
  { isRecharge, ...wanted }: HandOrder,
): Promise<DecidedOrder> {
  const { store, clients, at } = context;
  const today = dateInZone(at, client.timezone);
  const orders = (await store.readOrders()).filter(
    (order) => order.block.clientId === client.id && isOpenOrder(order),
  );
  const holds = await store.readSalesHolds();
  const isHeld = holds.some(({ clientId }) => clientId === client.id);
  const situation = await readSituation(context, [client]);
  const ledger = situation.ledgers.get(client.id);
  if (ledger === undefined) throw new Error(`${client.name} has no ledger`);
  const account = accountFrom(ledger, sharersOf(clients));
  const positions = positionsIn(situation, client, clients, { ledger, account, today });
  const episodes = situation.episodes.get(client.id) ?? [];
  const number = 1 + (episodes.find(({ threshold }) => threshold === handSale)?.number ?? 0);
  const byHand: SaleByHand = {
    ...wanted,
    ...toldAs(client, wanted.offer.name, isRecharge ? 'recharge' : 'invoice'),
    number,
  };
  const reached = withOrders(positions, [], {
    family: familyOf(client, clients),
    // A hold refuses whatever is ordered.
    ordered: isHeld ? [] : orders.map(({ block }) => block),
    isClosed: isHeld || orders.length > 0,
    byHand,
  });
  const { currency } = client;
  const recharges = isRecharge
    ? { recharges: await store.readRechargeUsage(client.id, { today, currency }) }
    : {};
  const found = { today, ...reached, ...recharges };
  const { sales, refusals } = decideSales(found, client.agreement.recharge);
  const [sale] = sales;
  if (sale === undefined) return { sold: null, refusals, orders };
  const composed = composeCrossings(context, client, found);
  const batch = {
    ...emptyBatch(context),
    ...composed,
    expected: [ledger],
    expectedOrders: [ordersSeen(ledger)],
    episodes: [firedEpisode(context, ledger, handSale, number)],
  };
  return { sold: { sale, batch }, refusals, orders };
}

/** As the rule that sells this offer would tell it; else as one that sells another. */
function toldAs(
  { agreement }: Client,
  offer: string,
  action: 'invoice' | 'recharge',
): Pick<SaleByHand, 'do' | 'tell'> {
  const selling = agreement.replenish.filter(sellsBlock);
  const rule = selling.find((one) => one.offer?.name === offer) ?? selling[0];
  const isAlert = rule?.do.includes('alert') === true;
  return { do: [...(isAlert ? (['alert'] as const) : []), action], tell: rule?.tell ?? ['msp'] };
}

function isOpenOrder(order: Order): boolean {
  const { block, messageStatus } = order;
  if (block.status !== 'ordered' || isScheduled(block) || messageStatus === 'cancelled') {
    return false;
  }
  return orderState(order).state !== 'ended';
}

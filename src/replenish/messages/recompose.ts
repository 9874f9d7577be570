import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../../domain/agreements/terms.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import type { NewMessage, UnsentMessage } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { composeBill } from '../overage.ts';
import type { SaleByHand } from '../sale.ts';
import { type Composed, composeCrossings } from '../sold.ts';
import { followProposal } from '../unlogged.ts';
import { basisFromText } from './basis.ts';
import { composeUsage } from './usage-alert.ts';

/**
 * Composes unsent messages again from their original facts and the current config, under the same
 * keys, each with the block that it sells. Returns the keys of those that changed.
 */
export async function recomposeUnsent(
  context: ReplenishContext,
  unsent: readonly UnsentMessage[],
): Promise<string[]> {
  const rewritten: string[] = [];
  const notices = Map.groupBy(unsent, ({ clientId, basis }) => `${clientId} ${basis}`);
  for (const stored of notices.values()) {
    const [first] = stored;
    const client = context.clients.find(({ id }) => id === first?.clientId);
    if (first === undefined || client === undefined) continue;
    const basis = basisFromText(first.basis);
    if (basis.of === 'unlogged') {
      if (await followProposal(context, client, first)) rewritten.push(first.key);
      continue;
    }
    const composed = await compose(context, client, basis);
    if (!(await isAsDecided(context, composed, stored))) continue;
    const messages = composed.messages.filter((message) => hasChanged(message, stored));
    if (messages.length === 0) continue;
    const keys = messages.map(({ key }) => key);
    const blocks = composed.blocks.filter(({ key }) => keys.includes(key));
    await context.store.recompose({ at: context.at, messages, blocks });
    rewritten.push(...keys);
  }
  return rewritten;
}

async function compose(
  context: ReplenishContext,
  client: Client,
  basis: Exclude<ReturnType<typeof basisFromText>, { of: 'unlogged' }>,
): Promise<Composed> {
  if (basis.of === 'crossings') {
    const { found } = basis;
    const crossings = found.crossings.map((one) => byTodaysRules(context, client, one));
    const byHand = found.byHand && withTodaysOffer(context, found.byHand);
    return composeCrossings(context, client, { ...found, crossings, ...(byHand && { byHand }) });
  }
  if (basis.of === 'usage') {
    const messages = composeUsage(context, client, basis.found);
    return { messages, blocks: [], recharges: [] };
  }
  // The hours are posted at the price of the invoice: only its destination and text may change.
  const { overage } = client.agreement;
  const product = typeof overage === 'string' ? basis.bill.billing.product : overage.product;
  const bill = { ...basis.bill, client, billing: { ...basis.bill.billing, product } };
  return { messages: [await composeBill(context, bill)], blocks: [], recharges: [] };
}

/**
 * Whether the sale is as it would be decided today. It is not once an invoice has left, which the
 * other texts must match, or if a limit of recharges would refuse the current price.
 */
async function isAsDecided(
  { store }: ReplenishContext,
  { messages, recharges }: Composed,
  stored: readonly UnsentMessage[],
): Promise<boolean> {
  const isUnsent = (key: string) => stored.some((message) => message.key === key);
  if (messages.some(({ kind, key }) => kind === 'invoice' && !isUnsent(key))) return false;
  const keys = messages.map(({ key }) => key);
  const decided = await store.readRecharges('all');
  const own = decided.filter(({ ticketKey }) => keys.includes(ticketKey));
  return own.length === recharges.length;
}

/** The current rule with the same threshold, or the original one with the current offer. */
function byTodaysRules({ offers }: ReplenishContext, client: Client, crossing: Crossing): Crossing {
  const { when, offer } = crossing.rule;
  const same = client.agreement.replenish.filter((one) => isDeepStrictEqual(one.when, when));
  // Several rules may have one level, each with an offer of its own.
  const rule =
    same.find((one) => one.offer?.name === offer?.name) ??
    (same.length === 1 ? same[0] : undefined);
  const todays = rule?.offer ?? offers.get(offer?.name ?? '') ?? offer;
  return { ...crossing, rule: { ...crossing.rule, offer: todays } };
}

function withTodaysOffer({ offers }: ReplenishContext, byHand: SaleByHand): SaleByHand {
  return { ...byHand, offer: offers.get(byHand.offer.name) ?? byHand.offer };
}

function hasChanged(message: NewMessage, stored: readonly UnsentMessage[]): boolean {
  const before = stored.find(({ key }) => key === message.key);
  if (before === undefined) return false;
  const isMoved = message.connection !== before.connection;
  // A note belongs on the ticket of its alert.
  const isBound = message.afterKey !== null && !stored.some(({ key }) => key === message.afterKey);
  if (isMoved && isBound) return false;
  return isMoved || message.payload !== before.payload;
}

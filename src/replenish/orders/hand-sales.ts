import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { blockIdOf } from '../../domain/keys.ts';
import { addDays, addMonths } from '../../domain/time.ts';
import type { Block, HandSale, ReplenishBatch } from '../../store/port.ts';
import { emptyBatch, readHandSales } from '../../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from '../context.ts';

/**
 * Books blocks sold by hand in the PSA if the config says `book`. One that may already have been
 * added by hand is left for review, and so is one whose booking was undone.
 */
export async function bookHandSales(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  if (context.blocksSoldByHand !== 'book' || context.mode !== 'live') return;
  const sales = await readHandSales(context.store, context.clients, context.offers);
  const single = sales.filter(
    ({ twinId, invoice }) => twinId === null && invoice.timesUndone === 0,
  );
  if (single.length === 0) return;
  await context.store.writeReplenish({ ...emptyBatch(context), ...bookingOf(single) });
  outcome.changed += single.length;
}

/** Books the blocks as ordered: their invoices make them usable, like those of our own sales. */
export function bookingOf(
  sales: readonly HandSale[],
): Pick<ReplenishBatch, 'blocks' | 'invoiceBlocks'> {
  const blocks = sales.map((sale) => ({ sale, block: toBlock(sale, payerOf(sale.client)) }));
  return {
    blocks: blocks.map(({ block }) => block),
    invoiceBlocks: blocks.map(({ sale, block }) => ({
      blockId: block.id,
      connection: sale.invoice.connection,
      product: sale.product,
      invoiceId: sale.invoice.sourceId,
      seconds: sale.seconds,
      totalMinor: sale.amountMinor ?? sale.totalMinor,
    })),
  };
}

function toBlock(sale: HandSale, payer: Client): Block {
  const { invoice, offer, product, seconds, amountMinor, totalMinor } = sale;
  // Keys are used once. The store finds earlier blocks of the invoice by the first three parts.
  const again = invoice.timesUndone === 0 ? '' : `:again-${invoice.timesUndone}`;
  const key = `sold:${invoice.connection}:${invoice.sourceId}:${product}${again}`;
  const months = offer.validForMonths;
  const purchasedOn = invoice.issuedOn;
  return {
    id: blockIdOf(key),
    key,
    clientId: payer.id,
    source: 'purchase',
    offer: offer.name,
    seconds,
    amountMinor,
    currency: offer.currency,
    // As sold, which may be cheaper than the offer.
    rateMinor: amountMinor === null ? Math.round((totalMinor * 3600) / seconds) : 0,
    purchasedOn,
    expiresOn: months === null ? null : addDays(addMonths(purchasedOn, months), -1),
    priority: 0,
    workTypes: offer.workTypes,
    status: 'ordered',
    activate: payer.agreement.activate,
    invoiceKey: key,
    ...(offer.onboarding && { onboarding: offer.onboarding }),
  };
}

import type { Offer } from '../agreements/terms.ts';
import { secondsFromDecimalText } from '../duration.ts';
import { isKindError } from '../errors.ts';
import { priceOf } from '../money.ts';
import type { InvoiceLine } from '../records/rows.ts';
import type { DateText } from '../time.ts';

/** An invoice in the PSA that we did not create. */
export interface ForeignInvoice {
  connection: string;
  sourceId: string;
  number: string | null;
  currency: string | null;
  issuedOn: DateText;
  lines: readonly InvoiceLine[];
}

/** A block sold by hand in the PSA: an invoice's lines with one offer's product. */
export interface SoldBlock {
  offer: Offer;
  product: string;
  /** 0 for money. */
  seconds: number;
  amountMinor: number | null;
  /** Before tax. */
  totalMinor: number;
}

/** One per offer whose product is on the invoice in its currency. */
export function findSoldBlocks(invoice: ForeignInvoice, offers: Iterable<Offer>): SoldBlock[] {
  const found = new Map<string, SoldBlock>();
  for (const offer of offers) {
    const { product, currency } = offer;
    if (product === null || found.has(product)) continue;
    if (invoice.currency !== null && invoice.currency !== currency) continue;
    const lines = invoice.lines.filter((line) => line.product === product);
    const thousandths = lines.reduce((sum, line) => sum + unitsOf(line), 0);
    if (thousandths <= 0) continue;
    found.set(product, { offer, product, ...sizeOf(offer, thousandths), totalMinor: 0 });
    const block = found.get(product);
    if (block !== undefined) block.totalMinor = totalOf(lines) ?? listPrice(block);
  }
  return [...found.values()];
}

/** In 3600ths, exactly; a line with an unknown quantity sells nothing. */
function unitsOf({ quantity }: InvoiceLine): number {
  if (quantity === null) return 0;
  try {
    return secondsFromDecimalText(quantity, 'hours');
  } catch (error) {
    if (!isKindError(error)) throw error;
    return 0;
  }
}

function sizeOf({ productUnit, seconds, amountMinor }: Offer, units: number) {
  if (productUnit === 'hour') return { seconds: units, amountMinor: null };
  const sizeFor = (whole: number) => Math.round((whole * units) / 3600);
  if (amountMinor !== null) return { seconds: 0, amountMinor: sizeFor(amountMinor) };
  return { seconds: sizeFor(seconds), amountMinor: null };
}

/** Null: not all lines have an amount. */
export function totalOf(lines: readonly InvoiceLine[]): number | null {
  return lines.reduce<number | null>(
    (sum, { totalMinor }) => (sum === null || totalMinor === null ? null : sum + totalMinor),
    0,
  );
}

function listPrice({ offer, seconds, amountMinor }: SoldBlock): number {
  return amountMinor ?? priceOf(seconds, offer.rateMinor);
}

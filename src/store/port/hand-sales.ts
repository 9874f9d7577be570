import { type Client, type Offer, payerOf } from '../../domain/agreements/terms.ts';
import {
  type ForeignInvoice,
  findSoldBlocks,
  type SoldBlock,
} from '../../domain/blocks/hand-sales.ts';
import { dateInZone, type Instant } from '../../domain/time.ts';
import type { DebitStore } from './debit.ts';

/** An invoice of one of our clients that is not void, not ours, and not booked as a block. */
export interface OpenInvoice extends ForeignInvoice {
  clientId: string;
  /** The client's first live run: older invoices were handled before. */
  liveSince: Instant;
  /** How many runs that booked it were undone. */
  timesUndone: number;
}

export interface HandSaleStore {
  /** Invoices whose lines are known. */
  readForeignInvoices(): Promise<OpenInvoice[]>;
}

/** A block that was sold by hand in the PSA and is not booked yet. */
export interface HandSale extends SoldBlock {
  invoice: OpenInvoice;
  /** The invoice number. */
  label: string;
  /** The client of the invoice. */
  client: Client;
  /** A block of the same date and size that was added in another way: it may be the same sale. */
  twinId: string | null;
}

export async function readHandSales(
  store: HandSaleStore & Pick<DebitStore, 'readLedgers'>,
  clients: readonly Client[],
  offers: ReadonlyMap<string, Offer>,
): Promise<HandSale[]> {
  if (![...offers.values()].some(({ product }) => product !== null)) return [];
  const sales = (await store.readForeignInvoices()).flatMap((invoice): HandSale[] => {
    const client = clients.find(({ id }) => id === invoice.clientId);
    if (client === undefined) return [];
    if (invoice.issuedOn < dateInZone(invoice.liveSince, client.timezone)) return [];
    const label = invoice.number ?? invoice.sourceId;
    const sold = findSoldBlocks(invoice, offers.values());
    return sold.map((block) => ({ ...block, invoice, label, client, twinId: null }));
  });
  if (sales.length === 0) return [];
  const payers = [...new Set(sales.map(({ client }) => payerOf(client).id))];
  const ledgers = await store.readLedgers(payers, { isAllBlocks: true });
  const added = ledgers
    .flatMap(({ blocks }) => blocks)
    .filter(({ source, status }) => status !== 'void' && ['manual', 'opening'].includes(source));
  return sales.map((sale) => {
    const twin = added.find(
      (block) =>
        block.clientId === payerOf(sale.client).id &&
        block.purchasedOn === sale.invoice.issuedOn &&
        block.seconds === sale.seconds &&
        block.amountMinor === sale.amountMinor,
    );
    return { ...sale, twinId: twin?.id ?? null };
  });
}

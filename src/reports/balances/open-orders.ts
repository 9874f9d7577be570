import type { Client } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import type { HandSale, Store } from '../../store/port.ts';
import { isPaidLate, orderState } from '../../store/port.ts';

/** Describes a sale by hand that is not booked as a block, and what to do. */
export function handSaleText(
  { client, label, offer, twinId, ...sold }: HandSale,
  format: Format,
): string {
  const size =
    sold.amountMinor === null
      ? format.duration(sold.seconds)
      : format.money(sold.amountMinor, offer.currency);
  const what = `${client.name}: invoice ${label} of ${sold.invoice.issuedOn} sells ${size} (offer "${offer.name}")`;
  const accept = `prepaid-hours block accept ${label}`;
  return twinId === null
    ? `${what}, not booked as a block yet: ${accept}`
    : `${what}; block ${twinId} with the same date and size was added by hand. If it is a separate sale: ${accept} --again`;
}

/** Sales that need a decision, one line each. */
export async function readSalesQuestions(
  store: Pick<Store, 'readOrders' | 'readSalesHolds'>,
  clients: readonly Client[],
): Promise<string[]> {
  const nameOf = (id: string): string | undefined => clients.find((one) => one.id === id)?.name;
  const lines: string[] = [];
  for (const order of await store.readOrders()) {
    const { block, label } = order;
    const name = nameOf(block.clientId);
    if (name !== undefined && isPaidLate(order)) {
      lines.push(
        `${name}: invoice ${label} was paid although its order was closed: prepaid-hours block accept ${block.id}, or credit the invoice`,
      );
    }
    const isOpen = block.status === 'ordered' && block.invoiceKey !== null;
    if (name === undefined || !isOpen || orderState(order).state !== 'review') continue;
    lines.push(
      `${name}: invoice ${label} was changed and no longer matches its order: prepaid-hours block accept ${block.id}, or block void ${block.id}`,
    );
  }
  for (const { clientId, reason, since } of await store.readSalesHolds()) {
    const name = nameOf(clientId);
    if (name === undefined) continue;
    lines.push(
      `${name}: automatic sales are on hold since ${since.slice(0, 10)} (payment of invoice ${reason} was reversed): prepaid-hours block resume "${name}"`,
    );
  }
  return lines;
}

import type { Client } from '../../domain/agreements/terms.ts';
import { formatDuration } from '../../domain/duration.ts';
import { textFromMinor } from '../../domain/money.ts';
import type { HandSale, Store } from '../../store/port.ts';
import { orderState } from '../../store/port.ts';

/** What was sold by hand and is booked as no block, with what to do. */
export function handSaleText({ client, label, offer, twinId, ...sold }: HandSale): string {
  const size =
    sold.amountMinor === null
      ? formatDuration(sold.seconds)
      : `${textFromMinor(sold.amountMinor, offer.currency)} ${offer.currency}`;
  const what = `${client.name}: invoice ${label} of ${sold.invoice.issuedOn} sells ${size} (offer "${offer.name}")`;
  const accept = `prepaid-hours block accept ${label}`;
  return twinId === null
    ? `${what}, booked as no block yet: ${accept}`
    : `${what}; block ${twinId} of that day and size was added by hand. If it is another sale: ${accept} --again`;
}

/** What of the sales waits for a person, a line for each. */
export async function readSalesQuestions(
  store: Pick<Store, 'readOrders' | 'readSalesHolds'>,
  clients: readonly Client[],
): Promise<string[]> {
  const nameOf = (id: string): string | undefined => clients.find((one) => one.id === id)?.name;
  const lines: string[] = [];
  for (const order of await store.readOrders()) {
    const { block, label } = order;
    const name = nameOf(block.clientId);
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
      `${name}: automatic sales are on hold since ${since.slice(0, 10)} (payment of invoice ${reason} taken back): prepaid-hours block resume "${name}"`,
    );
  }
  return lines;
}

import type { Client } from '../domain/terms.ts';
import type { Store } from '../store/port.ts';
import { orderState } from '../store/port.ts';

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

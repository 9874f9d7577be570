import { KindError } from '../../domain/errors.ts';
import { isLevelKey } from '../../domain/thresholds/thresholds.ts';
import { instantFromMs } from '../../domain/time.ts';
import { bookingOf } from '../../replenish/orders/hand-sales.ts';
import type { HandSale, Order, ReplenishBatch } from '../../store/port.ts';
import { emptyBatch, isPaidLate, readHandSales } from '../../store/port.ts';
import type { App } from '../app/app.ts';
import { manualRunId } from './by-hand.ts';

/**
 * Accepts an order as ordered, whatever its invoice says, also one that was paid after it was closed; the
 * next run credits its hours.
 */
export async function acceptOrder(app: App, blockId: string): Promise<Order> {
  const orders = await app.store.readOrders();
  const isOpen = (order: Order): boolean => {
    const { block, messageStatus } = order;
    const isSent = block.invoiceKey !== null && messageStatus === 'delivered';
    return isPaidLate(order) || (block.status === 'ordered' && isSent);
  };
  const order = orders.find((one) => one.block.id === blockId && isOpen(one));
  if (order === undefined) {
    const open = orders.filter(isOpen).map(({ block }) => block.id);
    throw new KindError('config', `There is no open order ${blockId} with a sent invoice.`, {
      fix: `Open orders: ${open.slice(0, 10).join(', ') || 'none'}.`,
    });
  }
  await write(app, 'block accept', {
    blockStatuses: [{ blockId, status: 'ordered' }],
    blockTerms: [{ ...order.block, activate: 'at-once' }],
  });
  return order;
}

/**
 * Books a block that was invoiced by hand in the PSA, by invoice number or ID, as a normal order.
 */
export async function acceptInvoice(
  app: App,
  query: string,
  isAgain: boolean,
): Promise<HandSale[]> {
  const sales = await readHandSales(app.store, app.clients, app.config.offers);
  const byId = sales.filter(({ invoice }) => invoice.sourceId === query);
  const found = byId.length > 0 ? byId : sales.filter(({ label }) => label === query);
  const known = sales.map(({ label, client }) => `${label} (${client.name})`);
  if (found.length === 0) {
    throw new KindError('config', `No invoice ${query} can be booked as a block.`, {
      fix: `Open invoices: ${known.slice(0, 10).join(', ') || 'none'}. For an invoice older than the first live run, use \`prepaid-hours block add\`.`,
    });
  }
  const ids = new Set(found.map(({ invoice }) => `${invoice.connection} ${invoice.sourceId}`));
  if (ids.size > 1) {
    const fix = `Use its ID: ${[...ids].join(', ')}.`;
    throw new KindError('config', `Several invoices have the number ${query}.`, { fix });
  }
  const twin = found.find(({ twinId }) => twinId !== null);
  if (twin !== undefined && !isAgain) {
    const text = `Block ${twin.twinId} with the same date and size was added by hand.`;
    throw new KindError('config', text, {
      fix: 'If the invoice is a separate sale, accept it with --again; otherwise ignore this.',
    });
  }
  await write(app, 'block accept', bookingOf(found));
  return found;
}

/**
 * Resumes automatic sales to a client whose payment was reversed. Its thresholds are re-armed: the
 * purchase that would have done so is gone. Those of other kinds, such as
 * idle hours, are not.
 */
export async function resumeSales(app: App, clientId: string): Promise<void> {
  const holds = await app.store.readSalesHolds();
  if (!holds.some((hold) => hold.clientId === clientId)) {
    throw new KindError('config', 'Automatic sales to this client are not on hold.');
  }
  const episodes = (await app.store.readEpisodes([clientId])).filter(
    ({ isFired, threshold }) => isFired && isLevelKey(threshold),
  );
  await write(app, 'block resume', {
    releasedHolds: [clientId],
    episodes: episodes.map((episode) => ({ ...episode, isFired: false })),
  });
}

async function write(app: App, command: string, batch: Partial<ReplenishBatch>): Promise<void> {
  const at = instantFromMs(app.now());
  const runId = manualRunId(at);
  await app.store.startRun({ id: runId, command, mode: app.config.mode, at });
  await app.store.writeReplenish({ ...emptyBatch({ at, runId }), ...batch });
  await app.store.finishRun(runId, instantFromMs(app.now()), JSON.stringify({ ok: true }));
}

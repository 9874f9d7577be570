import { KindError } from '../domain/errors.ts';
import { instantFromMs } from '../domain/time.ts';
import { emptyBatch } from '../replenish/orders.ts';
import type { Order, ReplenishBatch } from '../store/port.ts';
import type { App } from './app.ts';
import { manualRunId } from './by-hand.ts';

/** Gives the hours of an order as they were ordered, whatever its invoice says; the next run credits them. */
export async function acceptOrder(app: App, blockId: string): Promise<Order> {
  const orders = await app.store.readOrders();
  const isOpen = ({ block, messageStatus }: Order): boolean =>
    block.status === 'ordered' && block.invoiceKey !== null && messageStatus === 'delivered';
  const order = orders.find((one) => one.block.id === blockId && isOpen(one));
  if (order === undefined) {
    const open = orders.filter(isOpen).map(({ block }) => block.id);
    throw new KindError('config', `There is no open order ${blockId} whose invoice was sent.`, {
      fix: `Open orders: ${open.slice(0, 10).join(', ') || 'none'}.`,
    });
  }
  await write(app, 'block accept', { blockTerms: [{ ...order.block, activate: 'at-once' }] });
  return order;
}

/** Lets hours be sold automatically to a client again whose payment came back. */
export async function resumeSales(app: App, clientId: string): Promise<void> {
  const holds = await app.store.readSalesHolds();
  if (!holds.some((hold) => hold.clientId === clientId)) {
    throw new KindError('config', 'Automatic sales to this client are not on hold.');
  }
  await write(app, 'block resume', { releasedHolds: [clientId] });
}

async function write(app: App, command: string, batch: Partial<ReplenishBatch>): Promise<void> {
  const at = instantFromMs(app.now());
  const runId = manualRunId(at);
  await app.store.startRun({ id: runId, command, mode: app.config.mode, at });
  await app.store.writeReplenish({ ...emptyBatch({ at, runId }), ...batch });
  await app.store.finishRun(runId, instantFromMs(app.now()), JSON.stringify({ ok: true }));
}

import type { Client, Offer } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import { addDays, addMonths, type DateText, dateInZone, instantFromMs } from '../../domain/time.ts';
import { decideOrder, type HandOrder } from '../../replenish/by-hand.ts';
import type { Sale } from '../../replenish/sale.ts';
import type { App } from '../app/app.ts';
import { isRehearsal } from '../app/rehearsal.ts';
import { replenishContext } from '../run/replenish-step.ts';
import { manualRunId } from './by-hand.ts';
import { refuseOffer, toRefusalError } from './sale-refusals.ts';

export interface SellRequest {
  client: Client;
  offer: string;
  quantity: number;
  isRecharge: boolean;
  /** Null: none given. */
  reason: string | null;
  /** False: a dry run. */
  isDone: boolean;
}

export interface SellResult {
  /** The sale's own run; null: a dry run. */
  run: string | null;
  /** Null: nothing is ordered in observe mode. */
  block: string | null;
  sale: Sale;
  /** The connection that gets the invoice. */
  connection: string;
  activate: Client['agreement']['activate'];
  /** Its last day if it becomes usable today; null: it never expires. */
  expiresOn: DateText | null;
  /** Null: the client pays the invoice. */
  collect: string | null;
  /** Whether a user must approve it first. */
  needsApproval: boolean;
  messages: { key: string; kind: string; status: string }[];
}

/**
 * Sells a block by hand as a low balance would: order, invoice, recharge and notes. Without
 * `isDone` nothing is written. The next run's push delivers the messages.
 */
export async function sellBlock(app: App, request: SellRequest): Promise<SellResult> {
  const { store, config } = app;
  const { client, quantity, reason, isRecharge } = request;
  const offer = findOffer(app, request);
  refuseOffer(app, { ...request, offer });
  await refuseTooEarly(app);
  const at = instantFromMs(app.now());
  const runId = manualRunId(at);
  const signal = new AbortController().signal;
  const context = await replenishContext({ ...app, runId, startedAt: at, stop: signal });
  const order: HandOrder = { offer, quantity, reason, isRecharge };
  const { sold, refusals, orders } = await decideOrder(context, client, order);
  if (sold === null) {
    throw toRefusalError(refusals[0], { client, orders, format: formatIn(config) });
  }
  const { sale, batch } = sold;
  if (request.isDone) {
    await store.startRun({ id: runId, command: 'sell', mode: config.mode, at });
    await store.writeReplenish(batch);
    const record = JSON.stringify({ ok: true, request: { ...request, client: client.id } });
    await store.finishRun(runId, instantFromMs(app.now()), record);
  }
  return {
    run: request.isDone ? runId : null,
    block: batch.blocks[0]?.id ?? null,
    sale,
    connection: client.pushTo,
    activate: client.agreement.activate,
    expiresOn: lastDayOf(offer, dateInZone(at, client.timezone)),
    collect: isRecharge ? (client.agreement.recharge?.collect ?? null) : null,
    needsApproval: batch.recharges?.some((one) => one.approvedMinor === null) ?? false,
    messages: batch.messages.map(({ key, kind, status }) => ({ key, kind, status })),
  };
}

function findOffer({ config }: App, { offer: name }: SellRequest): Offer {
  const offer = config.offers.get(name);
  if (offer !== undefined) return offer;
  throw new KindError('config', `There is no offer "${name}".`, {
    fix: `Offers: ${[...config.offers.keys()].join(', ') || 'none; add one to `offers` in the config'}.`,
  });
}

/**
 * The keys of the messages name the first run. A rehearsal is rebuilt from the vendors' data, which
 * do not have the order.
 */
async function refuseTooEarly({ config, store }: App): Promise<void> {
  const isNew = (await store.readMemory('', 'first-run')) === null;
  if (!isNew && (config.mode === 'observe' || !(await isRehearsal(store)))) return;
  const what = isNew ? 'No run has' : 'No run in live mode has';
  throw new KindError('config', `${what} read any work yet, so nothing can be sold.`, {
    fix: 'Run `prepaid-hours run` first.',
  });
}

function lastDayOf({ validForMonths }: Offer, today: DateText): DateText | null {
  return validForMonths === null ? null : addDays(addMonths(today, validForMonths), -1);
}

/**
 * Invoices, with our key where a charge of ours is on them: it stands in the description of the charge,
 * and so of the line. They have no filter for what changed: those made since are read, and once a day
 * those of the time in which payments come.
 */

import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import type { InvoiceRow, Page, PullRequest } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, eachRow } from './api.ts';
import { refuseIfNot, settleFact } from './facts.ts';
import { fromInvoice } from './mapping.ts';
import { saleKeyIn } from './marker.ts';
import { filterText } from './moments.ts';
import { isOurs, readingOf } from './pull.ts';
import { InvoiceLineWire, InvoiceWire } from './schema.ts';

/** Longer than clients take to pay. */
const lookBackSeconds = 180 * 86_400;
const lookedMemory = 'invoices-looked-back';
const soldMemory = 'first-sale';

/** Before the first sale no line can bear a key of ours, and none is asked for. */
export async function rememberSale({ context }: Api): Promise<void> {
  if ((await context.memory.get(soldMemory)) !== null) return;
  await context.memory.set(soldMemory, instantFromMs(context.now()));
}

export async function* pullInvoices(
  api: Api,
  request: PullRequest,
): AsyncGenerator<Page<InvoiceRow>> {
  const { context, zones } = api;
  await refuseIfNot(context, 'moments-zone');
  const day = instantFromMs(context.now()).slice(0, 10);
  const isLookedBack = (await context.memory.get(lookedMemory)) === day;
  const from = isLookedBack ? request.since : addSeconds(request.since, -lookBackSeconds);
  const query = { 'Filter.CreatedFrom': filterText(from, zones.moments) };
  const list = { path: '/v2/finance/invoices/summary', query };
  const reading = readingOf(api);
  for await (const { rows } of api.pages(list, request.signal)) {
    const ours = rows.filter((row) => isOurs(row, request));
    const keys = await keysOf(api, ours, request.signal);
    const parsed = parseRows(ours, InvoiceWire, (wire) => {
      const [first = null, ...others] = keys.get(wire.id) ?? [];
      // One row more for each further sale on the same invoice, so that each finds its payment.
      return [
        fromInvoice(wire, reading, first),
        ...others.map((key) => fromInvoice(wire, reading, key, `${wire.id}:${key}`)),
      ];
    });
    yield { rows: parsed.rows.flat(), rejected: parsed.rejected, resume: null };
  }
  await context.memory.set(lookedMemory, day);
}

/** Keys of our sales by invoice; nothing is asked before something was sold. */
async function keysOf(
  api: Api,
  rows: readonly unknown[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, string[]>();
  const soldAt = await api.context.memory.get(soldMemory);
  const ids = rows.flatMap((row) => InvoiceWire.safeParse(row).data?.id ?? []);
  if (soldAt === null || ids.length === 0) return keys;
  const list = { path: '/v2/finance/invoices/details', filter: { ListInvoiceIds: ids.join(',') } };
  for await (const line of eachRow(api, list, InvoiceLineWire, signal)) {
    const key = saleKeyIn(line.description) ?? saleKeyIn(line.name);
    const found = keys.get(line.invoiceid) ?? [];
    if (key !== null && !found.includes(key)) keys.set(line.invoiceid, [...found, key].sort());
  }
  if (keys.size > 0) await settleFact(api.context, 'invoice-lines', true);
  return keys;
}

/**
 * Invoices, with our key where a charge of ours is on them: it stands in the description of the charge,
 * and so of the line. They have no filter for what changed: those made since are read, and once a day
 * those of the time in which payments come.
 */

import type { InvoiceRow, Page, PullRequest } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { type LinesOf, withLines } from '../kit/invoice-lines.ts';
import { type Api, eachRow } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { fromInvoice, fromInvoiceLine } from './mapping.ts';
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
  await refuseIfFalse(context, 'moments-zone');
  const day = instantFromMs(context.now()).slice(0, 10);
  const isLookedBack = (await context.memory.get(lookedMemory)) === day;
  const from = isLookedBack ? request.since : addSeconds(request.since, -lookBackSeconds);
  const query = { 'Filter.CreatedFrom': filterText(from, zones.moments) };
  const list = { path: '/v2/finance/invoices/summary', query };
  const reading = readingOf(api);
  for await (const { rows } of api.pages(list, request.signal)) {
    const ours = rows.filter((row) => isOurs(row, request));
    const lines = await linesOf(api, ours, request);
    const parsed = parseRows(ours, InvoiceWire, (wire) => {
      const [first = noSale, ...others] = salesIn(lines.get(wire.id) ?? [], context.currency);
      // One row more for each further sale on the same invoice, so that each finds its payment.
      return [
        fromInvoice(wire, reading, first),
        ...others.map((sale) => fromInvoice(wire, reading, sale, `${wire.id}:${sale.reference}`)),
      ];
    });
    const read = async (): Promise<LinesOf> =>
      new Map(
        [...lines].map(([id, found]) => [
          id,
          found.map((line) => fromInvoiceLine(line, context.currency)),
        ]),
      );
    const withAll = await withLines(parsed.rows.flat(), request, read);
    yield { rows: withAll, rejected: parsed.rejected, resume: null };
  }
  await context.memory.set(lookedMemory, day);
}

const noSale = { reference: null, netMinor: null };

/** Lines by invoice; nothing is asked before something was sold, unless somebody wants lines. */
async function linesOf(
  api: Api,
  rows: readonly unknown[],
  { linesSince, signal }: PullRequest,
): Promise<ReadonlyMap<string, readonly InvoiceLineWire[]>> {
  const lines = new Map<string, InvoiceLineWire[]>();
  const isSold = (await api.context.memory.get(soldMemory)) !== null;
  const ids = rows.flatMap((row) => InvoiceWire.safeParse(row).data?.id ?? []);
  if ((!isSold && linesSince === undefined) || ids.length === 0) return lines;
  const list = { path: '/v2/finance/invoices/details', filter: { ListInvoiceIds: ids.join(',') } };
  let isOurs = false;
  for await (const line of eachRow(api, list, InvoiceLineWire, signal)) {
    lines.set(line.invoiceid, [...(lines.get(line.invoiceid) ?? []), line]);
    isOurs ||= keyOf(line) !== null;
  }
  if (isOurs) await verifyFact(api.context, 'invoice-lines', true);
  return lines;
}

function keyOf(line: InvoiceLineWire): string | null {
  return saleKeyIn(line.description) ?? saleKeyIn(line.name);
}

/** Our sales among these lines, each once. */
function salesIn(lines: readonly InvoiceLineWire[], currency: string) {
  const sales = new Map<string, { reference: string; netMinor: number | null }>();
  for (const line of lines) {
    const reference = keyOf(line);
    if (reference === null || sales.has(reference)) continue;
    sales.set(reference, { reference, netMinor: fromInvoiceLine(line, currency).totalMinor });
  }
  return [...sales.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
}

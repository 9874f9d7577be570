/** An invoice does not show its product lines: they are asked for by the invoices' ids. */
import type { InvoiceLine, InvoiceRow, Pull } from '../../src/contract/connector.ts';
import { type LinesOf, withLines } from '../kit/invoice-lines.ts';
import type { Api } from './api.ts';
import { isOneOf, splitIds } from './conditions.ts';
import { readAll } from './look-up.ts';
import { fromInvoiceLine } from './mapping.ts';
import { InvoiceLineWire, invoiceLineFields } from './schema.ts';

const path = '/procurement/products';

/** Characters of the URL besides the server's address and the ids. */
const otherLength = 200;

export function withProductLines(api: Api, pull: Pull<InvoiceRow>): Pull<InvoiceRow> {
  return async function* pullWithLines(request) {
    for await (const page of pull(request)) {
      const read = (ids: readonly string[], signal: AbortSignal): Promise<LinesOf> =>
        readLines(api, ids, signal);
      yield { ...page, rows: await withLines(page.rows, request, read) };
    }
  };
}

async function readLines(
  api: Api,
  invoiceIds: readonly string[],
  signal: AbortSignal,
): Promise<LinesOf> {
  const lines = new Map<string, InvoiceLine[]>(invoiceIds.map((id) => [id, []]));
  for (const chunk of splitIds(invoiceIds, api.config.baseUrl.length + otherLength)) {
    const list = { path, fields: invoiceLineFields, conditions: isOneOf('invoice/id', chunk) };
    for (const wire of await readAll(api, list, InvoiceLineWire, signal)) {
      lines.get(wire.invoice?.id ?? '')?.push(fromInvoiceLine(wire, api.context.currency));
    }
  }
  return lines;
}

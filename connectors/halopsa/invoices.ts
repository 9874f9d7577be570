/** Invoices, the last changed first: Halo has no filter for what changed. */
import type { InvoiceRow, Page, Pull, PullRequest } from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import { withLines } from '../text/invoice-lines.ts';
import type { Api, List, Query } from './api.ts';
import { readFact, refuseIfNot } from './facts.ts';
import { createLineReader } from './invoice-lines.ts';
import { clientLists, refuseStranger } from './lists.ts';
import { fromInvoice } from './mapping.ts';
import { InvoiceWire } from './schema.ts';

export function invoiceList(query: Query): List {
  const order = { order: 'last_modified', orderdesc: true };
  return { path: '/Invoice', rows: 'invoices', query: { ...order, ...query } };
}

/**
 * Read down to what has not changed since, or to the end where Halo keeps another order, or does not count
 * payments as changes. What changes meanwhile moves to the top, so that `resume` is null.
 */
export function createInvoicePull(api: Api): Pull<InvoiceRow> {
  const readLines = createLineReader(api);
  return async function* pull(request: PullRequest): AsyncGenerator<Page<InvoiceRow>> {
    await refuseIfNot(api.context, 'dates-utc');
    const mayStop = (await readFact(api.context, 'invoice-modified')) !== 'no';
    for (const { ids, query } of await clientLists(api, request.clientIds)) {
      let oldest = '9999';
      let isOrdered = true;
      for await (const page of api.pages(invoiceList(query), request.signal)) {
        const { rows, rejected } = parseRows(page.rows, InvoiceWire, (wire) =>
          fromInvoice(wire, api.context.currency, request.until),
        );
        for (const row of rows) {
          refuseStranger('/Invoice', row.clientId, ids);
          if (row.updatedAt > oldest) isOrdered = false;
          oldest = row.updatedAt;
        }
        const isWanted = (row: InvoiceRow): boolean => !mayStop || row.updatedAt >= request.since;
        const wanted = await withLines(rows.filter(isWanted), request, readLines);
        yield { rows: wanted, rejected, resume: null };
        if (mayStop && isOrdered && oldest < request.since) break;
      }
    }
  };
}

import type { InvoiceLine, InvoiceRow, PullRequest } from '../../../src/contract/connector.ts';
import type { Rows } from './lists.ts';

/** Of an invoice, what a vendor may not show. */
export const notShown = {
  reference: null,
  saleId: null,
  netMinor: null,
  paidMinor: null,
  creditedMinor: null,
  paidOn: null,
  lines: null,
};

export type LinesOf = ReadonlyMap<string, readonly InvoiceLine[]>;

/** Adds the lines that the request wants; lines of other invoices are not requested. */
export async function* withLines(
  pages: Rows<InvoiceRow>,
  { linesSince }: Pick<PullRequest, 'linesSince'>,
  read: (invoiceIds: readonly string[]) => Promise<LinesOf>,
): Rows<InvoiceRow> {
  if (linesSince === undefined) return yield* pages;
  // Extra rows of an invoice, one per sale, have its ID plus a key: its lines are on the first row.
  const isWanted = ({ sourceId, isVoid, issuedOn }: InvoiceRow): boolean =>
    !isVoid && !sourceId.includes(':') && issuedOn !== null && issuedOn >= linesSince;
  for await (const page of pages) {
    const wanted = page.rows.filter(isWanted).map(({ sourceId }) => sourceId);
    const lines = wanted.length === 0 ? null : await read(wanted);
    const withTheirs = (row: InvoiceRow) => ({ ...row, lines: lines?.get(row.sourceId) ?? null });
    yield lines === null ? page : { ...page, rows: page.rows.map(withTheirs) };
  }
}

/** One row, and one more per further sale on the same invoice, so that each gets its payment. */
export function rowPerSale(
  row: InvoiceRow,
  [first, ...others]: readonly Partial<Pick<InvoiceRow, 'reference' | 'saleId' | 'netMinor'>>[],
): [InvoiceRow, ...InvoiceRow[]] {
  const idOf = (reference = ''): string => `${row.sourceId}:${reference}`;
  const further = others.map((sale) => {
    return { ...row, ...sale, sourceId: idOf(sale.reference ?? undefined) };
  });
  return [{ ...row, ...first }, ...further];
}

import type { InvoiceLine, InvoiceRow, PullRequest } from '../../../src/contract/connector.ts';

export type LinesOf = ReadonlyMap<string, readonly InvoiceLine[]>;

/** The rows with the lines that the request wants; lines of other invoices are not requested. */
export async function withLines(
  rows: readonly InvoiceRow[],
  { linesSince, signal }: Pick<PullRequest, 'linesSince' | 'signal'>,
  read: (invoiceIds: readonly string[], signal: AbortSignal) => Promise<LinesOf>,
): Promise<readonly InvoiceRow[]> {
  if (linesSince === undefined) return rows;
  // Extra rows of an invoice, one per sale, have its ID plus a key: its lines are on the first row.
  const isWanted = ({ sourceId, isVoid, issuedOn }: InvoiceRow): boolean =>
    !isVoid && !sourceId.includes(':') && issuedOn !== null && issuedOn >= linesSince;
  const wanted = rows.filter(isWanted).map(({ sourceId }) => sourceId);
  if (wanted.length === 0) return rows;
  const lines = await read(wanted, signal);
  return rows.map((row) => ({ ...row, lines: lines.get(row.sourceId) ?? null }));
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

import type { InvoiceLine, InvoiceRow, PullRequest } from '../../../src/contract/connector.ts';
import { type DateText, dateInZone, type Instant } from '../../../src/domain/time.ts';
import type { ZoneName } from '../../../src/domain/zone.ts';
import { minorOf } from '../../http/answers/exact.ts';
import { ifBelieved } from '../../http/answers/rows.ts';
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

/** Null, too, for a fraction of a minor unit: what one line comes to must not stop the reading of all invoices. */
export function lineMinor(text: string | null | undefined, currency: string): number | null {
  return text == null ? null : ifBelieved(() => minorOf(text, currency));
}

/**
 * The day as written; midnight in the tenant's zone may be written as a time on the day before. `instantOf`: of a text
 * that is not a UTC timestamp.
 */
export function dayIn(
  text: string,
  zone: ZoneName,
  instantOf: (text: string) => Instant = (at) => at,
): DateText {
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  if (day !== '' && /^(?:T00:00(?::00(?:\.0+)?)?)?Z?$/i.test(text.slice(10))) return day;
  return dateInZone(instantOf(text), zone);
}

export type LinesOf = ReadonlyMap<string, readonly InvoiceLine[]>;

/** `currencyOf`: of an invoice; null: it shows none. */
export type ReadLines = (
  invoiceIds: readonly string[],
  currencyOf: (invoiceId: string) => string | null,
) => Promise<LinesOf>;

/** Adds the lines that the request wants; lines of other invoices are not requested. */
export async function* withLines(
  pages: Rows<InvoiceRow>,
  { linesSince }: Pick<PullRequest, 'linesSince'>,
  read: ReadLines,
): Rows<InvoiceRow> {
  if (linesSince === undefined) return yield* pages;
  // Extra rows of an invoice, one per sale, have its ID plus a key: its lines are on the first row.
  const isWanted = ({ sourceId, isVoid, issuedOn }: InvoiceRow): boolean =>
    !isVoid && !sourceId.includes(':') && issuedOn !== null && issuedOn >= linesSince;
  for await (const page of pages) {
    const wanted = page.rows.filter(isWanted).map(({ sourceId }) => sourceId);
    const currencies = new Map(page.rows.map((row) => [row.sourceId, row.currency]));
    const lines =
      wanted.length === 0 ? null : await read(wanted, (id) => currencies.get(id) ?? null);
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

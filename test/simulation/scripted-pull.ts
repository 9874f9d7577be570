/** The reading half of what is scripted: pages of rows, with faults at every call. */
import type { ConnectorContext, Page, Pull } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { errorKindOf, type Faults, type Place, type VendorFault } from './faults.ts';
import { chunksOf, pageOf, placeOf, type Row } from './scripted-rows.ts';

/** How far our clock may be ahead of the vendor's, as `connectors/http` has it. */
const aheadMsMax = 10 * 60_000;

export interface Vendor {
  now(): number;
  faults: Faults;
  pageSize: number;
}

/** Throws where a fault strikes; returns one that is no error, only an odd answer. */
export function refuse(
  { now, faults }: Vendor,
  context: ConnectorContext,
  place: Place,
): VendorFault | null {
  context.onRequest(false);
  if (context.now() - now() > aheadMsMax) {
    throw new KindError('config', 'This machine’s clock is ahead of the vendor’s.');
  }
  const fault = faults.strike(place);
  const kind = fault === null ? undefined : errorKindOf[fault];
  if (kind !== undefined) throw new KindError(kind, `The vendor failed: ${fault}.`);
  return fault;
}

export function pullOf<R extends Row>(
  vendor: Vendor,
  context: ConnectorContext,
  rows: () => R[],
): Pull<R> {
  const { pageSize } = vendor;
  return async function* ({ since, resume }): AsyncGenerator<Page<R>> {
    let after = resume;
    for (;;) {
      const fault = refuse(vendor, context, 'page');
      const wanted = rows().filter((row) => row.updatedAt >= since);
      const found = wanted.filter((row) => after === null || placeOf(row) > after);
      found.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
      if (fault === 'reordered-pages') {
        // In no order, no page but the last is a safe point to go on from.
        for (const page of chunksOf(found, pageSize).reverse()) yield pageOf(page, null);
        return;
      }
      const page = found.slice(0, pageSize);
      const last = page.at(-1);
      after = last === undefined ? after : placeOf(last);
      yield pageOf(page, after);
      if (fault === 'duplicate-page') yield pageOf(page, after);
      if (found.length <= pageSize) return;
    }
  };
}

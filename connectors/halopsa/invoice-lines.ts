/** The lines of an invoice, which only its own page shows, with their items by name. */
import { z } from 'zod';
import type { InvoiceLine } from '../../src/contract/connector.ts';
import { minorOf } from '../http/exact.ts';
import { ifThere } from '../http/if-there.ts';
import { DecimalText, Id } from '../http/wire.ts';
import type { LinesOf } from '../text/invoice-lines.ts';
import type { Api } from './api.ts';
import { Named } from './schema.ts';

const LineWire = z.object({
  _itemid: Id.nullish(),
  qty_order: DecimalText.nullish(),
  net_amount: DecimalText.nullish(),
});
const Detail = z.object({ lines: z.array(LineWire).nullish() });

export function createLineReader(api: Api) {
  const names = new Map<string, string | null>();

  async function nameOf(itemId: string, signal: AbortSignal): Promise<string | null> {
    const known = names.get(itemId);
    if (known !== undefined) return known;
    const item = await ifThere(api.get(`/Item/${itemId}`, {}, Named, signal));
    names.set(itemId, item?.name ?? null);
    return item?.name ?? null;
  }

  return async (invoiceIds: readonly string[], signal: AbortSignal): Promise<LinesOf> => {
    const found = new Map<string, InvoiceLine[]>();
    for (const id of invoiceIds) {
      const query = { includedetails: true };
      const detail = await ifThere(api.get(`/Invoice/${id}`, query, Detail, signal));
      const lines: InvoiceLine[] = [];
      for (const { _itemid, qty_order, net_amount } of detail?.lines ?? []) {
        const isItem = _itemid != null && Number(_itemid) > 0;
        lines.push({
          product: isItem ? await nameOf(_itemid, signal) : null,
          quantity: qty_order ?? null,
          totalMinor: net_amount == null ? null : minorOf(net_amount, api.context.currency),
        });
      }
      found.set(id, lines);
    }
    return found;
  };
}

import type { Connector } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { amountFromText } from '../../domain/money.ts';
import { type ConnectionDraft, isProductNeeded } from './draft.ts';

export interface NewOffer {
  hours: string;
  rate: string;
  product: string | null;
}

/** `10@120`, or `10@120 BLOCK-10`: hours, price of one hour, and the PSA’s product. Null: it is not written so. */
export function readOffer(text: string, currency: string): NewOffer | null {
  const form = /^(\d{1,4}(?:\.\d{1,2})?) ?@ ?(\d{1,7}(?:\.\d+)?)(?:\s+(\S.*))?$/;
  const [, hours = '', rate = '', product] = form.exec(text.trim()) ?? [];
  if (hours === '' || Number(hours) === 0 || !isAmount(rate, currency)) return null;
  return { hours, rate, product: product?.trim() ?? null };
}

function isAmount(text: string, currency: string): boolean {
  try {
    return amountFromText(text, currency) > 0;
  } catch (error) {
    if (!isKindError(error, 'contract')) throw error;
    return false;
  }
}

/** What keeps the PSA from selling it; null: nothing, as far as it can be asked. */
export async function faultOfProduct(
  connector: Connector,
  draft: ConnectionDraft,
  product: string | null,
  signal: AbortSignal,
): Promise<KindError | null> {
  if (product === null) {
    if (!isProductNeeded(draft)) return null;
    const fix = 'Name the PSA’s product for the block, by its ID or name.';
    return new KindError('config', `${draft.vendor.title} needs a product on every sale.`, { fix });
  }
  try {
    await connector.proveProduct?.(product, signal);
    return null;
  } catch (error) {
    if (!isKindError(error, 'config', 'rejected')) throw error;
    return error;
  }
}

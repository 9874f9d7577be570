/** How keys of ours stand in Syncro. */
import { shortHash } from '../../src/domain/keys.ts';
import { keysIn } from '../kit/marker.ts';

/**
 * The number of an invoice that is ours, made from its key. A letter first, since `/invoices/…` takes an
 * id as well as a number; and 19 characters, since QuickBooks takes no more than 21 when it is synced.
 */
export function invoiceNumberOf(key: string): string {
  return `PH-${shortHash(key, 16).toUpperCase()}`;
}

/** The key by which the invoice has its number: a number of ours and its key belong together. */
export function keyOfInvoice(
  number: string | null | undefined,
  note: string | null | undefined,
): string | null {
  return keysIn([note]).find((key) => invoiceNumberOf(key) === number) ?? null;
}

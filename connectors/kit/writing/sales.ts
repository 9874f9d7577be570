/** Checks for every sale before and after it is written, and for the payment of its invoice. */
import type { PushMessages, RemoteState } from '../../../src/contract/connector.ts';
import { hoursText, secondsFromDecimalText } from '../../../src/domain/duration.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { textFromMinor } from '../../../src/domain/money.ts';
import { addDays } from '../../../src/domain/time.ts';

export type Sale = PushMessages['invoice'];
export type Payment = PushMessages['invoice-payment'];

/** Quantity and unit price (decimal, in the sale's currency) that make exactly the total. */
export function saleLine(sale: Sale): { quantity: number; unitPrice: number } {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  return { quantity, unitPrice: Number(textFromMinor(sale.totalMinor / quantity, sale.currency)) };
}

/** The day on which a sale's invoice is due, with that time of day; by default the vendor decides. */
export function dueAt({ issuedOn }: Sale, days: number | undefined, time: string) {
  return days === undefined ? undefined : `${addDays(issuedOn, days)}${time}`;
}

/** Throws `config` if the client is billed in another currency than the offer's; null: not known. */
export function refuseOtherCurrency(sale: Sale, billed: string | null): void {
  if (!/^[A-Z]{3}$/.test(billed ?? '') || billed === sale.currency) return;
  const message = `Client ${sale.clientId} is billed in ${billed}, but the offer "${sale.offer}" is in ${sale.currency}.`;
  const fix = 'Sell this client an offer in its own currency.';
  throw new KindError('config', message, { fix });
}

/** Throws `rejected` for a record whose net total differs from the sale; null: not shown. */
export function refuseOtherTotal(sale: Sale, what: string, netMinor: number | null): void {
  if (netMinor === null || netMinor === sale.totalMinor) return;
  const [shown, wanted] = [netMinor, sale.totalMinor].map((minor) =>
    textFromMinor(minor, sale.currency),
  );
  throw new KindError('rejected', `${what} comes to ${shown} instead of ${wanted}.`, {
    fix: 'Correct its price there (a price list or a discount may have changed it), then retry.',
  });
}

/** Hours with two decimals; throws `config` if that would change the time sold. */
export function saleHours(sale: Sale): number {
  const text = hoursText(sale.seconds);
  if (secondsFromDecimalText(text, 'hours') === sale.seconds) return Number(text);
  throw new KindError('config', `${sale.seconds} s cannot be written as hours with two decimals.`, {
    fix: `Give the offer "${sale.offer}" a size in hundredths of an hour.`,
  });
}

/** Throws `rejected` unless the invoice is open: somebody may have booked the payment by hand. */
export function refuseSettled({ invoiceId }: Payment, invoice: RemoteState | null): void {
  if (invoice !== null && invoice.isVoid !== true && invoice.isPaid !== true) return;
  const message = `No payment is booked on invoice ${invoiceId}, which is paid, void or not there.`;
  const fix = 'Look whether the payment is there already, else book it by hand.';
  throw new KindError('rejected', message, { fix });
}

import type { Client } from '../../domain/agreements/terms.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { DateText } from '../../domain/time.ts';
import type { NewMessage, Recharge } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { sourceIdOf, toMessage } from '../messages/compose.ts';

/**
 * Books the charge on the invoice in the PSA. Null: the PSA takes no payments, or there is nothing to
 * book; then a ticket asks for it, if need be.
 */
export function bookingOf(
  context: ReplenishContext,
  client: Client,
  { block, charge, invoice, invoiceId, collect }: Recharge,
  today: DateText,
): NewMessage | null {
  const isBooked = invoice?.isPaid === true || block.status === 'void';
  if (charge === null || invoiceId === null || isBooked) return null;
  if (!context.bookable.has(client.pushTo)) return null;
  const cause = `${context.firstRunAt} ${block.key} ${charge.sourceId}`;
  return toMessage(context, client, 'invoice-payment', pushKeyOf('paid', client.id, cause), null, {
    clientId: sourceIdOf(client),
    invoiceId,
    amountMinor: charge.amountMinor,
    currency: block.currency,
    paidOn: charge.settledOn ?? today,
    reference: charge.sourceId,
    method: collect,
  });
}

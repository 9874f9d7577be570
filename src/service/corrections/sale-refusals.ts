/** Why a sale by hand is refused, and what to do about it. */
import type { Client, Offer } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { type Format, formatIn, languageOf } from '../../domain/format.ts';
import { refusalPhrase } from '../../replenish/messages/refusals.ts';
import type { Refusal } from '../../replenish/sale.ts';
import type { Order } from '../../store/port.ts';
import type { App } from '../app/app.ts';

interface Wanted {
  client: Client;
  offer: Offer;
  quantity: number;
  isRecharge: boolean;
}

/** Throws `config` if the offer could never be sold to this client. */
export function refuseOffer({ config }: App, wanted: Wanted): void {
  const { client, offer, quantity, isRecharge } = wanted;
  const { name, agreement, paidBy } = client;
  if (paidBy !== null) {
    throw new KindError('config', `${name} has no blocks of its own.`, {
      fix: `Sell to ${paidBy.name} instead, whose blocks pay for its work.`,
    });
  }
  if (quantity > offer.maxPerSale) {
    throw new KindError('config', `A sale of "${offer.name}" has ${offer.maxPerSale} at most.`, {
      fix: 'Sell fewer, or raise `maxPerSale` of the offer in the config.',
    });
  }
  if (offer.amountMinor !== null && agreement.rates === null) {
    throw new KindError('config', `"${offer.name}" is money, and the agreement has no rates.`, {
      fix: `Add \`rates\` to agreement "${agreement.name}" in the config.`,
    });
  }
  if (isRecharge) refuseRecharge(client);
  const target = config.connections.get(client.pushTo);
  if (target === undefined) return;
  const { vendor, settings } = target;
  if (offer.product === null && vendor.needsProduct?.(settings) === true) {
    throw new KindError('config', `"${target.name}" requires a product on every invoice.`, {
      fix: `Set \`product\` for offer "${offer.name}" in the config.`,
    });
  }
  const isAwaited = agreement.activate === 'on-payment' || isRecharge;
  const isSeen = vendor.pulls.includes('invoices') && (vendor.showsPayment?.(settings) ?? true);
  if (isAwaited && !isSeen) {
    throw new KindError('config', `"${target.name}" does not report whether an invoice is paid.`, {
      fix: 'Use `activate: on-invoice` in the agreement, and sell without --recharge.',
    });
  }
}

function refuseRecharge({ name, agreement: { recharge, ...agreement }, sourceIds }: Client): void {
  if (recharge === null) {
    throw new KindError('config', `Agreement "${agreement.name}" has no \`recharge\` terms.`, {
      fix: 'Sell without --recharge: the client gets an invoice. Or add the terms to the config.',
    });
  }
  if (recharge.collect === 'psa' || sourceIds.has(recharge.collect)) return;
  throw new KindError('config', `${name} has no ID in "${recharge.collect}".`, {
    fix: `Add its customer ID to \`ids\` in the config, or sell without --recharge.`,
  });
}

interface Refused {
  client: Client;
  orders: readonly Order[];
  format: Format;
}

export function toRefusalError(
  refusal: Refusal | undefined,
  { client, orders, format }: Refused,
): KindError {
  if (refusal === undefined) {
    return new KindError('config', `Nothing can be sold to ${client.name}.`);
  }
  if (refusal.why === 'order-open') {
    return toOpenOrder(
      client,
      orders.find(({ block }) => isOf(block, refusal.invoiceKey)),
    );
  }
  // Commands answer in English.
  const english =
    languageOf(format.locale) === 'en' ? format : formatIn({ ...format, locale: 'en' });
  return new KindError('config', refusalPhrase(refusal, english), { fix: fixOf(refusal, client) });
}

function fixOf({ why }: Refusal, { name, agreement }: Client): string {
  if (why === 'on-hold') {
    return `Clear up the payment, then \`prepaid-hours block resume "${name}"\`.`;
  }
  if (why === 'recharge-limit') return 'Sell without --recharge, or raise the limit in the config.';
  if (why.startsWith('agreement-')) {
    return `Correct \`from\` or \`until\` of agreement "${agreement.name}" in the config.`;
  }
  return 'Choose another offer or quantity.';
}

/** Null: a recharge of another kind of hours is in flight. */
function isOf(block: Order['block'], invoiceKey: string | null): boolean {
  return invoiceKey === null || block.invoiceKey === invoiceKey;
}

function toOpenOrder({ name }: Client, order: Order | undefined): KindError {
  if (order === undefined) {
    return new KindError('config', `A recharge of ${name} is still under way.`, {
      fix: 'See `prepaid-hours report payments`, or sell without --recharge.',
    });
  }
  const { block, messageStatus, label } = order;
  const isSent = messageStatus === 'delivered';
  const invoice = label ?? block.invoiceKey;
  const ways = isSent
    ? `\`block accept ${block.id}\` gives its hours now, \`block void ${block.id}\` closes it`
    : `\`outbox cancel ${block.invoiceKey}\` withdraws it`;
  return new KindError('config', `${name} has an open order already (invoice ${invoice}).`, {
    fix: `The next run may settle it; \`prepaid-hours\` ${ways}.`,
  });
}

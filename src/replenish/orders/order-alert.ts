/** Alerts to the MSP about an order whose invoice has changed. */

import type { Client } from '../../domain/agreements/terms.ts';
import { type Format, formatIn, languageOf } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { NewMessage, Order } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { toAlert } from '../messages/compose.ts';
import { inProse, sizePhrase } from '../messages/phrases.ts';
import { type About, type RechargeEvent, rechargeText } from './recharge-texts.ts';

export type OrderEvent =
  | { kind: 'closed'; why: 'void' | 'gone' }
  | { kind: 'review'; netMinor: number }
  | { kind: 'part' }
  /** Usable hours were withdrawn, all or in part; or the payment came back before they were usable. */
  | { kind: 'returned'; isWhole: boolean; wasUsable: boolean }
  | { kind: 'stuck' }
  /** Paid after it was closed. */
  | { kind: 'late' }
  | RechargeEvent;

type Returned = Extract<OrderEvent, { kind: 'returned' }>;

type AlertedOrder = Pick<Order, 'block' | 'label' | 'sold'>;

/** Alerts once. `occasion` distinguishes an event from a later one of the same kind. */
export async function alertOnOrder(
  context: ReplenishContext,
  order: AlertedOrder,
  event: OrderEvent,
  occasion: string | number,
): Promise<NewMessage[]> {
  const client = context.clients.find(({ id }) => id === order.block.clientId);
  if (client === undefined) return [];
  const cause = `${context.firstRunAt} ${order.block.key} ${event.kind} ${occasion}`;
  const key = pushKeyOf('order', client.id, cause);
  if ((await context.store.readMessage(key)) !== null) return [];
  const text = composeText(inProse(formatIn(context), true), client, order, event);
  return [toAlert(context, client, key, text)];
}

function composeText(format: Format, client: Client, order: AlertedOrder, event: OrderEvent) {
  const { block, sold, label } = order;
  const words = texts[languageOf(format.locale)];
  const size = sizePhrase(block, sold?.seconds ?? block.seconds, sold?.totalMinor ?? null, format);
  const invoice = label ?? block.invoiceKey ?? '';
  const about = { client: client.name, invoice, size, block: block.id };
  switch (event.kind) {
    case 'closed':
      return words.closed(about, event.why);
    case 'review':
      return words.review(about, format.money(event.netMinor, block.currency));
    case 'part':
      return words.part(about, sizePhrase(block, block.seconds, block.amountMinor, format));
    case 'returned':
      return words.returned(about, event);
    case 'stuck':
      return words.stuck(about);
    case 'late':
      return words.late(about);
    default: {
      const amount = event.kind === 'charged' ? format.money(event.minor, block.currency) : '';
      return rechargeText(languageOf(format.locale), about, event, amount);
    }
  }
}

const texts = {
  en: {
    closed: ({ client, invoice, size }: About, why: 'void' | 'gone') => ({
      subject: `Prepaid hours – ${client}: invoice ${invoice} ${why === 'void' ? 'was voided or credited' : 'no longer exists'}, order closed`,
      body: `To do: nothing, if that was intended. The order of ${size} is closed without crediting any hours; the next block is offered when the next threshold is reached.\nIf the hours were sold on another invoice, add them: prepaid-hours block add "${client}"`,
    }),
    review: ({ client, invoice, size, block }: About, amount: string) => ({
      subject: `Prepaid hours – ${client}: invoice ${invoice} was changed, please check`,
      body: `To do: decide how many hours to credit. ${size} were ordered, but the invoice now comes to ${amount} before tax. No hours are credited until you decide.\nTo credit the hours as ordered: prepaid-hours block accept ${block}\nTo credit none: prepaid-hours block void ${block}`,
    }),
    part: ({ client, invoice, size }: About, part: string) => ({
      subject: `Prepaid hours – ${client}: ${part} instead of ${size} on invoice ${invoice}`,
      body: `To do: nothing, if that was intended. The invoice was reduced or partly credited, so the block holds what was paid for: ${part} of ${size}.\nTo credit more: prepaid-hours adjust "${client}"`,
    }),
    returned: ({ client, invoice, size }: About, { isWhole, wasUsable }: Returned) => ({
      subject: `Prepaid hours – ${client}: invoice ${invoice} is ${isWhole ? 'no longer paid' : 'now only partly paid'}`,
      body: `To do: ask the client about the payment. ${wasUsable ? `The ${size} had been made available. ${isWhole ? 'Unused hours were withdrawn; used hours are now overage.' : 'The block was reduced to what is still paid for.'}` : `It came back before the ${size} were made available.`}\nAutomatic sales to ${client} are on hold until you resume them: prepaid-hours block resume "${client}"`,
    }),
    stuck: ({ client, invoice, size, block }: About) => ({
      subject: `Prepaid hours – ${client}: invoice ${invoice} is no longer paid, please correct the hours`,
      body: `To do: decide what happens to the hours. Some hours of this block of ${size} were rolled over into another block, so nothing was withdrawn.\nTo withdraw what is left: prepaid-hours block void ${block}\nAutomatic sales to ${client} are on hold until you resume them: prepaid-hours block resume "${client}"`,
    }),
    late: ({ client, invoice, size, block }: About) => ({
      subject: `Prepaid hours – ${client}: invoice ${invoice} was paid although its order was closed`,
      body: `To do: give the hours, or return the money. The order of ${size} was closed without crediting any hours, because its invoice was voided or missing, or by hand; now the invoice is paid.\nTo credit the hours: prepaid-hours block accept ${block}\nOtherwise credit the invoice in the PSA and refund it.`,
    }),
  },
  fr: {
    closed: ({ client, invoice, size }: About, why: 'void' | 'gone') => ({
      subject: `Heures prépayées – ${client} : la facture ${invoice} ${why === 'void' ? 'a été annulée ou créditée' : 'n’existe plus'}, commande close`,
      body: `À faire : rien, si c’est voulu. La commande de ${size} est close sans qu’aucune heure soit créditée ; un forfait sera de nouveau proposé au prochain seuil atteint.\nSi les heures ont été vendues sur une autre facture, ajoutez-les : prepaid-hours block add "${client}"`,
    }),
    review: ({ client, invoice, size, block }: About, amount: string) => ({
      subject: `Heures prépayées – ${client} : la facture ${invoice} a été modifiée, à vérifier`,
      body: `À faire : décider des heures à créditer. La commande était de ${size}, mais la facture s’élève maintenant à ${amount} HT. Aucune heure n’est créditée avant votre décision.\nPour créditer les heures commandées : prepaid-hours block accept ${block}\nPour n’en créditer aucune : prepaid-hours block void ${block}`,
    }),
    part: ({ client, invoice, size }: About, part: string) => ({
      subject: `Heures prépayées – ${client} : ${part} au lieu de ${size} sur la facture ${invoice}`,
      body: `À faire : rien, si c’est voulu. La facture a été réduite ou créditée en partie : le forfait contient ce qui a été payé, soit ${part} sur ${size}.\nPour créditer davantage : prepaid-hours adjust "${client}"`,
    }),
    returned: ({ client, invoice, size }: About, { isWhole, wasUsable }: Returned) => ({
      subject: `Heures prépayées – ${client} : la facture ${invoice} ${isWhole ? 'n’est plus payée' : 'n’est plus payée qu’en partie'}`,
      body: `À faire : voir avec le client ce qu’il en est du paiement. ${wasUsable ? `Le forfait de ${size} avait été mis à disposition. ${isWhole ? 'Les heures non utilisées ont été retirées ; celles qui ont été utilisées sont en dépassement.' : 'Il a été ramené à ce qui reste payé.'}` : `Il est revenu avant que le forfait de ${size} soit disponible.`}\nLes ventes automatiques à ${client} sont suspendues. Pour les reprendre : prepaid-hours block resume "${client}"`,
    }),
    stuck: ({ client, invoice, size, block }: About) => ({
      subject: `Heures prépayées – ${client} : la facture ${invoice} n’est plus payée, heures à corriger`,
      body: `À faire : décider du sort des heures. Une partie de ce forfait de ${size} a été reportée sur un autre : rien n’a donc été retiré.\nPour retirer ce qui reste : prepaid-hours block void ${block}\nLes ventes automatiques à ${client} sont suspendues. Pour les reprendre : prepaid-hours block resume "${client}"`,
    }),
    late: ({ client, invoice, size, block }: About) => ({
      subject: `Heures prépayées – ${client} : la facture ${invoice} a été payée alors que sa commande était close`,
      body: `À faire : créditer les heures, ou rembourser. La commande de ${size} a été close sans créditer d’heures, parce que sa facture était annulée ou introuvable, ou à la main ; la facture est maintenant payée.\nPour créditer les heures : prepaid-hours block accept ${block}\nSinon, établissez un avoir dans le PSA et remboursez la facture.`,
    }),
  },
};

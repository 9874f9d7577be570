/** Alerts to the MSP about an order that is collected without the client. */

import type { Language } from '../../domain/format.ts';

export type RechargeEvent =
  | { kind: 'overdue'; days: number }
  /** Of a charge at a payment provider. */
  | { kind: 'no-mandate'; connection: string }
  | { kind: 'declined'; connection: string; charge: string; reason: string }
  | { kind: 'charged'; connection: string; charge: string; minor: number }
  | { kind: 'unwanted'; connection: string; charge: string }
  /** The invoice was paid in another way while the charge was under way. */
  | { kind: 'paid-twice'; connection: string; charge: string };

export interface About {
  client: string;
  invoice: string;
  size: string;
  block: string;
}

interface AlertText {
  subject: string;
  body: string;
}

/** `amount`: what was charged, as text. */
export function rechargeText(
  language: Language,
  about: About,
  event: RechargeEvent,
  amount: string,
): AlertText {
  const { title, ...words } = texts[language];
  const { subject, body } = wordsOf(words, about, event, amount);
  return { subject: title(about.client, subject), body };
}

function wordsOf(
  words: Omit<(typeof texts)[Language], 'title'>,
  about: About,
  event: RechargeEvent,
  amount: string,
): AlertText {
  switch (event.kind) {
    case 'overdue':
      return words.overdue(about, event);
    case 'no-mandate':
      return words.noMandate(about, event);
    case 'declined':
      return words.declined(about, event);
    case 'charged':
      return words.charged(about, event, amount);
    case 'unwanted':
      return words.unwanted(about, event);
    case 'paid-twice':
      return words.paidTwice(about, event);
  }
}

type Of<Kind extends RechargeEvent['kind']> = Extract<RechargeEvent, { kind: Kind }>;

const texts = {
  en: {
    title: (client: string, text: string) => `Prepaid hours – ${client}: ${text}`,
    overdue: ({ invoice, size, block }: About, { days }: Of<'overdue'>) => ({
      subject: `invoice ${invoice} is still unpaid after ${days} days`,
      body: `To do: find out in your payment system why the invoice for ${size} was not collected; then collect it there, or ask the client to pay it. A note has asked the client too. It is not sold a second time.\nTo give it up: void the invoice in the PSA, or prepaid-hours block void ${block}`,
    }),
    noMandate: ({ client, invoice, size }: About, { connection }: Of<'no-mandate'>) => ({
      subject: `no mandate to collect ${size}`,
      body: `To do: ask the client for a new mandate, and set it up in "${connection}". Invoice ${invoice} is charged once there is one. If ${client} pays the invoice in another way, nothing is charged.`,
    }),
    declined: (
      { client, invoice, size }: About,
      { connection, charge, reason }: Of<'declined'>,
    ) => ({
      subject: `charge for invoice ${invoice} declined (${reason})`,
      body: `To do: agree with the client how the ${size} are paid; a note has asked them. ${charge === '' ? `"${connection}" did not accept the charge.` : `Charge ${charge} in "${connection}".`} It is not tried again by itself.\nAutomatic sales to ${client} are on hold. To charge again, after a new notice: prepaid-hours recharge resume "${client}"`,
    }),
    charged: ({ invoice, size }: About, { connection, charge }: Of<'charged'>, amount: string) => ({
      subject: `${amount} collected for invoice ${invoice}, please book it`,
      body: `To do: mark invoice ${invoice} (${size}) as paid in the PSA. Charge ${charge} in "${connection}": ${amount}. The hours are available.`,
    }),
    unwanted: ({ invoice, size }: About, { connection, charge }: Of<'unwanted'>) => ({
      subject: `invoice ${invoice} was charged although its order was closed`,
      body: `To do: refund charge ${charge} in "${connection}", or add the ${size}: prepaid-hours block add. The order was closed while the charge was under way.`,
    }),
    paidTwice: ({ invoice }: About, { connection, charge }: Of<'paid-twice'>) => ({
      subject: `invoice ${invoice} was charged, and the PSA shows it as paid already`,
      body: `To do: find out whether the client paid twice. Invoice ${invoice} was paid in the PSA before charge ${charge} in "${connection}" had succeeded. If that payment was another one, refund the charge; if it was this charge, there is nothing to do.`,
    }),
  },
  fr: {
    title: (client: string, text: string) => `Heures prépayées – ${client} : ${text}`,
    overdue: ({ invoice, size, block }: About, { days }: Of<'overdue'>) => ({
      subject: `la facture ${invoice} n’est toujours pas payée après ${days} jours`,
      body: `À faire : voir dans votre système de paiement pourquoi la facture de ${size} n’a pas été encaissée, puis l’y encaisser, ou demander au client de la régler. Une note le lui a aussi demandé. Elle ne sera pas émise une seconde fois.\nPour y renoncer : annulez la facture dans le PSA, ou prepaid-hours block void ${block}`,
    }),
    noMandate: ({ client, invoice, size }: About, { connection }: Of<'no-mandate'>) => ({
      subject: `aucun mandat pour prélever ${size}`,
      body: `À faire : demander un nouveau mandat au client et l’enregistrer dans « ${connection} ». La facture ${invoice} sera alors prélevée. Si ${client} la règle autrement, rien n’est prélevé.`,
    }),
    declined: (
      { client, invoice, size }: About,
      { connection, charge, reason }: Of<'declined'>,
    ) => ({
      subject: `prélèvement de la facture ${invoice} refusé (${reason})`,
      body: `À faire : convenir avec le client du règlement des ${size} ; une note le lui a demandé. ${charge === '' ? `« ${connection} » n’a pas accepté le prélèvement.` : `Prélèvement ${charge} dans « ${connection} ».`} Il n’est pas représenté automatiquement.\nLes ventes automatiques à ${client} sont suspendues. Pour prélever à nouveau, après un nouvel avis : prepaid-hours recharge resume "${client}"`,
    }),
    charged: ({ invoice, size }: About, { connection, charge }: Of<'charged'>, amount: string) => ({
      subject: `${amount} encaissés pour la facture ${invoice}, à comptabiliser`,
      body: `À faire : marquer la facture ${invoice} (${size}) comme payée dans le PSA. Prélèvement ${charge} dans « ${connection} » : ${amount}. Les heures sont disponibles.`,
    }),
    unwanted: ({ invoice, size }: About, { connection, charge }: Of<'unwanted'>) => ({
      subject: `la facture ${invoice} a été prélevée alors que sa commande était close`,
      body: `À faire : rembourser le prélèvement ${charge} dans « ${connection} », ou ajouter les ${size} : prepaid-hours block add. La commande a été close pendant le prélèvement.`,
    }),
    paidTwice: ({ invoice }: About, { connection, charge }: Of<'paid-twice'>) => ({
      subject: `la facture ${invoice} a été prélevée, et le PSA l’indique déjà payée`,
      body: `À faire : vérifier que le client n’a pas payé deux fois. La facture ${invoice} était payée dans le PSA avant que le prélèvement ${charge} dans « ${connection} » aboutisse. S’il s’agit d’un autre règlement, remboursez le prélèvement ; s’il s’agit de ce prélèvement, il n’y a rien à faire.`,
    }),
  },
};

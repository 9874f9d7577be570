import { formatDuration } from '../domain/duration.ts';
import { pushKeyOf } from '../domain/keys.ts';
import type { PushMessages } from '../domain/messages.ts';
import { formatMoney, priceOf } from '../domain/money.ts';
import type { Client, Locale, Offer } from '../domain/terms.ts';
import { type Crossing, netSeconds, type Position } from '../domain/thresholds.ts';
import type { NewMessage } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';
import { leftPhrase, levelPhrase, longDate } from './phrases.ts';
import type { TemplateValues } from './templates.ts';

/** A sale that the crossing calls for. */
export interface Sale {
  offer: Offer;
  quantity: number;
  seconds: number;
  totalMinor: number;
}

export interface Notice {
  client: Client;
  position: Position;
  crossings: readonly Crossing[];
  /** What is invoiced now. */
  sale: Sale | null;
  /** What the texts speak of: the sale, or an offer that is only proposed. */
  proposal: Sale | null;
}

export function toSale(offer: Offer, quantity: number): Sale {
  const seconds = offer.seconds * quantity;
  const { amountMinor } = offer;
  const totalMinor =
    amountMinor === null ? priceOf(seconds, offer.rateMinor) : amountMinor * quantity;
  return { offer, quantity, seconds, totalMinor };
}

/**
 * Names the episodes that a notice is about: the same ones give the same keys, whatever is re-run. A
 * database made anew counts its episodes from 1 again, and must not take the old one's records in the
 * PSA for its own: the moment of its first run tells them apart.
 */
function causeOf(context: ReplenishContext, crossings: readonly Crossing[]): string {
  const episodes = crossings.map((crossing) => `${crossing.threshold}#${crossing.number}`);
  return [context.firstRunAt, ...episodes.sort()].join(' ');
}

export function invoiceKeyOf(context: ReplenishContext, { client, crossings }: Notice): string {
  return pushKeyOf('inv', client.id, causeOf(context, crossings));
}

/** One alert for all that was crossed, the client's note on it where asked, and the invoice. */
export function composeNotice(context: ReplenishContext, notice: Notice): NewMessage[] {
  const { client, crossings, sale } = notice;
  const cause = causeOf(context, crossings);
  const messages: NewMessage[] = [];
  const actions = new Set(crossings.flatMap(({ rule }) => rule.do));
  const audiences = new Set(crossings.flatMap(({ rule }) => rule.tell));
  const alertKey = pushKeyOf('alert', client.id, cause);
  if (actions.has('alert')) {
    const { subject, body } = context.templates.render(
      'alert-ticket',
      context.locale,
      valuesOf(notice, alertKey, context.locale),
    );
    messages.push(
      toMessage(context, client, 'alert-ticket', alertKey, null, {
        clientId: sourceIdOf(client),
        subject,
        body,
      }),
    );
    if (audiences.has('client')) {
      const key = pushKeyOf('note', client.id, cause);
      const note = context.templates.render(
        'client-note',
        client.locale,
        valuesOf(notice, key, client.locale),
      );
      messages.push(
        // The ticket's id is known once the alert is delivered: push fills it in.
        toMessage(context, client, 'ticket-note', key, alertKey, {
          clientId: sourceIdOf(client),
          ticketId: '',
          audience: 'client',
          body: note.body,
        }),
      );
    }
  }
  if (sale !== null) messages.push(composeInvoice(context, notice, sale));
  return messages;
}

function composeInvoice(context: ReplenishContext, notice: Notice, sale: Sale): NewMessage {
  const { client, position } = notice;
  const key = invoiceKeyOf(context, notice);
  const { subject, body } = context.templates.render(
    'invoice',
    client.locale,
    valuesOf(notice, key, client.locale),
  );
  return toMessage(context, client, 'invoice', key, null, {
    clientId: sourceIdOf(client),
    offer: sale.offer.name,
    product: sale.offer.product,
    seconds: sale.seconds,
    quantity: sale.quantity,
    rateMinor: sale.offer.rateMinor,
    totalMinor: sale.totalMinor,
    currency: sale.offer.currency,
    issuedOn: position.today,
    title: subject,
    body,
  });
}

export function toMessage<Kind extends 'alert-ticket' | 'ticket-note' | 'invoice'>(
  context: ReplenishContext,
  client: Client,
  kind: Kind,
  key: string,
  afterKey: string | null,
  payload: Omit<PushMessages[Kind], 'key'>,
): NewMessage {
  return {
    key,
    kind,
    clientId: client.id,
    connection: client.pushTo,
    payload: JSON.stringify(payload),
    afterKey,
    status: context.mode === 'live' ? 'pending' : 'withheld',
  };
}

export function sourceIdOf(client: Client): string {
  const id = client.sourceIds.get(client.pushTo);
  if (id === undefined) throw new Error(`${client.name} has no id in ${client.pushTo}`);
  return id;
}

function valuesOf(notice: Notice, key: string, locale: Locale): TemplateValues {
  const { client, position, crossings, proposal: sale } = notice;
  const { balances, today } = position;
  const { settledSeconds, overageSeconds, pendingSeconds } = balances;
  const left = (seconds: number) => leftPhrase(seconds, position, locale);
  const isProjected = crossings.every(({ rule }) => rule.when.balance === 'projected');
  return {
    client: client.name,
    hoursLeft: left(netSeconds(balances, isProjected ? 'projected' : 'settled')),
    settled: left(settledSeconds),
    projected: left(netSeconds(balances, 'projected')),
    overage: overageSeconds > 0 ? formatDuration(overageSeconds) : null,
    pending: pendingSeconds > 0 ? formatDuration(pendingSeconds) : null,
    thresholds: phrasesOf(crossings, position, locale),
    isExpiryOnly: crossings.every(({ block }) => block !== null),
    offer:
      sale === null
        ? null
        : {
            name: sale.offer.name,
            ...sizeAndRate(sale.offer, locale),
            total: formatMoney(sale.totalMinor, sale.offer.currency, locale),
            quantity: sale.quantity,
          },
    asOf: longDate(today, locale),
    key,
  };
}

/** `10 h` at a rate, or an amount of money, which has none. */
function sizeAndRate(
  { seconds, amountMinor, rateMinor, currency }: Offer,
  locale: Locale,
): { hours: string; rate: string | null } {
  if (amountMinor !== null) {
    return { hours: formatMoney(amountMinor, currency, locale), rate: null };
  }
  return { hours: formatDuration(seconds), rate: formatMoney(rateMinor, currency, locale) };
}

/** Hours first, the highest level before the lower ones; then in the order of the rules. */
function phrasesOf(crossings: readonly Crossing[], position: Position, locale: Locale): string[] {
  const hoursOf = ({ rule: { when } }: Crossing) => ('secondsLeft' in when ? when.secondsLeft : -1);
  const sorted = [...crossings].sort((a, b) => hoursOf(b) - hoursOf(a));
  return [...new Set(sorted.map((crossing) => levelPhrase(crossing, position, locale)))];
}

import type { Client, Offer } from '../../domain/agreements/terms.ts';
import { isOfKind } from '../../domain/blocks/kinds.ts';
import { type Format, formatIn } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { PushMessages } from '../../domain/records/messages.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import { ownLeft } from '../../domain/thresholds/positions.ts';
import type { Position } from '../../domain/thresholds/thresholds.ts';
import type { DateText } from '../../domain/time.ts';
import type { NewMessage } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import type { Refusal, Sale } from '../sale.ts';
import { leftPhrase, levelPhrase, refusalPhrase } from './phrases.ts';
import type { TemplateValues } from './templates.ts';

export interface Notice {
  client: Client;
  /** Date of the decision in the client's zone. */
  today: DateText;
  positions: readonly Position[];
  crossings: readonly Crossing[];
  /** Sales to invoice now. */
  sales: readonly Sale[];
  /** Sales or proposed offers to mention in the texts. */
  proposals: readonly Sale[];
  /** Why nothing, or not enough, is sold. */
  refusals: readonly Refusal[];
}

/**
 * Identifies the episodes of a notice: the same episodes give the same keys, whatever is re-run. A
 * new database counts its episodes from 1 again and must not mistake the old one's records in the
 * PSA for its own, so the timestamp of its first run is included.
 */
function causeOf(context: ReplenishContext, crossings: readonly Crossing[]): string {
  const episodes = crossings.map((crossing) => `${crossing.threshold}#${crossing.number}`);
  return [context.firstRunAt, ...episodes.sort()].join(' ');
}

/**
 * If several kinds of hours are sold at once, all but the first have the offer's name in the key.
 */
export function invoiceKeyOf(
  context: ReplenishContext,
  { client, crossings, sales }: Notice,
  sale: Sale,
): string {
  const cause = causeOf(context, crossings);
  const isFirst = sales[0] === sale;
  return pushKeyOf('inv', client.id, isFirst ? cause : `${cause} ${sale.offer.name}`);
}

/**
 * One alert for all crossings, the client's note on it if configured, and the invoices. A sale that
 * was refused is reported in an alert, even if the rules configure none.
 */
export function composeNotice(context: ReplenishContext, notice: Notice): NewMessage[] {
  const { client, crossings, sales, refusals } = notice;
  const cause = causeOf(context, crossings);
  const messages: NewMessage[] = [];
  const actions = new Set(crossings.flatMap(({ rule }) => rule.do));
  const audiences = new Set(crossings.flatMap(({ rule }) => rule.tell));
  const alertKey = pushKeyOf('alert', client.id, cause);
  if (actions.has('alert') || refusals.length > 0) {
    const { subject, body } = context.templates.render(
      'alert-ticket',
      context.locale,
      valuesOf(notice, { key: alertKey, format: formatIn(context) }),
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
        valuesOf(notice, { key, format: formatIn(client) }),
      );
      messages.push(
        // The ticket's ID is only known once the alert is delivered: push fills it in.
        toMessage(context, client, 'ticket-note', key, alertKey, {
          clientId: sourceIdOf(client),
          ticketId: '',
          audience: 'client',
          body: note.body,
        }),
      );
    }
  }
  messages.push(...sales.map((sale) => composeInvoice(context, notice, sale)));
  return messages;
}

function composeInvoice(context: ReplenishContext, notice: Notice, sale: Sale): NewMessage {
  const { client } = notice;
  const key = invoiceKeyOf(context, notice, sale);
  const { subject, body } = context.templates.render(
    'invoice',
    client.locale,
    valuesOf({ ...notice, proposals: [sale] }, { key, format: formatIn(client) }),
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
    issuedOn: notice.today,
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

function valuesOf(
  { client, today, positions, crossings, sales, proposals, refusals }: Notice,
  { key, format }: { key: string; format: Format },
): TemplateValues {
  const own = ownLeft(positions);
  const used = own.reduce((sum, one) => sum + one.settledSeconds - one.netSeconds, 0);
  const pending = own.reduce((sum, one) => sum + one.netSeconds - one.projectedSeconds, 0);
  const settled = leftPhrase(own, 'settledSeconds', format);
  const projected = leftPhrase(own, 'projectedSeconds', format);
  const isProjected = crossings.every(({ rule }) => rule.when.balance === 'projected');
  const offers = proposals.map(({ offer, totalMinor, quantity }) => ({
    name: offer.name,
    ...sizeAndRate(offer, format),
    total: format.money(totalMinor, offer.currency),
    quantity,
  }));
  return {
    client: client.name,
    hoursLeft: isProjected ? projected : leftPhrase(own, 'netSeconds', format),
    settled,
    projected,
    overage: used > 0 ? format.duration(used) : null,
    pending: pending > 0 ? format.duration(pending) : null,
    thresholds: phrasesOf(crossings, format),
    isExpiryOnly: crossings.every(({ block }) => block !== null),
    offer: offers[0] ?? null,
    offers,
    isInvoiced: sales.length > 0,
    noSale: refusals.map((refusal) => refusalPhrase(refusal, format)),
    asOf: format.date(today),
    key,
  };
}

/** `10 h` at a rate, or an amount of money, which has none. */
function sizeAndRate(
  { seconds, amountMinor, rateMinor, currency }: Offer,
  format: Format,
): { hours: string; rate: string | null } {
  if (amountMinor !== null) {
    return { hours: format.money(amountMinor, currency), rate: null };
  }
  return { hours: format.duration(seconds), rate: format.money(rateMinor, currency) };
}

/**
 * Hours first, from the highest to the lowest threshold; then in the order of the rules. If a
 * limited kind has no hours of its own left, its threshold is redundant with that of the hours for
 * all work.
 */
function phrasesOf(crossings: readonly Crossing[], format: Format): string[] {
  const hoursOf = ({ rule: { when } }: Crossing) => ('secondsLeft' in when ? when.secondsLeft : -1);
  const isSaid = (crossing: Crossing) => {
    const { workTypes, blocks } = crossing.position;
    const hasOwn = blocks.some(
      (block) => isOfKind(block, workTypes) && (block.remainingSeconds || block.remainingMinor),
    );
    return workTypes === null || hasOwn || !crossings.some(isSameForAll(crossing));
  };
  const sorted = crossings.filter(isSaid).sort((a, b) => hoursOf(b) - hoursOf(a));
  return [...new Set(sorted.map((crossing) => levelPhrase(crossing, format)))];
}

function isSameForAll({ rule }: Crossing): (other: Crossing) => boolean {
  return (other) => other.rule === rule && other.position.workTypes === null;
}

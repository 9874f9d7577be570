import type { Client } from '../../domain/agreements/terms.ts';
import type { RunOut } from '../../domain/forecast/forecast.ts';
import { formatIn } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import type { PushMessages } from '../../domain/records/messages.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import { ownLeft } from '../../domain/thresholds/positions.ts';
import type { Position } from '../../domain/thresholds/thresholds.ts';
import type { DateText } from '../../domain/time.ts';
import type { NewMessage } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import type { Refusal, Sale, SaleByHand } from '../sale.ts';
import { isAboutIdle } from './levels.ts';
import { inProse, sizePhrase } from './phrases.ts';
import { composeRechargeNote } from './recharge-note.ts';
import { valuesOf } from './values.ts';

export interface Notice {
  client: Client;
  /** Date of the decision in the client's zone. */
  today: DateText;
  positions: readonly Position[];
  crossings: readonly Crossing[];
  /** What a user sells; absent: thresholds were reached. */
  byHand?: SaleByHand;
  /** Sales to invoice now. */
  sales: readonly Sale[];
  /** Sales or proposed offers to mention in the texts. */
  proposals: readonly Sale[];
  /** Why nothing, or not enough, is sold. */
  refusals: readonly Refusal[];
  /** When the hours will be used up, with open work; null: unknown. */
  runOut: RunOut | null;
  /** False: its recharge waits for a user. */
  isApproved: boolean;
}

/** The threshold of a sale by hand, whose episodes count such sales. */
export const handSale = 'by hand';

/** Rules that were reached, and what a sale by hand has in their place. */
export function rulesOf({
  crossings,
  byHand,
}: Pick<Notice, 'crossings' | 'byHand'>): Pick<SaleByHand, 'do' | 'tell'>[] {
  return [...crossings.map(({ rule }) => rule), ...(byHand === undefined ? [] : [byHand])];
}

/**
 * Identifies the episodes of a notice: the same episodes give the same keys, whatever is re-run. A
 * new database counts its episodes from 1 again and must not mistake the old one's records in the
 * PSA for its own, so the timestamp of its first run is included.
 */
function causeOf(context: ReplenishContext, { crossings, byHand }: Notice): string {
  const episodes = crossings.map((crossing) => `${crossing.threshold}#${crossing.number}`);
  if (byHand !== undefined) episodes.push(`${handSale}#${byHand.number}`);
  return [context.firstRunAt, ...episodes.sort()].join(' ');
}

/**
 * If several kinds of hours are sold at once, all but the first have the offer's name in the key.
 */
export function invoiceKeyOf(context: ReplenishContext, notice: Notice, sale: Sale): string {
  const cause = causeOf(context, notice);
  const isFirst = notice.sales[0] === sale;
  return pushKeyOf('inv', notice.client.id, isFirst ? cause : `${cause} ${sale.offer.name}`);
}

export function alertKeyOf(context: ReplenishContext, notice: Notice): string {
  return pushKeyOf('alert', notice.client.id, causeOf(context, notice));
}

export function noteKeyOf(context: ReplenishContext, notice: Notice): string {
  return pushKeyOf('note', notice.client.id, causeOf(context, notice));
}

/**
 * The invoices, one alert for all crossings, and the client's note on it if configured. Invoices
 * come first, so that the alert can name their numbers. A sale that was refused is reported in an
 * alert, even if the rules configure none.
 */
export function composeNotice(context: ReplenishContext, notice: Notice): NewMessage[] {
  const { client, positions, sales, refusals, byHand } = notice;
  const templates = templatesFor(notice);
  const invoices = sales.map((sale) => composeInvoice(context, notice, sale));
  const messages = [...invoices];
  const invoiceKeys = invoices.map(({ key }) => key);
  const rules = rulesOf(notice);
  const actions = new Set(rules.flatMap((rule) => rule.do));
  const audiences = new Set(rules.flatMap((rule) => rule.tell));
  const alertKey = alertKeyOf(context, notice);
  const recharge = sales.find(({ isRecharge }) => isRecharge);
  const hasClientNote = audiences.has('client') || recharge !== undefined;
  if (actions.has('alert') || refusals.length > 0 || recharge !== undefined) {
    const keyToApprove =
      recharge === undefined || notice.isApproved ? null : noteKeyOf(context, notice);
    const { subject, body } = context.templates.render(
      templates.ticket,
      context.locale,
      valuesOf(context, notice, {
        key: alertKey,
        keyToApprove,
        format: inProse(formatIn(context)),
        invoiceKeys,
      }),
    );
    messages.push(
      toMessage(context, client, 'alert-ticket', alertKey, null, {
        clientId: sourceIdOf(client),
        subject,
        body,
        ...(hasClientNote ? { hasClientNote } : {}),
      }),
    );
    if (hasClientNote) {
      const key = noteKeyOf(context, notice);
      const format = inProse(formatIn(client));
      const note =
        recharge === undefined
          ? context.templates.render(
              templates.note,
              client.locale,
              valuesOf(context, notice, { key, format, invoiceKeys }),
            )
          : composeRechargeNote(context, client, key, {
              event: 'announced',
              isByHand: byHand !== undefined,
              size: sizePhrase(recharge.offer, recharge.seconds, recharge.totalMinor, format),
              amountMinor: recharge.totalMinor,
              currency: recharge.offer.currency,
              invoice: null,
              on: null,
              kinds: ownLeft(positions),
              usedSeconds: null,
            });
      messages.push(
        // The ticket's ID is only known once the alert is delivered: push fills it in.
        toMessage(context, client, 'ticket-note', key, alertKey, {
          clientId: sourceIdOf(client),
          ticketId: '',
          audience: 'client',
          subject: note.subject,
          body: note.body,
        }),
      );
    }
  }
  return messages;
}

function templatesFor({ crossings, byHand }: Notice) {
  if (byHand !== undefined) return { ticket: 'order-ticket', note: 'order-note' } as const;
  if (isAboutIdle(crossings)) return { ticket: 'idle-ticket', note: 'idle-note' } as const;
  return { ticket: 'alert-ticket', note: 'client-note' } as const;
}

function composeInvoice(context: ReplenishContext, notice: Notice, sale: Sale): NewMessage {
  const { client } = notice;
  const key = invoiceKeyOf(context, notice, sale);
  const { subject, body } = context.templates.render(
    'invoice',
    client.locale,
    valuesOf(
      context,
      { ...notice, proposals: [sale] },
      { key, format: inProse(formatIn(client)), invoiceKeys: [key] },
    ),
  );
  return toMessage(context, client, 'invoice', key, null, {
    clientId: sourceIdOf(client),
    request: requestOf(context, client),
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

/** An alert ticket for the MSP's people. */
export function toAlert(
  context: ReplenishContext,
  client: Client,
  key: string,
  text: { subject: string; body: string },
): NewMessage {
  const payload = { clientId: sourceIdOf(client), ...text };
  return toMessage(context, client, 'alert-ticket', key, null, payload);
}

/** The MSP's own language, since its people read the request. */
export function requestOf(
  { locale, durations }: ReplenishContext,
  { name }: Client,
): NonNullable<PushMessages['invoice']['request']> {
  return { client: name, locale, durations };
}

export function toMessage<
  Kind extends 'alert-ticket' | 'ticket-note' | 'invoice' | 'invoice-payment',
>(
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

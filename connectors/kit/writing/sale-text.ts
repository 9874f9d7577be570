/** What to invoice, for vendors where a person writes the invoice. */
import type { Push } from '../../../src/contract/connector.ts';
import { formatIn, languageOf } from '../../../src/domain/format.ts';
import type { OpenCall } from '../call.ts';
import type { FactBook } from '../checking/facts.ts';
import type { HasContext } from '../reading/remembered.ts';
import { type KeyedRecord, keyedPush } from './push.ts';
import type { Recent } from './recent.ts';
import { type Sale, saleLine } from './sales.ts';
import type { TicketText } from './tickets.ts';

/** A sale as a ticket that says what to invoice; `hints`: further lines of its text. */
export function saleTicketPush<C extends HasContext & { recent: Recent }, Row, Id extends string>(
  book: FactBook<Id>,
  record: KeyedRecord<C, TicketText, Row, Id>,
  hints: (sale: Sale) => readonly string[] = () => [],
): (open: OpenCall<C>) => Push<'invoice'> {
  const toText = (sale: Sale): TicketText => {
    const { key, clientId } = sale;
    return { key, clientId, subject: saleSubject(sale), body: saleText(sale, hints(sale)) };
  };
  return (open) => {
    const { find, create, inspect, withdraw } = keyedPush(book, record)(open);
    return {
      find: (sale, signal) => find(toText(sale), signal),
      create: (sale, signal) => create(toText(sale), signal),
      ...(inspect && { inspect: (sale, id, signal) => inspect(toText(sale), id, signal) }),
      ...(withdraw && { withdraw: (sale, made, signal) => withdraw(toText(sale), made, signal) }),
    };
  };
}

/** Title of a ticket for a sale; the line's own text in a message of an earlier version. */
export function saleSubject(sale: Sale): string {
  const { request, title } = sale;
  if (request === undefined) return title;
  return words[languageOf(request.locale)].subject(request.client, lineOf(sale));
}

/** Everything the invoice must contain, including our key; further hints come last. */
function saleText(sale: Sale, hints: readonly string[]): string {
  const { clientId, product, currency, request, seconds } = sale;
  const format = formatIn(request ?? { locale: 'en', durations: 'decimal' });
  const say = words[languageOf(format.locale)];
  const lines = [
    say.toDo,
    '',
    say.client(request?.client ?? null, clientId),
    say.date(format.date(sale.issuedOn)),
    say.line(lineOf(sale)),
    ...(product === null ? [] : [say.product(product)]),
    // A sale of money has no hours.
    ...(seconds > 0
      ? [say.hours(format.duration(seconds), format.money(sale.rateMinor, currency))]
      : []),
    say.total(format.money(sale.totalMinor, currency)),
    say.key(sale.key),
    ...hints,
    '',
    say.text,
    sale.body.trimEnd(),
  ];
  return lines.join('\n');
}

function lineOf(sale: Sale): string {
  return `${saleLine(sale).quantity} × ${sale.title}`;
}

const words = {
  en: {
    subject: (client: string, line: string) => `Please invoice ${client}: ${line}`,
    toDo: 'To do: create this invoice, with the reference on it, then close this ticket.',
    client: (name: string | null, id: string) =>
      name === null ? `Client: ID ${id}` : `Client: ${name} (ID ${id})`,
    date: (date: string) => `Date: ${date}`,
    line: (line: string) => `Line: ${line}`,
    product: (product: string) => `Product: ${product}`,
    hours: (hours: string, rate: string) => `Hours: ${hours} at ${rate} an hour`,
    total: (total: string) => `Total before tax: ${total}`,
    key: (key: string) => `Reference: ${key}`,
    text: 'Text for the client:',
  },
  fr: {
    subject: (client: string, line: string) => `À facturer à ${client} : ${line}`,
    toDo: 'À faire : créer cette facture, avec la référence, puis clore ce ticket.',
    client: (name: string | null, id: string) =>
      name === null ? `Client : ID ${id}` : `Client : ${name} (ID ${id})`,
    date: (date: string) => `Date : ${date}`,
    line: (line: string) => `Ligne : ${line}`,
    product: (product: string) => `Produit : ${product}`,
    hours: (hours: string, rate: string) => `Heures : ${hours} à ${rate} de l’heure`,
    total: (total: string) => `Total HT : ${total}`,
    key: (key: string) => `Référence : ${key}`,
    text: 'Texte pour le client :',
  },
};

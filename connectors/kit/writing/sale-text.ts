/** What to invoice, for vendors where a person writes the invoice. */
import type { Push } from '../../../src/contract/connector.ts';
import { hoursText } from '../../../src/domain/duration.ts';
import { textFromMinor } from '../../../src/domain/money.ts';
import type { OpenCall } from '../call.ts';
import type { FactBook } from '../checking/facts.ts';
import type { HasContext } from '../reading/remembered.ts';
import { type KeyedRecord, keyedPush } from './push.ts';
import type { Sale } from './sales.ts';
import type { TicketText } from './tickets.ts';

/** A sale as a ticket that says what to invoice; `hints`: further lines of its text. */
export function saleTicketPush<C extends HasContext, Row, Id extends string>(
  book: FactBook<Id>,
  record: KeyedRecord<C, TicketText, Row, Id>,
  hints: (sale: Sale) => readonly string[] = () => [],
): (open: OpenCall<C>) => Push<'invoice'> {
  const toText = (sale: Sale): TicketText => {
    const { key, clientId, title: subject } = sale;
    return { key, clientId, subject, body: saleText(sale, hints(sale)) };
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

/** Everything the invoice must contain, including our key; further hints come last. */
function saleText(sale: Sale, hints: readonly string[]): string {
  const { clientId, currency, seconds } = sale;
  const amount = (minor: number): string => `${textFromMinor(minor, currency)} ${currency}`;
  const product = sale.product === null ? '' : ` (product ${sale.product})`;
  const lines = [
    `Please invoice client ${clientId}, dated ${sale.issuedOn}:`,
    `${sale.quantity} × ${sale.offer}${product}`,
    // A sale of money has no hours.
    ...(seconds > 0
      ? [`Hours: ${hoursText(seconds)}`, `Price of an hour: ${amount(sale.rateMinor)}`]
      : []),
    `Total before tax: ${amount(sale.totalMinor)}`,
    `Our key, for the invoice: ${sale.key}`,
    ...hints,
  ];
  return `${sale.body.trimEnd()}\n\n${lines.join('\n')}`;
}

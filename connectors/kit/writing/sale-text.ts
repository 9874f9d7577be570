/** What to invoice, for vendors where a person writes the invoice. */

import type { PushMessages } from '../../../src/contract/connector.ts';
import { hoursText } from '../../../src/domain/duration.ts';
import { textFromMinor } from '../../../src/domain/money.ts';

/** Everything the invoice must contain, including our key; further hints come last. */
export function saleText(sale: PushMessages['invoice'], hints: readonly string[] = []): string {
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

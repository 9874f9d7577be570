/** What the program wrote into the PSA, as a page to read: tickets, notes and invoices by client. */
import type { Outcome } from './story.ts';

type Psa = Outcome['psa'];

export interface Section extends Psa {
  title: string;
  currency: string;
}

const audiences: Record<string, string> = {
  internal: 'Internal note',
  client: 'Discussion, which the client sees',
};

export function messagesPage(sections: readonly Section[]): string {
  const parts = sections.flatMap(sectionParts);
  return `${['# Messages as the PSA shows them', ...parts].join('\n\n')}\n`;
}

function sectionParts({ title, currency, tickets, invoices }: Section): string[] {
  const companies = [...new Set([...tickets, ...invoices].map(({ company }) => company))].sort();
  const parts = companies.flatMap((company) => [
    `### ${company}`,
    ...invoices
      .filter((one) => one.company === company)
      .flatMap((invoice) => invoiceParts(invoice, currency)),
    ...tickets.filter((one) => one.company === company).flatMap(ticketParts),
  ]);
  return [`## ${title}`, ...parts];
}

function invoiceParts(
  { number, reference, total, balance, lines, text }: Psa['invoices'][number],
  currency: string,
): string[] {
  const rows = lines.map(
    ({ product, text: line, quantity, price }) =>
      `| ${product} | ${line} | ${quantity} | ${price.toFixed(2)} |`,
  );
  return [
    `#### Invoice ${number}, ${currency} ${total.toFixed(2)}`,
    `Reference: ${reference}. ${balance > 0 ? 'Open' : 'Paid'}.`,
    ['| Product | Description | Quantity | Price |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    quoted(text ?? ''),
  ];
}

function ticketParts({ id, board, summary, notes }: Psa['tickets'][number]): string[] {
  return [
    `#### Ticket ${id} on ${board}: ${summary}`,
    ...notes.flatMap(({ audience, text }) => [`${audiences[audience]}:`, quoted(text)]),
  ];
}

function quoted(text: string): string {
  return ['```text', text, '```'].join('\n');
}

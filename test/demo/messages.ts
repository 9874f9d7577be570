/** What the program wrote into the PSA, as a page to read: tickets, notes and invoices by client. */
import type { Outcome } from './story.ts';

type Psa = Outcome['psa'];

const audiences: Record<string, string> = {
  internal: 'Internal note',
  client: 'Discussion, which the client sees',
};

export function messagesPage({ tickets, invoices }: Psa): string {
  const companies = [...new Set([...tickets, ...invoices].map(({ company }) => company))].sort();
  const parts = companies.flatMap((company) => [
    `## ${company}`,
    ...invoices.filter((one) => one.company === company).flatMap(invoiceParts),
    ...tickets.filter((one) => one.company === company).flatMap(ticketParts),
  ]);
  return `${['# Messages as the PSA shows them', ...parts].join('\n\n')}\n`;
}

function invoiceParts({ number, reference, total, lines, text }: Psa['invoices'][number]) {
  const rows = lines.map(
    ({ product, text: line, quantity, price }) =>
      `| ${product} | ${line} | ${quantity} | ${price.toFixed(2)} |`,
  );
  return [
    `### Invoice ${number}, EUR ${total.toFixed(2)}`,
    `Reference: ${reference}`,
    ['| Product | Description | Quantity | Price |', '| --- | --- | --- | --- |', ...rows].join(
      '\n',
    ),
    quoted(text ?? ''),
  ];
}

function ticketParts({ id, board, summary, notes }: Psa['tickets'][number]): string[] {
  return [
    `### Ticket ${id} on ${board}: ${summary}`,
    ...notes.flatMap(({ audience, text }) => [`${audiences[audience]}:`, quoted(text)]),
  ];
}

function quoted(text: string): string {
  return ['```text', text, '```'].join('\n');
}

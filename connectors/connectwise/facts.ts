/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('ConnectWise', {
  'conditions-company': reading.needed(
    'Lists honour conditions on company/id.',
    'Nothing is read, since rows of other companies would be included.',
  ),
  'conditions-last-updated': reading.needed(
    'Lists honour conditions on lastUpdated.',
    'Nothing is read, since every run would read everything.',
  ),
  'conditions-external-xref': writing.useful(
    'A ticket is found by externalXRef.',
    'The company’s tickets are listed and compared instead.',
  ),
  'conditions-reference': writing.useful(
    'An invoice is found by reference.',
    'The company’s invoices are listed and compared instead.',
  ),
  'conditions-integration-xref': writing.useful(
    'A product is found by integrationXRef.',
    'The products changed since the sale are listed and compared instead.',
  ),
  'product-on-invoice': writing.needed(
    'A product can be added to an invoice on creation.',
    'No invoices are made; use invoiceRoute ticket-product.',
  ),
  'product-on-ticket': writing.needed(
    'A product can be added to a ticket on creation.',
    'No renewal tickets are made; use invoiceRoute invoice.',
  ),
  'note-flags': writing.needed(
    'A note keeps the audience that it is written for.',
    'No notes are written, since clients might read internal ones.',
  ),
  'custom-fields': writing.needed(
    'A PATCH of the whole customFields array leaves the other fields unchanged.',
    'No balance is written into companies.',
  ),
});

export type FactId = keyof typeof facts.rows;

/** The facts that each route of a sale relies on. */
export const routeFacts = {
  invoice: ['conditions-reference', 'conditions-integration-xref', 'product-on-invoice'],
  'ticket-product': ['conditions-integration-xref', 'product-on-ticket'],
} as const satisfies Record<string, readonly FactId[]>;

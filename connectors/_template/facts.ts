/** What the vendor's documentation leaves open and the connector relies on. */
import { keepFacts, writing } from '../kit/checking/facts.ts';

export type FactId = 'ticket-key' | 'invoice-key';

export const facts = keepFacts<FactId>('Plain Desk', {
  'ticket-key': writing.needed(
    'A new ticket keeps the end of its subject.',
    'No alert tickets are made, since duplicates could be created.',
  ),
  'invoice-key': writing.needed(
    'A new invoice keeps its reference.',
    'No invoices are made, since duplicates could be created.',
  ),
});

/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Autotask', {
  'change-filters': reading.needed(
    'Queries honour filters on the last-modified timestamp.',
    'Nothing is read, since every run would read everything.',
  ),
  'ticket-key-kept': writing.needed(
    'A new ticket keeps its key.',
    'No tickets are made, since they would not be found again.',
  ),
  'ticket-key-found': writing.useful(
    'A ticket is found by its key.',
    'The company’s tickets are listed and compared instead.',
  ),
  'note-publish': writing.needed(
    'A note keeps its publish level.',
    'No notes are written, since clients might read internal ones.',
  ),
  'company-fields': writing.needed(
    'A PATCH of one user-defined field leaves the other fields unchanged.',
    'No balance is written into companies.',
  ),
  'charge-key': writing.needed(
    'A charge keeps our key as its internal purchase order number.',
    'No sales are written, since they would not be found again.',
  ),
  'block-key': writing.needed(
    'A block keeps our key as its invoice number.',
    'No sales are written, unless billing.nativeBlock is false.',
  ),
});

export type FactId = keyof typeof facts.rows;

/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Syncro', {
  'tickets-since': reading.needed(
    'since_updated_at lists a ticket from a second before its updated_at.',
    'No tickets and no time are read, since changes would be missed.',
  ),
  'closed-listed': reading.needed(
    'Ticket lists include resolved ones.',
    'No tickets and no time are read, since closed tickets would be missed.',
  ),
  'timers-since': reading.needed(
    'created_at_gt lists a timer from a second before its created_at.',
    'No time is read, since some would be missed.',
  ),
  'invoices-since': reading.needed(
    'since_updated_at lists an invoice from a second before its updated_at.',
    'No invoices are read, since payments would be missed.',
  ),
  'timer-moves-ticket': writing.useful(
    'Adding, changing and deleting time updates its ticket’s updated_at.',
    'Changed time is noticed when its ticket changes; deleted time by the sweep.',
  ),
  'ticket-key': writing.needed(
    'A new ticket shows its tag in lists as it was written.',
    'No alert tickets are made, since duplicates could be created.',
  ),
  'note-audience': writing.needed(
    'A comment keeps whether it is hidden from the client.',
    'No notes are written, since clients might read internal ones.',
  ),
  'invoice-number': writing.needed(
    'A new invoice keeps the number it is given and is found by it.',
    'No invoices are made, since duplicates could be created.',
  ),
  'client-fields': writing.needed(
    'Writing one custom field of a customer leaves the others unchanged.',
    'No balance is written into customers.',
  ),
});

export type FactId = keyof typeof facts.rows;

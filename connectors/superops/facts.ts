/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

/** The tenant's schema has the operations of a step, with their fields and inputs. */
function inSchema(what: string, otherwise: string) {
  return reading.needed(`The tenant’s schema supports ${what}.`, otherwise);
}

export const facts = keepFacts('SuperOps', {
  'schema-clients': inSchema('reading clients', 'No clients are read.'),
  'schema-tickets': inSchema('reading tickets', 'No tickets are read.'),
  'schema-time': inSchema('reading offered items', 'No time is read.'),
  'schema-invoices': inSchema('reading invoices', 'No invoices are read.'),
  'schema-alert': inSchema('creating a ticket', 'No alert tickets are made.'),
  'schema-close': inSchema('closing a ticket', 'Withdrawn tickets are closed by hand.'),
  'schema-note': inSchema('writing a note', 'No notes are written.'),
  'schema-sale': inSchema(
    'creating an invoice, and requires nothing else',
    'No invoices are made. Set billing.route: ticket.',
  ),
  'schema-fields': inSchema('writing a client’s custom field', 'No balance is written.'),
  'items-hold-time': reading.needed(
    'Offered items show billable work as soon as it is logged.',
    'No time is read, since work would be missed.',
  ),
  'items-billable': reading.needed(
    'Non-billable work is not an offered item.',
    'No time is read, since clients would pay for free work.',
  ),
  'quantity-hours': reading.needed(
    'The quantity of an offered work item is in hours.',
    'No time is read, since it would be debited in a wrong unit.',
  ),
  'dates-utc': writing.needed(
    'Timestamps in answers are UTC.',
    'Nothing is read, since work would count at the wrong hours.',
  ),
  'ticket-key': writing.needed(
    'A new ticket keeps the key at the end of its subject.',
    'No tickets are made, since duplicates could be created.',
  ),
  'subject-filter': writing.useful(
    'Tickets are found by part of their subject.',
    'The tickets of the last months are listed and compared instead.',
  ),
  'note-audience': writing.needed(
    'A note keeps the audience that it is written for.',
    'No notes are written, since clients might read internal ones.',
  ),
  'invoice-key': writing.needed(
    'A new invoice keeps the key in the details of its line.',
    'No invoices are made, since duplicates could be created. Set billing.route: ticket.',
  ),
  'client-fields': writing.needed(
    'Writing one custom field of a client leaves the others unchanged.',
    'No balance is written into clients.',
  ),
});

export type FactId = keyof typeof facts.rows;

/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

/** The operations of a step, with the fields and inputs that they name, are in the tenant's own schema. */
function inSchema(what: string, otherwise: string) {
  return reading.needed(`The tenant’s schema has what ${what}.`, otherwise);
}

const rows = {
  'schema-clients': inSchema('reading clients asks for', 'No clients are read.'),
  'schema-tickets': inSchema('reading tickets asks for', 'No tickets are read.'),
  'schema-time': inSchema('reading offered items asks for', 'No time is read.'),
  'schema-invoices': inSchema('reading invoices asks for', 'No invoices are read.'),
  'schema-alert': inSchema('making a ticket sends', 'No alert tickets are made.'),
  'schema-close': inSchema('closing a ticket sends', 'Tickets taken back are closed by hand.'),
  'schema-note': inSchema('writing a note sends', 'No notes are written.'),
  'schema-sale': inSchema(
    'making an invoice sends, and asks for nothing else',
    'No invoices are made. Set billing.route: ticket.',
  ),
  'schema-fields': inSchema('writing a client’s custom field sends', 'No balance is written.'),
  'items-hold-time': reading.needed(
    'Offered items show billable work as soon as it is logged.',
    'No time is read, since work would be missed.',
  ),
  'items-billable': reading.needed(
    'Work that is not billable is no offered item, or shown as such.',
    'No time is read, since clients would pay for free work.',
  ),
  'quantity-hours': reading.needed(
    'The quantity of an offered item of work is hours.',
    'No time is read, since it would come to something else than was worked.',
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
    'Tickets are found by a part of their subject.',
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
};

export type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('SuperOps', rows);

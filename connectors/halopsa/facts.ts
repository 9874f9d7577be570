/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Halo', {
  'client-ids': reading.useful(
    'Lists honour several clients in client_ids.',
    'Each client is requested by itself: more requests.',
  ),
  'last-update': reading.needed(
    'lastupdatefromdate is UTC and is compared with last_update.',
    'No tickets are read, since changes would be missed.',
  ),
  'closed-listed': reading.needed(
    'Ticket lists include closed ones.',
    'No tickets are read. Give the API application’s agent access to all tickets, including closed ones.',
  ),
  'closed-flag': reading.needed(
    'No open ticket is taken for closed.',
    'No tickets are read. List your closed statuses in closedStatuses.',
  ),
  'invoice-modified': reading.useful(
    'Creating and paying an invoice update its last_modified.',
    'All invoices of the clients are read on every run: more requests.',
  ),
  'time-unit': reading.needed(
    'Time taken is in hours.',
    'No time is read, since minutes would count sixty times too much.',
  ),
  'ticket-total': reading.useful(
    'The time taken of a ticket row is the sum of its actions’.',
    'The first run reads the actions of every ticket, also of those that show no time: more requests.',
  ),
  'session-order': reading.needed(
    'Remote sessions are listed newest first.',
    'Sessions are not read, since new ones could be missed.',
  ),
  'session-ends': reading.needed(
    'Finished remote sessions have a start and an end.',
    'Sessions are not read. Whatever writes them into Halo leaves their end out.',
  ),
  'session-agent': reading.needed(
    'Remote sessions have the number of their agent.',
    'Sessions are not read. Map agents in the integration that writes them into Halo.',
  ),
  'dates-utc': writing.needed(
    'Timestamps in answers are UTC.',
    'Nothing is read, since work would count at the wrong hours.',
  ),
  'action-moves-ticket': writing.needed(
    'A new action updates its ticket’s last_update.',
    'No tickets are read, since logged time would be missed.',
  ),
  'ticket-key': writing.needed(
    'A new ticket shows its third_party_id_string in lists.',
    'No alert tickets are made, since duplicates could be created.',
  ),
  'ticket-search': writing.useful(
    'A search finds a ticket by its third_party_id_string.',
    'The client’s tickets are listed and compared instead.',
  ),
  'note-audience': writing.needed(
    'A note keeps the audience that it is written for.',
    'No notes are written, since clients might read internal ones.',
  ),
  'invoice-key': writing.needed(
    'A new invoice keeps its reference.',
    'No invoices are made, since duplicates could be created.',
  ),
  'payment-key': writing.needed(
    'A new payment is listed on its invoice at once, with its thirdpartyid.',
    'No payments are booked, since duplicates could be created.',
  ),
  'client-fields': writing.needed(
    'Writing one custom field of a client leaves the others unchanged.',
    'No balance is written into clients.',
  ),
});

export type FactId = keyof typeof facts.rows;

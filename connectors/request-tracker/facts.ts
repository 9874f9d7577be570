/** What cannot be believed of every RT: it depends on settings, scrips and rights that RT does not show. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('RT', {
  'query-dates': reading.needed(
    'A search takes `-3600 seconds` for the time that long ago.',
    'Nothing is read, since changes would be missed. Report the RT version and its $PreferDateTimeFormatNatural setting.',
  ),
  'time-visible': reading.needed(
    'The RT user sees all time on the tickets that it sees, that of comments too.',
    'No time is read, since less would be debited than was worked. Give the RT user ShowTicketComments on the queues.',
  ),
  'key-field': writing.needed(
    'A new ticket keeps its key in `keyField`.',
    'No tickets are made, since duplicates could be created. Give the RT user SetInitialCustomField on the field.',
  ),
  'find-ticket': writing.needed(
    'A new ticket is found by its key.',
    'No tickets are made, since duplicates could be created. Give the RT user ShowTicket on the queue, and SeeCustomField on `keyField`.',
  ),
  'find-note': writing.needed(
    'A new note can be read back, and is found by its key.',
    'No notes are written, since duplicates could be written. Give the RT user ShowTicket and ShowTicketComments on the queue.',
  ),
});

export type FactId = keyof typeof facts.rows;

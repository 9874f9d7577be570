/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Atera', {
  'account-zone': reading.needed(
    'The zone of the Atera account keeps the clock that work hours are read by.',
    'No time is read; set the connection’s `timezone` to that of the account.',
  ),
  'work-hours-zone': reading.needed(
    'Work hours are shown by the clock that they are requested by.',
    'No time is read; try `workHoursIn: utc`.',
  ),
  'ticket-changes': reading.needed(
    'Tickets can be requested by their last change.',
    'No tickets are read, since changes would be missed.',
  ),
  'work-moves-ticket': reading.useful(
    'A ticket is listed as changed since the work on it ended.',
    'Time logged on a ticket older than the history waits until that ticket changes.',
  ),
  'tickets-by-client': reading.needed(
    'Tickets can be requested by customer.',
    'No tickets are made, since one that exists already would not be found.',
  ),
  'ticket-title': writing.needed(
    'A new ticket keeps its title and belongs to its contact’s customer.',
    'No tickets are made, since one that exists already would not be found.',
  ),
  'action-id': writing.useful(
    'The ActionID that answers a new ticket is the ticket’s id.',
    'New tickets are looked up among their client’s.',
  ),
  'ticket-times': writing.useful(
    'Timestamps of tickets are UTC.',
    'The times at which tickets were closed are off by the account’s zone.',
  ),
  'note-audience': writing.needed(
    'A note keeps the audience that it is written for.',
    'No notes are written, since clients might read internal ones.',
  ),
});

export type FactId = keyof typeof facts.rows;

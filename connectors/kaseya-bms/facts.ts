/** What no page of the vendor's says and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

const rows = {
  'change-filters': reading.needed(
    'Lists honour filters on the last change.',
    'Nothing is read, since every run would read everything.',
  ),
  'completed-listed': reading.needed(
    'Lists show completed tickets.',
    'Nothing is read, since no ticket would ever be closed.',
  ),
  'time-in-hours': reading.needed(
    'Timespent is in decimal hours.',
    'No time is read, since it would be debited in a wrong unit.',
  ),
  'moments-zone': reading.needed(
    'Timestamps of changes are in the zone that the setting moments names.',
    'Nothing is read, since changes would be missed. Set moments to the other value.',
  ),
  'work-zone': reading.useful(
    'Times of work are in the zone that the setting timezone names.',
    'Time is read all the same, and may be held against the wrong hours and days. Set timezone.',
  ),
  'time-modified': reading.useful(
    'New time shows a timestamp of its last change.',
    'Time is asked for by the timestamp of its creation too: one request more.',
  ),
  'ticket-activity': reading.useful(
    'A change of status moves a ticket’s last activity.',
    'Tickets are asked for by their last change of status too: one request more.',
  ),
  'closed-by-date': reading.useful(
    'No status is that of both closed and open tickets, by the date of completion.',
    'The date decides all the same; name the statuses that close as closedStatuses.',
  ),
  'account-ids': reading.useful(
    'Tickets of several accounts can be asked for by numbers with commas.',
    'All tickets that changed are read, and those of other accounts left out.',
  ),
  'page-order': reading.useful(
    'Rows come in the order of their ids where Sort=Id is asked for.',
    'An interrupted pass begins again, in place of going on where it was.',
  ),
  'start-filter': reading.needed(
    'Time can be asked for by the day of work.',
    'Nothing is swept, and approvals are not looked for again.',
  ),
  overtime: reading.useful(
    'Timespent holds the overtime too.',
    'Timespent is debited all the same; add overtime by hand, or log it as such.',
  ),
  'invoice-lines': reading.useful(
    'A line of an invoice bears the description of its charge.',
    'Nobody learns that a sale was paid; use activate: on-invoice.',
  ),
  'ticket-key-kept': writing.needed(
    'A new ticket keeps its title, and the key in it.',
    'No tickets are made, since they would not be found again.',
  ),
  'title-filter': writing.useful(
    'A ticket is found by a part of its title.',
    'The account’s tickets are listed and compared instead.',
  ),
  'note-audience': writing.needed(
    'A note keeps the audience that it is written for.',
    'No notes are written, since clients might read internal ones.',
  ),
  'charge-key-kept': writing.needed(
    'A charge keeps its description, and the key in it.',
    'No sales are written, since they would not be found again.',
  ),
  'account-field': writing.needed(
    'The module of balance.moduleId is that of accounts.',
    'No balance is written. Correct balance.moduleId.',
  ),
};

export type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('Kaseya BMS', rows);

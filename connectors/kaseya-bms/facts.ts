/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('Kaseya BMS', {
  'change-filters': reading.needed(
    'Lists honour filters on the last change.',
    'Nothing is read, since every run would read everything.',
  ),
  'time-in-hours': reading.needed(
    'Timespent is in decimal hours.',
    'No time is read, since it would be debited in a wrong unit.',
  ),
  'change-zone': reading.needed(
    'Timestamps of changes are in UTC.',
    'Nothing is read, since changes would be missed. Set the API user’s zone in BMS to UTC, and timezone: UTC.',
  ),
  'start-filter': reading.needed(
    'Time can be requested by the day of work.',
    'There is no sweep, and late approvals are not looked for.',
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
    'balance.moduleId is the module of accounts.',
    'No balance is written. Correct balance.moduleId.',
  ),
});

export type FactId = keyof typeof facts.rows;

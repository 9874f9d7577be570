/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

export const facts = keepFacts('NinjaOne', {
  'board-sort': reading.useful(
    'A board is sorted by lastUpdated when asked.',
    'Every run reads whole boards. Name one board with few columns and no filter.',
  ),
  'board-organization': reading.useful(
    'A board row shows the organization by its name.',
    'Every changed ticket is read separately for its organization: more requests.',
  ),
  'total-time': reading.useful(
    'totalTimeTracked of a board row is the sum of the ticket’s log entries.',
    'The log of every changed ticket is read to its end: more requests.',
  ),
  'activity-type': reading.needed(
    'The activity list can be filtered by type.',
    'Sessions are not read. Tell the vendor’s support that `type` is ignored.',
  ),
  // Tickets and notes may go to another connection: then these must not fail every check.
  'ticket-create': writing.useful(
    'Client credentials may create tickets.',
    'No tickets are made. Send alerts to another connection (pushTo).',
  ),
  'ticket-on-boards': writing.useful(
    'The boards that are read show a new ticket.',
    'No tickets are made. Name a board that shows every ticket under boards, then probe again.',
  ),
  'ticket-search': writing.useful(
    'A board search finds the key in a subject.',
    'Before an alert, the tickets of the last 90 days are searched.',
  ),
  'comment-create': writing.useful(
    'Client credentials may comment on tickets.',
    'No notes are written. Send them to another connection (pushTo).',
  ),
  'comment-moves-ticket': writing.needed(
    'A new log entry moves the ticket’s lastUpdated.',
    'Tickets are not read: logged time would be missed. Contact NinjaOne support.',
  ),
});

export type FactId = keyof typeof facts.rows;

/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

export const facts = {
  'change-filters': {
    claim: 'Lists honour filters on the last change.',
    otherwise: 'Nothing is read, since every run would read everything.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'completed-listed': {
    claim: 'Lists show completed tickets.',
    otherwise: 'Nothing is read, since no ticket would ever be closed.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'time-in-hours': {
    claim: 'Timespent is in decimal hours.',
    otherwise: 'No time is read, since it would be debited in a wrong unit.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'moments-zone': {
    claim: 'Moments of changes are in the zone that the setting moments names.',
    otherwise: 'Nothing is read, since changes would be missed. Set moments to the other value.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'work-zone': {
    claim: 'Times of work are in the zone that the setting timezone names.',
    otherwise:
      'Time is read all the same, and may be held against the wrong hours and days. Set timezone.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'time-modified': {
    claim: 'New time shows a moment of its last change.',
    otherwise: 'Time is asked for by the moment of its making too, which is one request more.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'ticket-activity': {
    claim: 'A change of status moves a ticket’s last activity.',
    otherwise: 'Tickets are asked for by their last change of status too: one request more.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'closed-by-date': {
    claim: 'No status is that of both closed and open tickets, by the date of completion.',
    otherwise: 'The date decides all the same; name the statuses that close as closedStatuses.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'account-ids': {
    claim: 'Tickets of several accounts can be asked for by numbers with commas.',
    otherwise: 'All tickets that changed are read, and those of other accounts left out.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'page-order': {
    claim: 'Rows come in the order of their ids where Sort=Id is asked for.',
    otherwise: 'An interrupted pass begins again, in place of going on where it was.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'start-filter': {
    claim: 'Time can be asked for by the day of work.',
    otherwise: 'Nothing is swept, and approvals are not looked for again.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  overtime: {
    claim: 'Timespent holds the overtime too.',
    otherwise: 'Timespent is debited all the same; add overtime by hand, or log it as such.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'invoice-lines': {
    claim: 'A line of an invoice bears the description of its charge.',
    otherwise: 'Nobody learns that a sale was paid; use activate: on-invoice.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'ticket-key-kept': {
    claim: 'A new ticket keeps its title, and the key in it.',
    otherwise: 'No tickets are made, since they would not be found again.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'title-filter': {
    claim: 'A ticket is found by a part of its title.',
    otherwise: 'The account’s tickets are listed and compared instead.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'note-audience': {
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'charge-key-kept': {
    claim: 'A charge keeps its description, and the key in it.',
    otherwise: 'No sales are written, since they would not be found again.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'account-field': {
    claim: 'The module of balance.moduleId is that of accounts.',
    otherwise: 'No balance is written. Correct balance.moduleId.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'Kaseya BMS',
  facts,
);

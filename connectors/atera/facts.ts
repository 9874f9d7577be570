/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

export const facts = {
  'account-zone': {
    claim: 'The zone of the Atera account keeps the clock that work hours are read by.',
    otherwise: 'No time is read; set the connection’s `timezone` to that of the account.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'work-hours-zone': {
    claim: 'Work hours are shown by the clock that they are asked for by.',
    otherwise: 'No time is read; try `workHoursIn: utc`.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'ticket-changes': {
    claim: 'Tickets can be asked for by their last change.',
    otherwise: 'No tickets are read, since changes would be missed.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'work-moves-ticket': {
    claim: 'A ticket is listed as changed since the work on it ended.',
    otherwise:
      'Time that is logged on a ticket from before the history waits until that ticket changes.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'tickets-by-client': {
    claim: 'Tickets can be asked for by customer.',
    otherwise: 'No tickets are made, since one that stands already would not be found.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'ticket-totals': {
    claim: 'The hours that Atera shows for a ticket are what its entries come to.',
    otherwise: 'Time in the hour that clocks show twice is set aside for a person.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'ticket-title': {
    claim: 'A new ticket keeps its title and stands at its contact’s customer.',
    otherwise: 'No tickets are made, since one that stands already would not be found.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'action-id': {
    claim: 'The ActionID that answers a new ticket is the ticket’s id.',
    otherwise: 'New tickets are looked up among their client’s.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'ticket-times': {
    claim: 'Moments of tickets are UTC.',
    otherwise: 'The moments at which tickets were closed are off by the account’s zone.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'note-audience': {
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'Atera',
  facts,
);

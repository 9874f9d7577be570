/** What cannot be believed of every RT: it depends on settings, scrips and rights that RT does not show. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

const read = { isNeeded: true, verifiedBy: 'reading' } as const;
const write = { isNeeded: true, verifiedBy: 'writing' } as const;

const rows = {
  'query-dates': {
    ...read,
    claim: 'A search takes `-3600 seconds` for the time that long ago.',
    otherwise:
      'Nothing is read, since changes would be missed. Report the RT version and its $PreferDateTimeFormatNatural setting.',
  },
  'time-visible': {
    ...read,
    claim: 'The RT user sees all time on the tickets that it sees, that of comments too.',
    otherwise:
      'No time is read, since less would be debited than was worked. Give the RT user ShowTicketComments on the queues.',
  },
  'key-field': {
    ...write,
    claim: 'A new ticket keeps its key in `keyField`.',
    otherwise:
      'No tickets are made, since one could be made twice. Give the RT user SetInitialCustomField on the field.',
  },
  'find-ticket': {
    ...write,
    claim: 'A new ticket is found by its key.',
    otherwise:
      'No tickets are made, since one could be made twice. Give the RT user ShowTicket on the queue, and SeeCustomField on `keyField`.',
  },
  'find-note': {
    ...write,
    claim: 'A new note can be read back, and is found by its key.',
    otherwise:
      'No notes are written, since one could be written twice. Give the RT user ShowTicket and ShowTicketComments on the queue.',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('RT', rows);

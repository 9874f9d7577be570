/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

const read = { verifiedBy: 'reading' } as const;
const write = { verifiedBy: 'writing' } as const;

export const facts = {
  'tickets-since': {
    ...read,
    claim: 'since_updated_at lists a ticket from a second before its updated_at.',
    otherwise: 'No tickets and no time are read, since changes would be missed.',
    isNeeded: true,
  },
  'closed-listed': {
    ...read,
    claim: 'Lists of tickets show resolved ones too.',
    otherwise: 'No tickets and no time are read, since closed tickets would be missed.',
    isNeeded: true,
  },
  'timers-since': {
    ...read,
    claim: 'created_at_gt lists a timer from a second before its created_at.',
    otherwise: 'No time is read, since some would be missed.',
    isNeeded: true,
  },
  'invoices-since': {
    ...read,
    claim: 'since_updated_at lists an invoice from a second before its updated_at.',
    otherwise: 'No invoices are read, since payments would be missed.',
    isNeeded: true,
  },
  'payment-moves-invoice': {
    ...read,
    claim: 'Paying an invoice moves its updated_at.',
    otherwise: 'A payment may not be seen: let bought blocks start with the invoice.',
    isNeeded: false,
  },
  'timer-moves-ticket': {
    ...write,
    claim: 'Adding, changing and deleting time moves the updated_at of its ticket.',
    otherwise: 'Changed time is seen when its ticket changes; deleted time by the sweep.',
    isNeeded: false,
  },
  'ticket-key': {
    ...write,
    claim: 'A new ticket shows its tag in lists as it was written.',
    otherwise: 'No alert tickets are made, since one could be made twice.',
    isNeeded: true,
  },
  'note-audience': {
    ...write,
    claim: 'A comment keeps whether it is hidden from the client.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
  },
  'invoice-number': {
    ...write,
    claim: 'A new invoice keeps the number it is given and is found by it.',
    otherwise: 'No invoices are made, since one could be made twice.',
    isNeeded: true,
  },
  'client-fields': {
    ...write,
    claim: 'Writing one custom field of a customer leaves the others as they were.',
    otherwise: 'No balance is written into customers.',
    isNeeded: true,
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'Syncro',
  facts,
);

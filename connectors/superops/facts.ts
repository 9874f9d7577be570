/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

const read = { verifiedBy: 'reading', isNeeded: true } as const;
const write = { verifiedBy: 'writing', isNeeded: true } as const;

/** The operations of a step, with the fields and inputs that they name, are in the tenant's own schema. */
function inSchema(what: string, otherwise: string) {
  const claim = `The tenant’s schema has what ${what}.`;
  return { verifiedBy: 'reading', isNeeded: true, claim, otherwise } as const satisfies Fact;
}

export const facts = {
  'schema-clients': inSchema('reading clients asks for', 'No clients are read.'),
  'schema-tickets': inSchema('reading tickets asks for', 'No tickets are read.'),
  'schema-time': inSchema('reading offered items asks for', 'No time is read.'),
  'schema-invoices': inSchema('reading invoices asks for', 'No invoices are read.'),
  'schema-alert': inSchema('making a ticket sends', 'No alert tickets are made.'),
  'schema-close': inSchema('closing a ticket sends', 'Tickets taken back are closed by hand.'),
  'schema-note': inSchema('writing a note sends', 'No notes are written.'),
  'schema-sale': inSchema(
    'making an invoice sends, and asks for nothing else',
    'No invoices are made. Set billing.route: ticket.',
  ),
  'schema-fields': inSchema('writing a client’s custom field sends', 'No balance is written.'),
  'items-hold-time': {
    ...read,
    claim: 'Offered items show billable work as soon as it is logged.',
    otherwise: 'No time is read, since work would be missed.',
  },
  'items-billable': {
    ...read,
    claim: 'Work that is not billable is no offered item, or shown as such.',
    otherwise: 'No time is read, since clients would pay for free work.',
  },
  'quantity-hours': {
    ...read,
    claim: 'The quantity of an offered item of work is hours.',
    otherwise: 'No time is read, since it would come to something else than was worked.',
  },
  'dates-utc': {
    ...write,
    claim: 'Moments in answers are UTC.',
    otherwise: 'Nothing is read, since work would be taken for that of other hours.',
  },
  'ticket-key': {
    ...write,
    claim: 'A new ticket keeps the key at the end of its subject.',
    otherwise: 'No tickets are made, since one could be made twice.',
  },
  'subject-filter': {
    ...write,
    isNeeded: false,
    claim: 'Tickets are found by a part of their subject.',
    otherwise: 'The tickets of the last months are listed and compared instead.',
  },
  'note-audience': {
    ...write,
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
  },
  'invoice-key': {
    ...write,
    claim: 'A new invoice keeps the key in the details of its line.',
    otherwise: 'No invoices are made, since one could be made twice. Set billing.route: ticket.',
  },
  'client-fields': {
    ...write,
    claim: 'Writing one custom field of a client leaves the others as they were.',
    otherwise: 'No balance is written into clients.',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'SuperOps',
  facts,
);

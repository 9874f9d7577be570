/** What no page of the vendor's says and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

const read = { verifiedBy: 'reading' } as const;
const write = { verifiedBy: 'writing' } as const;

const rows = {
  'client-ids': {
    ...read,
    claim: 'Lists honour several clients in client_ids.',
    otherwise: 'Each client is asked for by itself: more requests.',
    isNeeded: false,
  },
  'last-update': {
    ...read,
    claim: 'lastupdatefromdate is UTC and is compared with last_update.',
    otherwise: 'No tickets are read, since changes would be missed.',
    isNeeded: true,
  },
  'closed-listed': {
    ...read,
    claim: 'Lists of tickets show closed ones too.',
    otherwise:
      'No tickets are read. Give the agent of the API application all tickets, closed too.',
    isNeeded: true,
  },
  'closed-flag': {
    ...read,
    claim: 'No open ticket looks closed to us.',
    otherwise: 'No tickets are read. Name your closed statuses in closedStatuses.',
    isNeeded: true,
  },
  'deleted-filter': {
    ...read,
    claim: 'The list of deleted tickets holds deleted ones alone.',
    otherwise: 'Time on deleted tickets is not given back. Run sweep, or remove the time first.',
    isNeeded: false,
  },
  'actions-by-date': {
    ...read,
    claim: 'Actions of all tickets are listed by day.',
    otherwise: 'A sweep asks each changed ticket for its actions: more requests.',
    isNeeded: false,
  },
  'invoice-modified': {
    ...read,
    claim: 'Making and paying an invoice move its last_modified.',
    otherwise: 'All invoices of the clients are read on every run: more requests.',
    isNeeded: false,
  },
  'dates-utc': {
    ...write,
    claim: 'Timestamps in answers are UTC.',
    otherwise: 'Nothing is read, since work would be taken for that of other hours.',
    isNeeded: true,
  },
  'action-moves-ticket': {
    ...write,
    claim: 'A new action moves the last_update of its ticket.',
    otherwise: 'No tickets are read, since logged time would be missed.',
    isNeeded: true,
  },
  'ticket-key': {
    ...write,
    claim: 'A new ticket shows its third_party_id_string in lists.',
    otherwise: 'No alert tickets are made, since one could be made twice.',
    isNeeded: true,
  },
  'ticket-search': {
    ...write,
    claim: 'A search finds a ticket by its third_party_id_string.',
    otherwise: 'The client’s tickets are listed and compared instead.',
    isNeeded: false,
  },
  'note-audience': {
    ...write,
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
  },
  'invoice-key': {
    ...write,
    claim: 'A new invoice keeps its reference.',
    otherwise: 'No invoices are made, since one could be made twice.',
    isNeeded: true,
  },
  'prepay-key': {
    ...write,
    claim: 'A pre-pay entry keeps its description.',
    otherwise: 'No pre-pay entries are made, since one could be made twice.',
    isNeeded: true,
  },
  'client-fields': {
    ...write,
    claim: 'Writing one custom field of a client leaves the others as they were.',
    otherwise: 'No balance is written into clients.',
    isNeeded: true,
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('Halo', rows);

/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

export const facts = {
  'change-filters': {
    claim: 'Queries honour filters on the moment of the last change.',
    otherwise: 'Nothing is read, since every run would read everything.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'tracked-filter': {
    claim: 'Tickets can be asked for by lastTrackedModificationDateTime.',
    otherwise: 'Changes are seen by lastActivityDate alone.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'approval-filter': {
    claim: 'Time can be asked for by billingApprovalDateTime.',
    otherwise: 'An approval is seen where it counts as a change of the entry, and else by nothing.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'invoice-lines': {
    claim: 'Billing items can be asked for by invoice.',
    otherwise: 'Nobody learns that a sale was paid; use activate: on-invoice.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'page-order': {
    claim: 'Rows come in the order of their ids.',
    otherwise: 'An interrupted pass begins again, in place of going on where it was.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'page-count': {
    claim: 'pageDetails.count is the number of rows on the page.',
    otherwise: 'A page that was cut on its way is noticed only where it is empty.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'hours-worked': {
    claim: 'hoursWorked is the end less the start of an entry.',
    otherwise: 'hoursWorked is debited all the same: it is what Autotask calls worked.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'threshold-information': {
    claim: 'ThresholdInformation tells the requests of this hour.',
    otherwise:
      'Only our own requests are counted; leave other integrations room with requestShare.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'ticket-key-kept': {
    claim: 'A new ticket keeps its key.',
    otherwise: 'No tickets are made, since they would not be found again.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'ticket-key-found': {
    claim: 'A ticket is found by its key.',
    otherwise: 'The company’s tickets are listed and compared instead.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'note-publish': {
    claim: 'A note keeps the publish level that it is written with.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'company-fields': {
    claim: 'A PATCH of one user-defined field leaves the other fields as they were.',
    otherwise: 'No balance is written into companies.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'charge-key': {
    claim: 'A charge keeps our key as its internal purchase order number.',
    otherwise: 'No sales are written, since they would not be found again.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'block-key': {
    claim: 'A block keeps our key as its invoice number.',
    otherwise: 'No sales are written, unless billing.nativeBlock is false.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'Autotask',
  facts,
);

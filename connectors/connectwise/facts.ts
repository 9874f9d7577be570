/** What no page of the vendor's settles and the connector relies on. */
import type { Fact } from '../../src/contract/connector.ts';
import { keepFacts } from '../kit/facts.ts';

export const facts = {
  'conditions-company': {
    claim: 'Lists honour conditions on company/id.',
    otherwise: 'Nothing is read, since other companies’ rows would come along.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'conditions-last-updated': {
    claim: 'Lists honour conditions on lastUpdated.',
    otherwise: 'Nothing is read, since every run would read everything.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'forward-only': {
    claim: 'Lists can be read in forward-only pages.',
    otherwise: 'Nothing is read, since rows that change meanwhile would be lost.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'ticket-numbers': {
    claim: 'Service and project tickets share one row of numbers.',
    otherwise: 'Nothing is read, since two tickets would be taken for one.',
    isNeeded: true,
    verifiedBy: 'reading',
  },
  'actual-hours': {
    claim: 'actualHours is end less start less hoursDeduct.',
    otherwise: 'actualHours is debited all the same: it is what ConnectWise calls worked.',
    isNeeded: false,
    verifiedBy: 'reading',
  },
  'conditions-external-xref': {
    claim: 'A ticket is found by externalXRef.',
    otherwise: 'The company’s tickets are listed and compared instead.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'conditions-reference': {
    claim: 'An invoice is found by reference.',
    otherwise: 'The company’s invoices are listed and compared instead.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'conditions-integration-xref': {
    claim: 'A product is found by integrationXRef.',
    otherwise: 'The products changed since the sale are listed and compared instead.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'product-on-invoice': {
    claim: 'A product can be put on an invoice when it is made.',
    otherwise: 'No invoices are made; use invoiceRoute ticket-product or agreement.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'product-on-ticket': {
    claim: 'A product can be put on a ticket when it is made.',
    otherwise: 'No renewal tickets are made; use invoiceRoute invoice or agreement.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'adjustment-hours': {
    claim: 'An adjustment of 1 raises an hours agreement by one hour.',
    otherwise: 'No agreement is topped up; use another invoiceRoute.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'recap-hours': {
    claim: 'The recap of an agreement in hours shows what is left of it in hours.',
    otherwise: 'The balances of agreements are not compared with ours.',
    isNeeded: false,
    verifiedBy: 'writing',
  },
  'note-flags': {
    claim: 'A note keeps the audience that it is written for.',
    otherwise: 'No notes are written, since clients might read internal ones.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
  'custom-fields': {
    claim: 'A PATCH of the whole customFields array leaves the other fields as they were.',
    otherwise: 'No balance is written into companies.',
    isNeeded: true,
    verifiedBy: 'writing',
  },
} as const satisfies Record<string, Fact>;

export type FactId = keyof typeof facts;

export const { readFact, verifyFact, verifyKept, refuseIfFalse, factResult } = keepFacts<FactId>(
  'ConnectWise',
  facts,
);

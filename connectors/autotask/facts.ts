/** What the vendor does not document and the connector relies on. */
import { keepFacts, reading, writing } from '../kit/checking/facts.ts';

const rows = {
  'change-filters': reading.needed(
    'Queries honour filters on the last-modified timestamp.',
    'Nothing is read, since every run would read everything.',
  ),
  'tracked-filter': reading.useful(
    'Tickets can be requested by lastTrackedModificationDateTime.',
    'Changes are detected only by lastActivityDate.',
  ),
  'approval-filter': reading.useful(
    'Time can be requested by billingApprovalDateTime.',
    'An approval is detected only if it counts as a change of the entry.',
  ),
  'invoice-lines': reading.useful(
    'Billing items can be requested by invoice.',
    'Payments of sales are not detected; use activate: on-invoice.',
  ),
  'page-order': reading.useful(
    'Rows are sorted by ID.',
    'An interrupted pass starts over instead of resuming.',
  ),
  'page-count': reading.useful(
    'pageDetails.count is the number of rows on the page.',
    'A truncated page is noticed only if it is empty.',
  ),
  'hours-worked': reading.useful(
    'hoursWorked is the end less the start of an entry.',
    'hoursWorked is still debited: it is what Autotask counts as worked.',
  ),
  'threshold-information': reading.useful(
    'ThresholdInformation shows the requests of this hour.',
    'Only our own requests are counted; use requestShare to leave room for other integrations.',
  ),
  'ticket-key-kept': writing.needed(
    'A new ticket keeps its key.',
    'No tickets are made, since they would not be found again.',
  ),
  'ticket-key-found': writing.useful(
    'A ticket is found by its key.',
    'The company’s tickets are listed and compared instead.',
  ),
  'note-publish': writing.needed(
    'A note keeps its publish level.',
    'No notes are written, since clients might read internal ones.',
  ),
  'company-fields': writing.needed(
    'A PATCH of one user-defined field leaves the other fields unchanged.',
    'No balance is written into companies.',
  ),
  'charge-key': writing.needed(
    'A charge keeps our key as its internal purchase order number.',
    'No sales are written, since they would not be found again.',
  ),
  'block-key': writing.needed(
    'A block keeps our key as its invoice number.',
    'No sales are written, unless billing.nativeBlock is false.',
  ),
};

export type FactId = keyof typeof rows;

export const facts = keepFacts<FactId>('Autotask', rows);

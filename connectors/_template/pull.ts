/** The streams of changes. A bad row is quarantined and does not hold up the others. */
import type { ZodType } from 'zod';
import type { PullRequest } from '../../src/contract/connector.ts';
import { type Rows, readPages } from '../kit/reading/lists.ts';
import type { PlainDesk } from './call.ts';
import { changedList } from './lists.ts';
import { fromClient, fromInvoice, fromTicket, fromTime } from './mapping.ts';
import { ClientWire, InvoiceWire, TicketWire, TimeWire } from './schema.ts';

function pullFrom<Wire, Row>(path: string, schema: ZodType<Wire>, fromWire: (wire: Wire) => Row) {
  return (desk: PlainDesk, request: PullRequest): Rows<Row> =>
    readPages(desk.pages(changedList(path, request)), { schema, fromWire });
}

export const pull = {
  clients: pullFrom('/clients', ClientWire, fromClient),
  tickets: pullFrom('/tickets', TicketWire, fromTicket),
  timeEntries: pullFrom('/time', TimeWire, fromTime),
  invoices: pullFrom('/invoices', InvoiceWire, fromInvoice),
};

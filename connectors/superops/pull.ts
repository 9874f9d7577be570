/** Reading: one list a stream, the last changed first, down to what has not changed since. */
import type { ZodType } from 'zod';
import type {
  ClientRow,
  InvoiceRow,
  Page,
  PresenceRequest,
  PullRequest,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { readPages } from '../kit/lists.ts';
import type { List, SuperOps } from './call.ts';
import { withClosing } from './closed.ts';
import { facts } from './facts.ts';
import {
  clients,
  downTo,
  idIn,
  invoicesByDate,
  isOf,
  isOneOf,
  itemsBy,
  seenBefore,
  ticketsByChange,
} from './lists.ts';
import { fromClient, fromInvoice, fromItem, fromTicket, isWork, timeIn } from './mapping.ts';
import { ClientWire, InvoiceWire, ItemWire, TicketWire } from './schema.ts';

type Rows<Row> = AsyncGenerator<Page<Row>>;

/** All of them: a client has no timestamp of its last change. */
export async function* pullClients(ops: SuperOps, { clientIds }: PullRequest): Rows<ClientRow> {
  await facts.refuseIfFalse(ops.context, 'schema-clients');
  const idOf = idIn('accountId');
  let found = 0;
  for await (const { rows } of seenBefore(ops, clients)) {
    const ours = rows.filter((row) => isOneOf(clientIds, idOf(row)));
    found += ours.length;
    yield { ...parseRows(ours, ClientWire, fromClient, idOf), resume: null };
  }
  if (found > 0) return;
  throw new KindError('permission', 'SuperOps shows none of the configured clients.', {
    fix: 'Let the role of the token’s user see them, or correct the clients’ ids.',
  });
}

export async function* pullTickets(ops: SuperOps, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(ops.context, 'schema-tickets', 'dates-utc');
  const pages = readDown(ops, request, wholeSecond(request.since), {
    list: ticketsByChange,
    schema: TicketWire,
    idField: 'ticketId',
    fromWire: (wire) => [fromTicket(ops, wire)],
    timeOf: ({ updatedAt }) => updatedAt,
  });
  for await (const { rows, ...page } of pages) {
    yield { ...page, rows: await withClosing(ops.context.memory, rows) };
  }
}

export async function* pullTime(ops: SuperOps, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(ops.context, 'schema-time', 'dates-utc', 'quantity-hours');
  await facts.refuseIfFalse(ops.context, 'items-hold-time', 'items-billable');
  yield* readDown(ops, request, wholeSecond(request.since), {
    list: await itemsBy(ops, 'updatedTime', 'createdTime'),
    schema: ItemWire,
    idField: 'itemId',
    // What else is offered is nobody's time.
    fromWire: (wire) => (isWork(wire) ? [fromItem(ops, wire)] : []),
    timeOf: ({ updatedAt }) => updatedAt,
  });
}

/** By their date, and so far back that a payment is still seen: there is no timestamp of the last change. */
export async function* pullInvoices(ops: SuperOps, request: PullRequest): Rows<InvoiceRow> {
  await facts.refuseIfFalse(ops.context, 'schema-invoices');
  const from = addSeconds(request.since, -ops.config.invoiceDays * 86_400).slice(0, 10);
  yield* readDown(ops, request, from, {
    list: invoicesByDate,
    schema: InvoiceWire,
    idField: 'invoiceId',
    fromWire: (wire) => fromInvoice(ops, wire),
    timeOf: ({ issuedOn }) => issuedOn ?? '9',
  });
}

interface Reading<Wire, Row> {
  list: List;
  schema: ZodType<Wire>;
  idField: string;
  fromWire(wire: Wire): readonly Row[];
  /** Older ones than what is wanted come along on the last page. */
  timeOf(row: NoInfer<Row>): string;
}

/** Rows of other clients are left out unread. */
async function* readDown<Wire, Row>(
  ops: SuperOps,
  { clientIds }: PullRequest,
  from: string,
  { list, schema, idField, fromWire, timeOf }: Reading<Wire, Row>,
): Rows<Row> {
  const pages = () => downTo(ops, list, from);
  const reading = { list, schema, fromWire, idOf: idIn(idField), concernsUs: isOf(clientIds) };
  for await (const { rows, ...page } of readPages({ pages }, reading)) {
    yield { ...page, rows: rows.flat().filter((row) => timeOf(row) >= from) };
  }
}

/** SuperOps shows whole seconds. */
function wholeSecond(instant: Instant): Instant {
  return `${instant.slice(0, 19)}.000Z`;
}

/** Which time there is now: SuperOps does not report entries that were deleted. */
export async function* presentTime(
  ops: SuperOps,
  request: PresenceRequest,
): AsyncGenerator<readonly SourceId[]> {
  ops.sweep.endsBefore = addSeconds(instantFromMs(ops.context.now()), 1);
  yield* listTime(ops, request, () => true);
}

/**
 * SuperOps counts all there are, of every client and day; so they are looked through once more. What was logged
 * after they were listed is no part of the count.
 */
export async function countTime(ops: SuperOps, request: PresenceRequest): Promise<number> {
  const { endsBefore } = ops.sweep;
  const wasThere = (row: unknown): boolean => (timeIn(ops, 'createdTime', row) ?? '') < endsBefore;
  let count = 0;
  for await (const ids of listTime(ops, request, wasThere)) count += ids.length;
  return count;
}

async function* listTime(
  ops: SuperOps,
  { from, to, clientIds }: PresenceRequest,
  isCounted: (row: unknown) => boolean,
): AsyncGenerator<readonly SourceId[]> {
  await facts.refuseIfFalse(ops.context, 'schema-time', 'dates-utc', 'items-hold-time');
  const list = await itemsBy(ops, 'billDate', 'createdTime');
  const isOurs = isOf(clientIds);
  const isWithin = (row: unknown): boolean => {
    const at = timeIn(ops, 'billDate', row);
    return at === null || (at >= from && at < to);
  };
  const found = new Set<SourceId>();
  for await (const { rows } of downTo(ops, list, from)) {
    const ours = rows.filter((row) => isWithin(row) && isOurs(row) && mayBeWork(row));
    const ids = new Set(ours.filter(isCounted).map(itemId));
    const fresh = [...ids].filter((id) => !found.has(id));
    for (const id of fresh) found.add(id);
    yield fresh;
  }
}

/** What the pull quarantines is there all the same. */
function mayBeWork(row: unknown): boolean {
  const item = ItemWire.safeParse(row).data;
  return item === undefined || isWork(item);
}

const itemIdIn = idIn('itemId');

/** An item without a number would otherwise count as one that is gone. */
function itemId(row: unknown): SourceId {
  const id = itemIdIn(row);
  if (id !== null) return id;
  throw new KindError('contract', 'getOfferedItems lists an item without an itemId.');
}

/** Reading: one list per stream, newest change first, until rows have not changed since. */
import type {
  ClientRow,
  InvoiceRow,
  PresenceRequest,
  PullRequest,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { type PresentIds, type Rows, readPages } from '../kit/reading/lists.ts';
import type { SuperOps } from './call.ts';
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

const itemIdIn = idIn('itemId');

/** All of them: a client has no last-modified timestamp. */
async function* pullClients(ops: SuperOps, { clientIds }: PullRequest): Rows<ClientRow> {
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
    fix: 'Let the role of the token’s user see them, or correct the clients’ IDs.',
  });
}

async function* pullTickets(ops: SuperOps, request: PullRequest): Rows<TicketRow> {
  await facts.refuseIfFalse(ops.context, 'schema-tickets', 'dates-utc');
  const since = wholeSecond(request.since);
  const pages = readPages(downTo(ops, ticketsByChange, since), {
    schema: TicketWire,
    fromWire: (wire) => fromTicket(ops, wire),
    idOf: idIn('ticketId'),
    concernsUs: isOf(request.clientIds),
    isWanted: ({ updatedAt }) => updatedAt >= since,
  });
  for await (const { rows, ...page } of pages) {
    yield { ...page, rows: await withClosing(ops.context.memory, rows) };
  }
}

async function* pullTime(ops: SuperOps, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(ops.context, 'schema-time', 'dates-utc', 'quantity-hours');
  await facts.refuseIfFalse(ops.context, 'items-hold-time', 'items-billable');
  const since = wholeSecond(request.since);
  yield* readPages(downTo(ops, itemsBy('updatedTime', 'createdTime'), since), {
    schema: ItemWire,
    // Other offered items are not time.
    fromWire: (wire) => (isWork(wire) ? fromItem(ops, wire) : []),
    idOf: itemIdIn,
    concernsUs: isOf(request.clientIds),
    isWanted: ({ updatedAt }) => updatedAt >= since,
  });
}

/** By date, far enough back to see payments: there is no last-modified timestamp. */
async function* pullInvoices(ops: SuperOps, request: PullRequest): Rows<InvoiceRow> {
  await facts.refuseIfFalse(ops.context, 'schema-invoices');
  const from = addSeconds(request.since, -ops.config.invoiceDays * 86_400).slice(0, 10);
  yield* readPages(downTo(ops, invoicesByDate, from), {
    schema: InvoiceWire,
    fromWire: (wire) => fromInvoice(ops, wire),
    idOf: idIn('invoiceId'),
    concernsUs: isOf(request.clientIds),
    isWanted: ({ issuedOn }) => (issuedOn ?? '9') >= from,
  });
}

/** SuperOps shows whole seconds. */
function wholeSecond(instant: Instant): Instant {
  return `${instant.slice(0, 19)}.000Z`;
}

/** Which time exists now: SuperOps does not report deleted entries. */
export async function* presentTime(ops: SuperOps, request: PresenceRequest): PresentIds {
  ops.sweep.endsBefore = addSeconds(instantFromMs(ops.context.now()), 1);
  yield* listTime(ops, request, () => true);
}

/**
 * SuperOps' count covers every client and day, so the items are read once more. Work logged after the list was read
 * is not counted.
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
): PresentIds {
  await facts.refuseIfFalse(ops.context, 'schema-time', 'dates-utc', 'items-hold-time');
  const list = itemsBy('billDate', 'createdTime');
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

/** Rows that the pull quarantines exist nonetheless. */
function mayBeWork(row: unknown): boolean {
  const item = ItemWire.safeParse(row).data;
  return item === undefined || isWork(item);
}

/** An item without an ID would otherwise count as deleted. */
function itemId(row: unknown): SourceId {
  const id = itemIdIn(row);
  if (id !== null) return id;
  throw new KindError('contract', 'getOfferedItems lists an item without an itemId.');
}

export const pull = {
  clients: pullClients,
  tickets: pullTickets,
  timeEntries: pullTime,
  invoices: pullInvoices,
};

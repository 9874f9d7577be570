/** Changed accounts, tickets, time and invoices, and which time exists now. */
import { z } from 'zod';
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
import { ifBelieved, rawId } from '../http/answers/rows.ts';
import { Id } from '../http/answers/wire.ts';
import { rowPerSale, withLines } from '../kit/reading/invoice-lines.ts';
import {
  allRows,
  believeRows,
  numericIds,
  type PresentIds,
  type Rows,
  readPages,
} from '../kit/reading/lists.ts';
import type { Bms } from './call.ts';
import { changedPages, ticketChanges, timeChanges } from './changes.ts';
import { facts } from './facts.ts';
import { accountList, fromAccount, listOf } from './lists.ts';
import { writtenDaysAgo, writtenTime } from './local-times.ts';
import { fromInvoice, fromInvoiceLine, fromTicket, fromTime, workedTimes } from './mapping.ts';
import { saleKeyIn } from './sales.ts';
import { AccountWire, InvoiceLineWire, InvoiceWire, Ref, TicketWire, TimeWire } from './schema.ts';

/** All of them: seeing ours proves that the permission is still there. */
export async function* pullClients(bms: Bms, { clientIds }: PullRequest): Rows<ClientRow> {
  const isOurs = (row: unknown): boolean => clientIds.includes(rawId(row) ?? '');
  let seen = 0;
  for await (const page of readPages(bms.pages(accountList), {
    schema: AccountWire,
    fromWire: fromAccount,
    concernsUs: isOurs,
  })) {
    seen += page.rows.length + page.rejected.length;
    yield page;
  }
  if (seen > 0) return;
  throw new KindError('permission', 'BMS shows this API user none of the configured accounts.', {
    fix: 'Let its security role see accounts, or correct the clients’ IDs.',
  });
}

const PresentWire = z.object({ id: Id });
const Owned = z.object({ accountid: Ref, ticketid: Ref });

/**
 * Only by its account, so that malformed rows of other clients are ignored. Time without a ticket and an account is
 * the MSP's own.
 */
function isOfClients({ clientIds }: Pick<PullRequest, 'clientIds'>, isTime = false) {
  const ours = numericIds('Kaseya BMS', clientIds);
  return (row: unknown): boolean => {
    const { accountid, ticketid } = Owned.safeParse(row).data ?? {};
    if (accountid != null) return ours.includes(accountid);
    return !isTime || accountid === undefined || ticketid !== null;
  };
}

export async function* pullTickets(bms: Bms, request: PullRequest): Rows<TicketRow> {
  yield* readPages(changedPages(bms, ticketChanges, request), {
    schema: TicketWire,
    fromWire: (wire) => fromTicket(wire, bms),
    concernsUs: isOfClients(request),
  });
}

/** Time is approved weekly; a later approval is seen only if it counts as a change. */
const approvalDays = 60;
const readMemory = 'approvals-read';

export async function* pullTime(bms: Bms, request: PullRequest): Rows<TimeEntryRow> {
  await facts.refuseIfFalse(bms.context, 'time-in-hours');
  const reading = {
    schema: TimeWire,
    fromWire: (wire: TimeWire) => fromTime(wire, bms),
    concernsUs: isOfClients(request, true),
  };
  yield* bms.addEmails(bms, readPages(changedPages(bms, timeChanges, request), reading));
  // Once a day: it is not documented whether approving, or revoking approval, counts as a change.
  const day = today(bms);
  const before = await bms.context.memory.get(readMemory);
  if (before === day || !request.isStored) return;
  // A first pass has just read everything.
  if (before !== null && (await facts.readFact(bms.context, 'start-filter')) !== 'no') {
    const since = { 'Filter.StartDateFrom': writtenDaysAgo(bms, approvalDays) };
    yield* bms.addEmails(bms, readPages(bms.pages(listOf('time', since)), reading));
  }
  await request.whenStored();
  await bms.context.memory.set(readMemory, day);
}

function today({ context }: Bms): string {
  return instantFromMs(context.now()).slice(0, 10);
}

/** The filter takes days, possibly in another zone: request more and trim here. */
const marginSeconds = 2 * 86_400;

/** Which time exists now: BMS does not report deleted entries. */
export async function* presentTime(bms: Bms, request: PresenceRequest): PresentIds {
  await facts.refuseIfFalse(bms.context, 'start-filter');
  const { from, to } = request;
  const list = listOf('time', {
    'Filter.StartDateFrom': writtenTime(addSeconds(from, -marginSeconds)),
    'Filter.StartDateTo': writtenTime(addSeconds(to, marginSeconds)),
  });
  const isOurs = isOfClients(request, true);
  const isWithin = (at: Instant | null): boolean => at === null || (at >= from && at < to);
  for await (const { rows } of bms.pages(list)) {
    const present = rows.filter((row) => isOurs(row) && isWithin(startOf(row, bms)));
    // Strict: a row without an ID would otherwise count as deleted.
    yield believeRows(list, present, PresentWire).map(({ id }) => id);
  }
}

/** As in the pull; null for an entry that the pull quarantines, which exists nonetheless. */
function startOf(row: unknown, { zone }: Bms): Instant | null {
  const wire = TimeWire.safeParse(row).data;
  return ifBelieved(() => (wire === undefined ? null : workedTimes(wire, zone).startedAt));
}

/** Longer than clients take to pay. */
const lookBackSeconds = 180 * 86_400;
const lookedMemory = 'invoices-looked-back';

/**
 * Invoices, with our key if a charge of ours is on them: the line has the charge's description. They cannot be
 * filtered by change: new ones are read, and once a day those of the period in which payments arrive.
 */
export async function* pullInvoices(bms: Bms, request: PullRequest): Rows<InvoiceRow> {
  const { memory, currency } = bms.context;
  await facts.refuseIfFalse(bms.context, 'change-zone');
  const day = today(bms);
  const isLookedBack = (await memory.get(lookedMemory)) === day;
  const from = isLookedBack ? request.since : addSeconds(request.since, -lookBackSeconds);
  const list = listOf('invoices', { 'Filter.CreatedFrom': writtenTime(from) });
  let lines: ReadonlyMap<SourceId, readonly InvoiceLineWire[]> = new Map();
  const pages = readPages(bms.pages(list), {
    schema: InvoiceWire,
    concernsUs: isOfClients(request),
    async prepare(invoices) {
      lines = await readLines(bms, invoices);
      return (wire) =>
        rowPerSale(fromInvoice(wire, bms), salesIn(lines.get(wire.id) ?? [], currency));
    },
  });
  yield* withLines(pages, request, async () => {
    const toLine = (line: InvoiceLineWire) => fromInvoiceLine(line, currency);
    return new Map([...lines].map(([id, found]) => [id, found.map(toLine)]));
  });
  await request.whenStored();
  await memory.set(lookedMemory, day);
}

/** By invoice. */
async function readLines(bms: Bms, invoices: readonly InvoiceWire[]) {
  if (invoices.length === 0) return new Map<SourceId, InvoiceLineWire[]>();
  const path = '/v2/finance/invoices/details';
  const filter = { ListInvoiceIds: invoices.map(({ id }) => id).join(',') };
  const lines = await allRows(bms, { path, filter, isUncounted: true }, InvoiceLineWire);
  return Map.groupBy(lines, ({ invoiceid }) => invoiceid);
}

/** Our sales among these lines, each once. */
function salesIn(lines: readonly InvoiceLineWire[], currency: string) {
  const byKey = Map.groupBy(lines, (line) => saleKeyIn(line.description) ?? saleKeyIn(line.name));
  const keys = [...byKey.keys()].filter((key) => key !== null).sort();
  return keys.map((reference) => {
    const [line] = byKey.get(reference) ?? [];
    const netMinor = line === undefined ? null : fromInvoiceLine(line, currency).totalMinor;
    return { reference, netMinor };
  });
}

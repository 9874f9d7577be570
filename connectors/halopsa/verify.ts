/**
 * How each fact is verified: filters and units by reading; the rest by writing to
 * a test client, reading back and removing.
 */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addDays, addSeconds } from '../../src/domain/time.ts';
import { isAhead, isNow } from '../http/answers/clock.ts';
import type { Query } from '../kit/call.ts';
import {
  fieldStep,
  type ProbeStep,
  runProbe,
  testBody,
  testSale,
  testSubject,
} from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import type { Halo } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { filterTime, invoiceList, ticketList } from './lists.ts';
import { actionId, changedAt, holdsTime, isClosedTicket, isNothing, loggedAt } from './mapping.ts';
import { createTicketMapper, isTicketDeleted } from './pull.ts';
import { clientFields, createTicket, writeNote } from './push.ts';
import { createInvoice } from './sales.ts';
import { ActionWire, InvoiceWire, TicketDetail, TicketWire } from './schema.ts';
import { actionsOfDay, readActions, unitTicketsMax } from './ticket-time.ts';
import { unitFor } from './time-unit.ts';

type Answers = { [id in FactId]?: boolean | null };

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(
  halo: Halo,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const client_ids = clientIds.slice(0, 50).join(',');
  const newest = await firstTickets(halo, { client_ids, order: 'last_update', orderdesc: true });
  const actions = await sampleActions(halo, newest);
  const answers: Answers = {
    'client-ids': await honoursClientIds(halo, clientIds),
    'last-update': await comparesLastUpdate(halo, newest[0]),
    'closed-listed': await listsClosed(halo, client_ids),
    'closed-flag': await openLooksOpen(halo, client_ids),
    'deleted-filter': await listsDeleted(halo, client_ids),
    'actions-by-date': await listsByDay(halo, actions.filter(holdsTime)),
    'invoice-modified': await invoicesAreModified(halo, client_ids),
  };
  const now = halo.context.now();
  if (newest.some((ticket) => isAhead(changedAt(ticket), now))) answers['dates-utc'] = false;
  const results: CheckResult[] = [await unitResult(halo, actions), ...timeWarnings(actions)];
  for (const [id, isTrue] of Object.entries(answers) as [FactId, boolean | null][]) {
    await facts.verifyFact(halo.context, id, isTrue);
    if (id !== 'dates-utc') results.push(await facts.factResult(halo.context, id));
  }
  return results;
}

async function firstTickets(halo: Halo, query: Query): Promise<TicketWire[]> {
  return parseAll((await firstPage(halo, ticketList(query))).rows, TicketWire);
}

async function sampleActions(halo: Halo, tickets: readonly TicketWire[]): Promise<ActionWire[]> {
  const timed = tickets.filter(({ timetaken }) => timetaken == null || !isNothing(timetaken));
  const found: ActionWire[] = [];
  for (const { id } of timed.slice(0, unitTicketsMax)) {
    found.push(...(await readActions(halo, id)).actions);
  }
  return found;
}

/** Two clients together must have as many tickets as each of them added up. */
async function honoursClientIds(halo: Halo, [one, other]: readonly SourceId[]) {
  if (one === undefined || other === undefined) return null;
  const count = async (query: Query) => (await firstPage(halo, ticketList(query, 1))).count ?? 0;
  const together = await count({ client_ids: `${one},${other}` });
  const sum = (await count({ client_id: one })) + (await count({ client_id: other }));
  return sum === 0 ? null : together === sum;
}

/** The latest closed ticket must be among all changed since. */
async function listsClosed(halo: Halo, client_ids: string): Promise<boolean | null> {
  const query = { client_ids, closed_only: true, order: 'last_update', orderdesc: true };
  const [last] = await firstTickets(halo, query);
  return last === undefined ? null : isListedSince(halo, last, -1);
}

async function listsDeleted(halo: Halo, client_ids: string): Promise<boolean | null> {
  const [any] = await firstTickets(halo, { client_ids, deleted: true });
  return any === undefined ? null : isTicketDeleted(halo, any.id);
}

/** The newest ticket is listed since a second before its change, but not since a second after it. */
async function comparesLastUpdate(halo: Halo, newest: TicketWire | undefined) {
  if (newest === undefined) return null;
  const before = await isListedSince(halo, newest, -1);
  const after = await isListedSince(halo, newest, 1);
  if (before === null || after === null) return null;
  // If the row only shows the last action, the ticket may have changed after it.
  return before && after && newest.last_update == null ? null : before && !after;
}

/** Whether its client’s tickets changed since then include it; null if there are too many to tell. */
async function isListedSince(halo: Halo, ticket: TicketWire, offsetSeconds: number) {
  if (ticket.client_id == null) return null;
  const since = filterTime(addSeconds(changedAt(ticket), offsetSeconds));
  const list = ticketList({ client_id: ticket.client_id, lastupdatefromdate: since });
  const { rows, count } = await firstPage(halo, list);
  const isThere = parseAll(rows, TicketWire).some(({ id }) => id === ticket.id);
  return isThere || rows.length >= (count ?? 0) ? isThere : null;
}

async function openLooksOpen(halo: Halo, client_ids: string): Promise<boolean | null> {
  const open = await firstTickets(halo, { client_ids, open_only: true });
  if (open.length === 0) return null;
  const toTicket = await createTicketMapper(halo);
  const closedStatuses = halo.config.closedStatuses ?? null;
  return !open.some((ticket) => isClosedTicket(toTicket(ticket), closedStatuses));
}

/** A day with known time must list that time. If unsupported, Halo may also refuse or time out. */
async function listsByDay(halo: Halo, known: readonly ActionWire[]): Promise<boolean | null> {
  const [first] = known;
  if (first === undefined) return null;
  const day = loggedAt(first).slice(0, 10);
  const rows = await actionsOfDay(halo, day).catch((error: unknown) => {
    if (isKindError(error, 'rejected', 'contract', 'transient')) return null;
    throw error;
  });
  if (rows === null) return false;
  const listed = parseAll(rows, ActionWire);
  const isOfDay = (action: ActionWire): boolean => loggedAt(action).startsWith(day);
  const isNear = (action: ActionWire): boolean =>
    loggedAt(action) >= addDays(day, -1) && loggedAt(action) < addDays(day, 3);
  const ids = new Set(listed.map(actionId));
  return listed.every(isNear) && known.filter(isOfDay).every((one) => ids.has(actionId(one)));
}

/** The last created and the last paid: to the day, since accounting systems give no time. */
async function invoicesAreModified(halo: Halo, client_ids: string): Promise<boolean | null> {
  const invoices: InvoiceWire[] = [];
  for (const order of ['id', 'datepaid']) {
    const { rows } = await firstPage(halo, invoiceList({ client_ids, order }));
    invoices.push(...parseAll(rows, InvoiceWire));
  }
  if (invoices.some(({ last_modified }) => last_modified == null)) return false;
  const paid = invoices.filter(({ datepaid }) => datepaid != null);
  const dayOf = (text: string | null | undefined): string => (text ?? '').slice(0, 10);
  if (paid.length === 0) return null;
  return paid.every((one) => dayOf(one.last_modified) >= dayOf(one.datepaid));
}

async function unitResult(halo: Halo, actions: readonly ActionWire[]): Promise<CheckResult> {
  const id = 'fact.time-unit';
  const timed = actions.filter(holdsTime);
  try {
    const unit = await unitFor(halo, timed, async () => []);
    return { id, status: 'ok', detail: `Halo shows time in ${unit}.` };
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    const status = timed.length === 0 ? 'warning' : 'failed';
    return { id, status, detail: error.message, fix: error.fix ?? '' };
  }
}

/** Time that Halo records besides the time taken. */
const besides = [
  {
    field: 'traveltime',
    id: 'time.travel',
    what: 'travel time',
    fix: 'Log travel to be debited as time taken, with its own charge type.',
  },
  {
    field: 'timetakenadjusted',
    id: 'time.adjusted',
    what: 'an adjustment of its time (timetakenadjusted)',
    fix: 'Correct the time taken itself, so that blocks and Halo’s billing agree.',
  },
  {
    field: 'nonbilltime',
    id: 'time.non-billed',
    what: 'time that is not billed (nonbilltime)',
    fix: 'Log it as a separate action, with a non-billed charge type.',
  },
] as const;

/** Time that Halo records besides the time taken, and time that is free because it has no charge type. */
function timeWarnings(all: readonly ActionWire[]): CheckResult[] {
  const warnings: CheckResult[] = [];
  for (const { field, id, what, fix } of besides) {
    const found = all.find((action) => !isNothing(action[field] ?? '0'));
    if (found === undefined) continue;
    const detail = `Ticket ${found.ticket_id} has ${what}, which is not read.`;
    warnings.push({ id, status: 'warning', detail, fix });
  }
  const actions = all.filter(holdsTime);
  const drawn = actions.find((action) => !isNothing(action.actionprepayhours ?? '0'));
  if (drawn !== undefined) {
    warnings.push({
      id: 'native-prepay.drawn',
      status: 'warning',
      detail: `Halo took ${drawn.actionprepayhours} h of ticket ${drawn.ticket_id} from its own pre-pay: two systems would debit the same hour.`,
      fix: 'End the pre-pay in Halo (of the client or its contract) before its hours are debited here.',
    });
  }
  const isFree = (action: ActionWire): boolean => /^(?:0|-\d+)$/.test(action.chargerate ?? '');
  if (actions.length > 0 && actions.every(isFree)) {
    warnings.push({
      id: 'time.charge-type',
      status: 'warning',
      detail: 'None of the time sampled has a charge type, so none of it is debited.',
      fix: 'If you do not use charge types, set billableBy: flag.',
    });
  }
  return warnings;
}

export function probeConnection(halo: Halo, clientId: SourceId): Promise<CheckResult[]> {
  const key = `probe.${halo.context.now()}`;
  const written: string[] = [];
  const ticket = async () => {
    const alert = { key, clientId, subject: testSubject, body: testBody };
    const { remoteId } = await createTicket(halo, alert);
    written.unshift(`/Tickets/${remoteId}`);
    await probeTicket(halo, key, clientId, remoteId);
  };
  const invoice = async () => {
    const sale = testSale(halo.context, { key, clientId });
    written.unshift(`/Invoice/${(await createInvoice(halo, sale, null)).id}`);
  };
  const ofTicket = ['ticket-key', 'ticket-search', 'dates-utc', 'action-moves-ticket'] as const;
  const steps: ProbeStep<FactId>[] = [
    { facts: [...ofTicket, 'note-audience'], work: ticket },
    fieldStep(halo, facts, 'client-fields', clientFields, clientId),
    { facts: ['invoice-key'], work: invoice },
  ];
  const used = halo.config.alerts === undefined ? steps.slice(1) : steps;
  const fix = 'Delete these by hand in Halo; the API application may lack permission.';
  return runProbe(halo, facts, used, { written, remove: halo.remove, fix }, 'Halo');
}

async function probeTicket(halo: Halo, key: string, clientId: SourceId, ticketId: SourceId) {
  const { context } = halo;
  const note = { clientId, ticketId, body: 'Test by prepaid-hours.' };
  const before = await lastChange(halo, ticketId);
  if (before !== null) await facts.verifyFact(context, 'dates-utc', isNow(before, context.now()));
  await writeNote(halo, { ...note, key: `${key}.in`, audience: 'internal' });
  const after = await lastChange(halo, ticketId);
  if (before !== null && after !== null) {
    await facts.verifyFact(context, 'action-moves-ticket', after > before);
  }
  // Another note would prove nothing more.
  if ((await facts.readFact(context, 'note-audience')) !== 'yes') return;
  await writeNote(halo, { ...note, key: `${key}.out`, audience: 'client' });
}

async function lastChange(halo: Halo, ticketId: SourceId): Promise<string | null> {
  const ticket = await halo.get(`/Tickets/${ticketId}`, TicketDetail);
  return ticket.last_update ?? ticket.lastactiondate ?? null;
}

/** Facts that reading settles: what lists make of their filters, and what numbers and flags mean. */
import { addDays, addSeconds, instantFromMs } from '../../src/domain/time.ts';
import type { CheckResult, SourceId } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import type { Api, List, Query } from './api.ts';
import { type FactId, factResult, settleFact } from './facts.ts';
import { invoiceList } from './invoices.ts';
import { filterMoment } from './lists.ts';
import { actionId, holdsTime, isClosedTicket, isNothing } from './mapping.ts';
import { actionsOfDay } from './presence.ts';
import { ActionWire as Action, type ActionWire, InvoiceWire, TicketWire } from './schema.ts';
import { readActions } from './ticket-time.ts';
import { isTicketDeleted, ticketList } from './tickets.ts';
import { judgeUnit, readUnit, settleUnit, unclearFix, unclearText } from './time-unit.ts';

/** Tickets with time that are looked at. */
const sampleTickets = 5;

/** How far a moment may lie ahead of our clock and still be UTC. */
const aheadSeconds = 600;

type Answers = { [id in FactId]?: boolean | null };

/** What nothing was there to settle by stays as it was. */
export async function settleByReading(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const client_ids = clientIds.slice(0, 50).join(',');
  const newest = await firstTickets(
    api,
    { client_ids, order: 'last_update', orderdesc: true },
    signal,
  );
  const actions = await sampleActions(api, newest, signal);
  const answers: Answers = {
    'client-ids': await honoursClientIds(api, clientIds, signal),
    'last-update': await comparesLastUpdate(api, newest[0], signal),
    'closed-listed': await listsClosed(api, client_ids, signal),
    'closed-flag': await openLooksOpen(api, client_ids, signal),
    'deleted-filter': await listsDeleted(api, client_ids, signal),
    'actions-by-date': await listsByDay(api, actions, signal),
    'invoice-modified': await invoicesAreModified(api, client_ids, signal),
  };
  const ahead = addSeconds(instantFromMs(api.context.now()), aheadSeconds);
  if (newest.some((ticket) => ticket.last_update > ahead)) answers['dates-utc'] = false;
  const results: CheckResult[] = [await unitResult(api, actions), ...timeWarnings(actions)];
  for (const [id, isSo] of Object.entries(answers) as [FactId, boolean | null][]) {
    if (isSo !== null) await settleFact(api.context, id, isSo);
    if (id !== 'dates-utc') results.push(await factResult(api.context, id));
  }
  return results;
}

async function firstPage(api: Api, list: List, signal: AbortSignal) {
  for await (const page of api.pages(list, signal)) return page;
  return { rows: [], count: 0 };
}

async function firstTickets(api: Api, query: Query, signal: AbortSignal): Promise<TicketWire[]> {
  const { rows } = await firstPage(api, ticketList(query), signal);
  return parseRows(rows, TicketWire, (row) => row).rows;
}

async function sampleActions(
  api: Api,
  tickets: readonly TicketWire[],
  signal: AbortSignal,
): Promise<ActionWire[]> {
  const timed = tickets.filter(({ timetaken }) => timetaken == null || !isNothing(timetaken));
  const found: ActionWire[] = [];
  for (const { id } of timed.slice(0, sampleTickets)) {
    found.push(...(await readActions(api, id, signal)).actions.filter(holdsTime));
  }
  return found;
}

/** Two clients together must have as many tickets as each of them by itself. */
async function honoursClientIds(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<boolean | null> {
  const [one, other] = clientIds;
  if (one === undefined || other === undefined) return null;
  const together = await countTickets(api, { client_ids: `${one},${other}` }, signal);
  const first = await countTickets(api, { client_id: one }, signal);
  const second = await countTickets(api, { client_id: other }, signal);
  return first + second === 0 ? null : together === first + second;
}

async function countTickets(api: Api, query: Query, signal: AbortSignal): Promise<number> {
  return (await firstPage(api, ticketList(query, 1), signal)).count;
}

/** The last ticket of those that are closed must be among all that changed since. */
async function listsClosed(
  api: Api,
  client_ids: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const query = { client_ids, closed_only: true, order: 'last_update', orderdesc: true };
  const [last] = await firstTickets(api, query, signal);
  return last === undefined ? null : isListedSince(api, last, -1, signal);
}

async function listsDeleted(
  api: Api,
  client_ids: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const [any] = await firstTickets(api, { client_ids, deleted: true }, signal);
  return any === undefined ? null : isTicketDeleted(api, any.id, signal);
}

/** The newest ticket is in the list since a second before its change, and not in that since a second after. */
async function comparesLastUpdate(
  api: Api,
  newest: TicketWire | undefined,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (newest === undefined) return null;
  const before = await isListedSince(api, newest, -1, signal);
  const after = await isListedSince(api, newest, 1, signal);
  return before === null || after === null ? null : before && !after;
}

/** Whether its client’s tickets that changed since then show it; null where there are too many to tell. */
async function isListedSince(
  api: Api,
  ticket: TicketWire,
  offsetSeconds: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (ticket.client_id === null) return null;
  const since = filterMoment(addSeconds(ticket.last_update, offsetSeconds));
  const list = ticketList({ client_id: ticket.client_id, lastupdatefromdate: since });
  const { rows, count } = await firstPage(api, list, signal);
  const isThere = parseRows(rows, TicketWire, (row) => row).rows.some(({ id }) => id === ticket.id);
  return isThere || rows.length >= count ? isThere : null;
}

async function openLooksOpen(
  api: Api,
  client_ids: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const open = await firstTickets(api, { client_ids, open_only: true }, signal);
  if (open.length === 0) return null;
  const closedStatuses = api.config.closedStatuses ?? null;
  return !open.some((ticket) => isClosedTicket(ticket, closedStatuses));
}

/** A day on which known time was worked must list that very time. */
async function listsByDay(
  api: Api,
  known: readonly ActionWire[],
  signal: AbortSignal,
): Promise<boolean | null> {
  const day = known[0]?.datetime.slice(0, 10);
  if (day === undefined) return null;
  const { rows } = await actionsOfDay(api, day, signal);
  const listed = parseRows(rows, Action, (row) => row).rows;
  const isOfDay = (action: ActionWire): boolean => action.datetime.startsWith(day);
  const isNear = ({ datetime }: ActionWire): boolean =>
    datetime >= addDays(day, -1) && datetime < addDays(day, 3);
  const ids = new Set(listed.map(actionId));
  return listed.every(isNear) && known.filter(isOfDay).every((one) => ids.has(actionId(one)));
}

/** The last that were made, and the last that were paid: by the day, as accounting systems tell no more. */
async function invoicesAreModified(
  api: Api,
  client_ids: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const invoices: InvoiceWire[] = [];
  for (const order of ['id', 'datepaid']) {
    const { rows } = await firstPage(api, invoiceList({ client_ids, order }), signal);
    invoices.push(...parseRows(rows, InvoiceWire, (row) => row).rows);
  }
  if (invoices.some(({ last_modified }) => last_modified == null)) return false;
  const paid = invoices.filter(({ datepaid }) => datepaid != null);
  if (paid.length === 0) return null;
  return paid.every(
    ({ last_modified, datepaid }) =>
      (last_modified ?? '').slice(0, 10) >= (datepaid ?? '').slice(0, 10),
  );
}

async function unitResult(api: Api, actions: readonly ActionWire[]): Promise<CheckResult> {
  const id = 'fact.time-unit';
  const seen = judgeUnit(actions);
  const { timeUnit } = api.config;
  if (seen !== null && timeUnit === undefined) await settleUnit(api.context, seen);
  const unit = await readUnit(api);
  if (unit === null || unit === 'unclear') {
    const status = actions.length === 0 ? 'warning' : 'failed';
    return { id, status, detail: unclearText(unit), fix: unclearFix };
  }
  const isAgainst = seen !== null && seen !== 'unclear' && seen !== unit;
  if (!isAgainst) return { id, status: 'ok', detail: `Halo shows time in ${unit}.` };
  const detail = `timeUnit is ${unit}, but known entries say ${seen}.`;
  return { id, status: 'failed', detail, fix: `Set timeUnit: ${seen}, or leave it out.` };
}

/** Time that Halo keeps beside the time taken, and time that would be free for want of a charge type. */
function timeWarnings(actions: readonly ActionWire[]): CheckResult[] {
  const warnings: CheckResult[] = [];
  const travelling = actions.find((action) => !isNothing(action.traveltime ?? '0'));
  if (travelling !== undefined) {
    warnings.push({
      id: 'time.travel',
      status: 'warning',
      detail: `Ticket ${travelling.ticket_id} holds travel time, which is not read.`,
      fix: 'Log travel that comes off a block as time taken, with a charge type of its own.',
    });
  }
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
      detail: 'All time that was looked at has no charge type, so that none of it is debited.',
      fix: 'If you do not use charge types, set billableBy: flag.',
    });
  }
  return warnings;
}

/** Facts that reading settles: what lists make of their filters, and what numbers and flags mean. */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addDays, addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import type { Api, List, Query } from './api.ts';
import { type FactId, factResult, settleFact } from './facts.ts';
import { invoiceList } from './invoices.ts';
import { filterMoment } from './lists.ts';
import { actionId, changedAt, holdsTime, isClosedTicket, isNothing, loggedAt } from './mapping.ts';
import type { Names } from './names.ts';
import { actionsOfDay } from './presence.ts';
import { ActionWire as Action, type ActionWire, InvoiceWire, TicketWire } from './schema.ts';
import { readActions, unitTicketsMax } from './ticket-time.ts';
import { isTicketDeleted, ticketList, withStatusName } from './tickets.ts';
import { unitFor } from './time-unit.ts';

/** How far a moment may lie ahead of our clock and still be UTC. */
const aheadSeconds = 600;

type Answers = { [id in FactId]?: boolean | null };

/** What nothing was there to settle by stays as it was. */
export async function settleByReading(
  { api, names }: { api: Api; names: Names },
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
    'closed-flag': await openLooksOpen({ api, names }, client_ids, signal),
    'deleted-filter': await listsDeleted(api, client_ids, signal),
    'actions-by-date': await listsByDay(api, actions.filter(holdsTime), signal),
    'invoice-modified': await invoicesAreModified(api, client_ids, signal),
  };
  const ahead = addSeconds(instantFromMs(api.context.now()), aheadSeconds);
  if (newest.some((ticket) => changedAt(ticket) > ahead)) answers['dates-utc'] = false;
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
  for (const { id } of timed.slice(0, unitTicketsMax)) {
    found.push(...(await readActions(api, id, signal)).actions);
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
  if (before === null || after === null) return null;
  // Where the row shows the last action alone, the ticket may have changed after it.
  return before && after && newest.last_update == null ? null : before && !after;
}

/** Whether its client’s tickets that changed since then show it; null where there are too many to tell. */
async function isListedSince(
  api: Api,
  ticket: TicketWire,
  offsetSeconds: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (ticket.client_id == null) return null;
  const since = filterMoment(addSeconds(changedAt(ticket), offsetSeconds));
  const list = ticketList({ client_id: ticket.client_id, lastupdatefromdate: since });
  const { rows, count } = await firstPage(api, list, signal);
  const isThere = parseRows(rows, TicketWire, (row) => row).rows.some(({ id }) => id === ticket.id);
  return isThere || rows.length >= count ? isThere : null;
}

async function openLooksOpen(
  { api, names }: { api: Api; names: Names },
  client_ids: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const open = await firstTickets(api, { client_ids, open_only: true }, signal);
  if (open.length === 0) return null;
  const closedStatuses = api.config.closedStatuses ?? null;
  const statuses = closedStatuses === null ? [] : await names.list('statuses', signal);
  return !open.some((ticket) => isClosedTicket(withStatusName(ticket, statuses), closedStatuses));
}

/** A day on which known time was logged must list that very time. A Halo that cannot may also refuse or time out. */
async function listsByDay(
  api: Api,
  known: readonly ActionWire[],
  signal: AbortSignal,
): Promise<boolean | null> {
  const [first] = known;
  if (first === undefined) return null;
  const day = loggedAt(first).slice(0, 10);
  const rows = await actionsOfDay(api, day, signal).catch((error: unknown) => {
    if (isKindError(error, 'rejected', 'contract', 'transient')) return null;
    throw error;
  });
  if (rows === null) return false;
  const listed = parseRows(rows, Action, (row) => row).rows;
  const isOfDay = (action: ActionWire): boolean => loggedAt(action).startsWith(day);
  const isNear = (action: ActionWire): boolean =>
    loggedAt(action) >= addDays(day, -1) && loggedAt(action) < addDays(day, 3);
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
  const timed = actions.filter(holdsTime);
  try {
    const unit = await unitFor(api, timed, async () => []);
    return { id, status: 'ok', detail: `Halo shows time in ${unit}.` };
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    const status = timed.length === 0 ? 'warning' : 'failed';
    return { id, status, detail: error.message, fix: error.fix ?? '' };
  }
}

/** What Halo keeps beside the time taken. */
const besides = [
  {
    field: 'traveltime',
    id: 'time.travel',
    what: 'travel time',
    fix: 'Log travel that comes off a block as time taken, with a charge type of its own.',
  },
  {
    field: 'timetakenadjusted',
    id: 'time.adjusted',
    what: 'an adjustment of its time (timetakenadjusted)',
    fix: 'Correct the time taken itself, so that a block and Halo’s own billing count the same.',
  },
  {
    field: 'nonbilltime',
    id: 'time.non-billed',
    what: 'time that is not billed (nonbilltime)',
    fix: 'Log it as an action of its own, with a charge type that is not billed.',
  },
] as const;

/** Time that Halo keeps beside the time taken, and time that would be free for want of a charge type. */
function timeWarnings(all: readonly ActionWire[]): CheckResult[] {
  const warnings: CheckResult[] = [];
  for (const { field, id, what, fix } of besides) {
    const found = all.find((action) => !isNothing(action[field] ?? '0'));
    if (found === undefined) continue;
    const detail = `Ticket ${found.ticket_id} holds ${what}, which is not read.`;
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
      detail: 'All time that was looked at has no charge type, so that none of it is debited.',
      fix: 'If you do not use charge types, set billableBy: flag.',
    });
  }
  return warnings;
}

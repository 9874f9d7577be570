/** Time by ticket: one request per ticket for its actions, since Halo offers no other way; and which time exists. */
import type { PresenceRequest, SourceId, TicketTimePage } from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { secondsOf, type TimeUnit } from '../http/answers/exact.ts';
import { ifBelieved, parseRows, rawId } from '../http/answers/rows.ts';
import {
  allRows,
  believeRows,
  firstPage,
  ignoredFilter,
  type PresentIds,
  parseAll,
  refuseStranger,
} from '../kit/reading/lists.ts';
import { timeByTicket, unreadableTicket } from '../kit/reading/ticket-time.ts';
import type { Halo } from './call.ts';
import { facts } from './facts.ts';
import { actionList, clientLists, filterTime, ticketList } from './lists.ts';
import { fromAction, spanOf, type TimeNames, workedTimes } from './mapping.ts';
import { ActionWire, actionId, isNone, isZero, TicketWire } from './schema.ts';

export async function* pullTicketTime(halo: Halo, ticketIds: readonly SourceId[]) {
  await facts.refuseIfFalse(halo.context, 'dates-utc', 'time-unit');
  const deleted = await readDeleted(halo);
  const read = async (id: SourceId): Promise<TicketTimePage> =>
    deleted.has(id) ? reportedDeleted(id) : readTicketTime(halo, id);
  yield* timeByTicket(ticketIds, read, (stored) => forgetDeleted(halo, stored));
}

async function readTicketTime(halo: Halo, ticketId: SourceId): Promise<TicketTimePage> {
  const { raw, actions } = await readActions(halo, ticketId);
  if (raw.length === 0) return readWithoutActions(halo, ticketId);
  const timed = actions.filter(holdsTime);
  if (timed.length > 0) {
    await verifyUnit(halo, timed);
    await facts.refuseIfFalse(halo.context, 'time-unit');
  }
  const names = await readTimeNames(halo, timed);
  const toRow = (action: ActionWire) => (holdsTime(action) ? fromAction(action, names) : null);
  const idOf = (row: unknown): string | null => {
    const id = rawId(row);
    return id && actionId({ id, ticket_id: ticketId });
  };
  const { rows, rejected } = parseRows(raw, ActionWire, toRow, idOf);
  return { ticketIds: [ticketId], rows: rows.flatMap((row) => row ?? []), rejected };
}

/** Most actions are notes. One without time but with a start and an end is not a plain note. */
export function holdsTime({ timetaken, ...action }: ActionWire): boolean {
  return timetaken == null ? (spanOf(action) ?? 0) !== 0 : !isZero(timetaken);
}

/** All actions of a ticket, and the readable ones. Throws `contract` if one belongs to another ticket. */
export async function readActions(halo: Halo, ticketId: SourceId) {
  const { rows: raw } = await firstPage(halo, actionList(ticketId));
  const actions = parseAll(raw, ActionWire);
  const stranger = actions.find((action) => action.ticket_id !== ticketId);
  if (stranger === undefined) return { raw, actions };
  throw ignoredFilter('/Actions', `an action of ticket ${stranger.ticket_id}`);
}

/** A ticket has at least the action that opened it: no actions may mean a lost permission. */
async function readWithoutActions(halo: Halo, ticketId: SourceId): Promise<TicketTimePage> {
  const ticket = await halo.get(`/Tickets/${ticketId}`, TicketWire);
  if (ticket.deleted === true) return reportedDeleted(ticketId);
  if (isZero(ticket.timetaken)) return { ticketIds: [ticketId], rows: [], rejected: [] };
  return unreadableTicket(ticketId, `has time (${ticket.timetaken}) but shows no actions`);
}

/** Halo reports the ticket as deleted, and with it all its time. */
function reportedDeleted(ticketId: SourceId): TicketTimePage {
  return { ticketIds: [ticketId], rows: [], rejected: [], deletions: Number.POSITIVE_INFINITY };
}

async function readTimeNames(halo: Halo, timed: readonly ActionWire[]): Promise<TimeNames> {
  const agentIds = timed
    .flatMap((one) => [one.who_agentid ?? [], one.actionby_agent_id ?? []].flat())
    .filter((id) => !isNone(id));
  const typeIds = timed.flatMap((one) => one.chargerate ?? []);
  const agents = await halo.names.byId(halo, 'agents', agentIds);
  const chargeTypes = await halo.names.byId(halo, 'charge types', typeIds);
  return { agents, chargeTypes, billableBy: halo.config.billableBy };
}

/** A shorter entry is not conclusive: a minute more or less is a large part of it. */
const spanSecondsMin = 300;
const spanSecondsMax = 86_400;
const toleranceSeconds = 60;

/** Entries with a start and an end show whether hours are meant, or minutes, as one public client has it. */
export async function verifyUnit({ context }: Halo, actions: readonly ActionWire[]): Promise<void> {
  const isVerified = (await facts.readFact(context, 'time-unit')) === 'yes';
  const areHours = actions.some((action) => isIn('hours', action));
  if (areHours && isVerified) return;
  const inMinutes = actions.filter((action) => isIn('minutes', action)).length;
  // Once verified, it takes more to contradict: somebody may have typed minutes for hours.
  const isKnown = areHours || inMinutes >= (isVerified ? 3 : 1);
  if (isKnown) await facts.verifyFact(context, 'time-unit', areHours);
}

/** Whether its time taken in this unit comes to the time from its start to its end. */
function isIn(unit: TimeUnit, action: ActionWire): boolean {
  const { timetaken } = action;
  const span = spanOf(action) ?? 0;
  if (timetaken == null || span < spanSecondsMin || span > spanSecondsMax) return false;
  const taken = ifBelieved(() => secondsOf(timetaken, unit));
  return taken !== null && Math.abs(taken - span) <= toleranceSeconds;
}

const deletedKey = 'deleted-tickets';

/** Deleted tickets whose time still has to be reversed. */
async function readDeleted({ context }: Halo): Promise<Set<SourceId>> {
  return new Set(((await context.memory.get(deletedKey)) ?? '').match(/\S+/g));
}

export async function keepDeleted(halo: Halo, id: SourceId): Promise<void> {
  const ids = (await readDeleted(halo)).add(id);
  await halo.context.memory.set(deletedKey, [...ids].join(' '));
}

/** Once their time is reversed, or if they were restored. */
export async function forgetDeleted(halo: Halo, ids: readonly SourceId[]): Promise<void> {
  const deleted = await readDeleted(halo);
  const known = ids.filter((id) => deleted.delete(id));
  if (known.length > 0) await halo.context.memory.set(deletedKey, [...deleted].join(' '));
}

/** A ticket's last change may differ slightly from the start of its work, which the sweep filters by. */
const marginSeconds = 2 * 86_400;

/** IDs of the actions with time: Halo does not report deleted ones, nor list those of all tickets. */
export async function* presentTime(halo: Halo, request: PresenceRequest): PresentIds {
  for (const ticketId of await readTicketIds(halo, request)) {
    const { raw } = await readActions(halo, ticketId);
    const actions = believeRows({ path: '/Actions' }, raw, ActionWire);
    // Without a start it was quarantined when it was read, so an earlier version of it stays.
    const startedAt = (one: ActionWire) =>
      ifBelieved(() => workedTimes(one))?.startedAt ?? request.from;
    const isWithin = (at: string): boolean => at >= request.from && at < request.to;
    yield actions.filter((one) => holdsTime(one) && isWithin(startedAt(one))).map(actionId);
  }
}

/** Tickets that may have work in the window: logging it has changed them since. */
async function readTicketIds(halo: Halo, request: PresenceRequest): Promise<Set<SourceId>> {
  const Owned = TicketWire.pick({ id: true, client_id: true });
  const found = new Set<SourceId>();
  const lastupdatefromdate = filterTime(addSeconds(request.from, -marginSeconds));
  for (const { ids, query } of await clientLists(halo, request.clientIds)) {
    const list = ticketList({ ...query, lastupdatefromdate });
    for (const { id, client_id } of await allRows(halo, list, Owned)) {
      refuseStranger('/Tickets', client_id, ids);
      found.add(id);
    }
  }
  return found;
}

/** An entry's ticket, from its ID. */
export function ticketOf(entryId: SourceId): SourceId {
  return entryId.slice(0, entryId.lastIndexOf('-'));
}

/** Time by ticket: one request per ticket for its actions, since Halo offers no other way; and which time exists. */

import type {
  PresenceRequest,
  RejectedRow,
  SourceId,
  TicketTimePage,
} from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { addDays, addSeconds } from '../../src/domain/time.ts';
import type { TimeUnit } from '../http/answers/exact.ts';
import { parseRows } from '../http/answers/rows.ts';
import { believeRows, ignoredFilter, refuseStranger } from '../kit/reading/lists.ts';
import { timeByTicket, unreadableTicket } from '../kit/reading/ticket-time.ts';
import { type Halo, readWhole } from './call.ts';
import { facts } from './facts.ts';
import { actionList, clientLists, filterTime, ticketList } from './lists.ts';
import {
  actionId,
  fromAction,
  holdsTime,
  isNobody,
  isNothing,
  startOf,
  type TimeFacts,
} from './mapping.ts';
import { ActionWire, TicketDetail, TicketWire } from './schema.ts';
import { readUnit, unitFor } from './time-unit.ts';

/** Tickets whose entries may show the unit of time. */
export const unitTicketsMax = 20;

/** The unit of time, determined only if there is time. */
type UnitOf = (actions: readonly ActionWire[]) => Promise<TimeUnit>;

export async function* pullTicketTime(
  halo: Halo,
  ticketIds: readonly SourceId[],
): AsyncGenerator<TicketTimePage> {
  await facts.refuseIfFalse(halo.context, 'dates-utc');
  if (ticketIds.length === 0) return;
  const deleted = await readDeleted(halo);
  const present = ticketIds.filter((id) => !deleted.has(id));
  const unitOf = createUnitOf(halo, present.slice(0, unitTicketsMax));
  const read = async (id: SourceId): Promise<TicketTimePage> =>
    deleted.has(id) ? reportedDeleted(id) : readTicketTime(halo, unitOf, id);
  yield* timeByTicket(ticketIds, read, async (stored) => {
    const taken = stored.filter((id) => deleted.delete(id));
    if (taken.length > 0) await writeDeleted(halo, deleted);
  });
}

/** If a ticket's own time does not show the unit, or contradicts it, these tickets are used. */
function createUnitOf(halo: Halo, sampleIds: readonly SourceId[]): UnitOf {
  let sample: Promise<ActionWire[]> | null = null;
  const readSample = async (): Promise<ActionWire[]> => {
    const known: ActionWire[] = [];
    for (const id of sampleIds) {
      try {
        known.push(...(await readActions(halo, id)).actions);
      } catch (error) {
        // A missing ticket is reported when its own turn comes.
        if (!isKindError(error, 'rejected')) throw error;
      }
    }
    return known;
  };
  return (actions) =>
    unitFor(halo, actions, () => {
      sample ??= readSample();
      return sample;
    });
}

async function readTicketTime(
  halo: Halo,
  unitOf: UnitOf,
  ticketId: SourceId,
): Promise<TicketTimePage> {
  const { raw, actions, rejected } = await readActions(halo, ticketId);
  if (raw.length === 0) return readWithoutActions(halo, ticketId);
  const timed = actions.filter(holdsTime);
  if (timed.length === 0) return { ticketIds: [ticketId], rows: [], rejected };
  const timeFacts = await readTimeFacts(halo, unitOf, timed);
  const ids = new Set(timed.map(({ id }) => id));
  const believed = parseRows(
    raw.filter((row) => ids.has(idOf(row) ?? '')),
    ActionWire,
    (action) => fromAction(action, timeFacts),
    (row) => entryIdOf(row, ticketId),
  );
  return {
    ticketIds: [ticketId],
    rows: believed.rows,
    rejected: [...rejected, ...believed.rejected],
  };
}

/** The id of a row that is not parsed yet. */
function idOf(row: unknown): string | null {
  return AnyId.safeParse(row).data?.id ?? null;
}

const AnyId = ActionWire.pick({ id: true });

function entryIdOf(row: unknown, ticketId: SourceId): string | null {
  const id = idOf(row);
  return id === null ? null : actionId({ id, ticket_id: ticketId });
}

/** All actions of a ticket. Throws `contract` if one belongs to another ticket. */
export async function readActions(
  halo: Halo,
  ticketId: SourceId,
): Promise<{ raw: readonly unknown[]; actions: ActionWire[]; rejected: RejectedRow[] }> {
  const raw = await readWhole(halo, actionList(ticketId));
  const { rows: actions, rejected } = parseRows(
    raw,
    ActionWire,
    (action) => action,
    (row) => entryIdOf(row, ticketId),
  );
  const stranger = actions.find((action) => action.ticket_id !== ticketId);
  if (stranger === undefined) return { raw, actions, rejected };
  throw ignoredFilter('/Actions', `an action of ticket ${stranger.ticket_id}`);
}

/** A ticket has at least the action that opened it: no actions may mean a lost permission. */
async function readWithoutActions(halo: Halo, ticketId: SourceId): Promise<TicketTimePage> {
  const ticket = await halo.get(`/Tickets/${ticketId}`, TicketDetail);
  const isEmpty = ticket.timetaken == null || isNothing(ticket.timetaken);
  if (ticket.deleted === true) return reportedDeleted(ticketId);
  if (isEmpty) return { ticketIds: [ticketId], rows: [], rejected: [] };
  return unreadableTicket(ticketId, `has time (${ticket.timetaken}) but shows no actions`);
}

/** Halo reports the ticket as deleted, and with it all its time. */
function reportedDeleted(ticketId: SourceId): TicketTimePage {
  return { ticketIds: [ticketId], rows: [], rejected: [], deletions: Number.POSITIVE_INFINITY };
}

async function readTimeFacts(
  halo: Halo,
  unitOf: UnitOf,
  timed: readonly ActionWire[],
): Promise<TimeFacts> {
  const agentIds = timed
    .flatMap((one) => [one.who_agentid ?? [], one.actionby_agent_id ?? []].flat())
    .filter((id) => !isNobody(id));
  const typeIds = timed.flatMap((one) => one.chargerate ?? []);
  const agents = await halo.names.byId(halo, 'agents', agentIds);
  const types = await halo.names.byId(halo, 'charge types', typeIds);
  return {
    unit: await unitOf(timed),
    billableBy: halo.config.billableBy,
    technician: (id) => agents.get(id) ?? unlistedName(id),
    chargeType: (id) => types.get(id) ?? unlistedName(id),
  };
}

const deletedKey = 'deleted-tickets';

/** Deleted tickets whose time still has to be reversed. */
export async function readDeleted({ context }: Halo): Promise<Set<SourceId>> {
  const stored = await context.memory.get(deletedKey);
  return new Set((stored ?? '').split(' ').filter((id) => id !== ''));
}

export async function writeDeleted({ context }: Halo, ids: ReadonlySet<SourceId>): Promise<void> {
  await context.memory.set(deletedKey, [...ids].join(' '));
}

/** An action's date may differ slightly from its start, which the sweep filters by. */
const marginDays = 2;

/** IDs of the actions with time: Halo does not report deleted ones. */
export async function* presentTime(
  halo: Halo,
  request: PresenceRequest,
): AsyncGenerator<readonly SourceId[]> {
  const tickets = await readTicketIds(halo, request);
  for await (const rows of actionsOf(halo, tickets, request)) {
    const timed = believeRows({ path: '/Actions' }, rows, ActionWire).filter(
      (row) => tickets.has(row.ticket_id) && holdsTime(row),
    );
    yield await within(halo, timed, request);
  }
}

/** Day by day, if verified on this tenant; else ticket by ticket. */
async function* actionsOf(
  halo: Halo,
  tickets: ReadonlySet<SourceId>,
  request: PresenceRequest,
): AsyncGenerator<readonly unknown[]> {
  if ((await facts.readFact(halo.context, 'actions-by-date')) === 'yes') {
    for (const day of daysOf(request)) yield await actionsOfDay(halo, day);
    return;
  }
  for (const id of tickets) yield (await readActions(halo, id)).raw;
}

/** IDs of the actions whose work began in the window, by the same rule as their rows. */
async function within(
  halo: Halo,
  timed: readonly ActionWire[],
  { from, to }: PresenceRequest,
): Promise<SourceId[]> {
  if (timed.length === 0) return [];
  const unit = (await readUnit(halo)) ?? (await unitFor(halo, timed, async () => []));
  const isWithin = (action: ActionWire): boolean => {
    try {
      const startedAt = startOf(action, unit);
      return startedAt >= from && startedAt < to;
    } catch (error) {
      // Quarantined when it was read, so an earlier version of it stays.
      if (isKindError(error, 'contract')) return true;
      throw error;
    }
  };
  return timed.filter(isWithin).map(actionId);
}

const OwnedTicket = TicketWire.pick({ id: true, client_id: true });

/** Tickets that may have work in the window: logging it has changed them since. */
async function readTicketIds(halo: Halo, request: PresenceRequest): Promise<Set<SourceId>> {
  const found = new Set<SourceId>();
  const lastupdatefromdate = filterTime(addSeconds(request.from, -marginDays * 86_400));
  for (const { ids, query } of await clientLists(halo, request.clientIds)) {
    const list = ticketList({ ...query, lastupdatefromdate });
    for await (const { rows } of halo.pages(list)) {
      for (const { id, client_id } of believeRows(list, rows, OwnedTicket)) {
        refuseStranger('/Tickets', client_id, ids);
        found.add(id);
      }
    }
  }
  return found;
}

function daysOf({ from, to }: PresenceRequest): string[] {
  const days: string[] = [];
  const last = addDays(to.slice(0, 10), marginDays);
  for (let day = addDays(from.slice(0, 10), -marginDays); day <= last; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}

/** Ends in the next day, so that nothing is missed; Halo may even take the end as that whole day. */
export function actionsOfDay(halo: Halo, day: string): Promise<readonly unknown[]> {
  const query = { startdate: `${day}T00:00:00`, enddate: `${addDays(day, 1)}T00:00:01` };
  return readWhole(halo, { path: '/Actions', rows: 'actions', query });
}

/** An entry's ticket, from its ID. */
export function ticketOf(entryId: SourceId): SourceId {
  return entryId.slice(0, entryId.lastIndexOf('-'));
}

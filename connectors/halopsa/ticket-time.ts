/** The time of each ticket: its actions, one request a ticket, since Halo shows them in no other way. */

import type { RejectedRow, SourceId, TicketTimePage } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import type { TimeUnit } from '../http/exact.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, idOf, type List } from './api.ts';
import { refuseIfNot } from './facts.ts';
import { ignored } from './lists.ts';
import { actionId, fromAction, holdsTime, isNobody, isNothing, type TimeFacts } from './mapping.ts';
import type { Names } from './names.ts';
import { ActionWire, TicketDetail } from './schema.ts';
import { readDeleted, writeDeleted } from './tickets.ts';
import { unitFor } from './time-unit.ts';

/** Tickets read side by side; their pages still come out in the order asked. */
const atOnce = 4;

/** Tickets whose entries may tell the unit of time. */
export const unitTicketsMax = 20;

/**
 * Without `timeentriesonly` and `excludesys`: what they leave out is not documented, and an action left
 * out would be time for nothing.
 */
export function actionList(ticketId: SourceId): List {
  return { path: '/Actions', rows: 'actions', query: { ticket_id: ticketId } };
}

/** The unit of time, asked for only where there is time. */
type UnitOf = (actions: readonly ActionWire[]) => Promise<TimeUnit>;

export async function* pullTicketTime(
  api: Api,
  names: Names,
  ticketIds: readonly SourceId[],
  signal: AbortSignal,
): AsyncGenerator<TicketTimePage> {
  await refuseIfNot(api.context, 'dates-utc');
  if (ticketIds.length === 0) return;
  const deleted = await readDeleted(api);
  const present = ticketIds.filter((id) => !deleted.has(id));
  const unitOf = createUnitOf(api, present.slice(0, unitTicketsMax), signal);
  for (let from = 0; from < ticketIds.length; from += atOnce) {
    const batch = ticketIds.slice(from, from + atOnce);
    const reads = batch.map(async (id): Promise<TicketTimePage> => {
      if (deleted.has(id)) return toldDeleted(id);
      return readTicketTime({ api, names, unitOf }, id, signal);
    });
    yield* await Promise.all(reads);
    // The page was stored before the next is asked for: so its tickets need no mark any more.
    const taken = batch.filter((id) => deleted.delete(id));
    if (taken.length > 0) await writeDeleted(api, deleted);
  }
}

/** Where a ticket's own time does not tell the unit, or contradicts it, that of these tickets may. */
function createUnitOf(api: Api, sampleIds: readonly SourceId[], signal: AbortSignal): UnitOf {
  let sample: Promise<ActionWire[]> | null = null;
  const readSample = async (): Promise<ActionWire[]> => {
    const known: ActionWire[] = [];
    for (const id of sampleIds) {
      try {
        known.push(...(await readActions(api, id, signal)).actions);
      } catch (error) {
        // A ticket that is gone is told of when its own turn comes.
        if (!isKindError(error, 'rejected')) throw error;
      }
    }
    return known;
  };
  return (actions) =>
    unitFor(api, actions, () => {
      sample ??= readSample();
      return sample;
    });
}

interface TimeRooms {
  api: Api;
  names: Names;
  unitOf: UnitOf;
}

async function readTicketTime(
  rooms: TimeRooms,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  try {
    const { raw, actions, rejected } = await readActions(rooms.api, ticketId, signal);
    if (raw.length === 0) return await readWithoutActions(rooms.api, ticketId, signal);
    const timed = actions.filter(holdsTime);
    if (timed.length === 0) return { ticketIds: [ticketId], rows: [], rejected };
    const facts = await factsOf(rooms, timed, signal);
    const ids = new Set(timed.map(({ id }) => id));
    const believed = parseRows(
      raw.filter((row) => ids.has(idOf(row) ?? '')),
      ActionWire,
      (action) => fromAction(action, facts),
      (row) => entryIdOf(row, ticketId),
    );
    return {
      ticketIds: [ticketId],
      rows: believed.rows,
      rejected: [...rejected, ...believed.rejected],
    };
  } catch (error) {
    if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
    return unreadable(ticketId, 'was listed, but its actions are not there (404)');
  }
}

function entryIdOf(row: unknown, ticketId: SourceId): string | null {
  const id = idOf(row);
  return id === null ? null : actionId({ id, ticket_id: ticketId });
}

/** All actions of a ticket. Throws `contract` when one of another ticket comes along. */
export async function readActions(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<{ raw: readonly unknown[]; actions: ActionWire[]; rejected: RejectedRow[] }> {
  const { rows: raw } = await api.whole(actionList(ticketId), signal);
  const { rows: actions, rejected } = parseRows(
    raw,
    ActionWire,
    (action) => action,
    (row) => entryIdOf(row, ticketId),
  );
  const stranger = actions.find((action) => action.ticket_id !== ticketId);
  if (stranger === undefined) return { raw, actions, rejected };
  throw ignored('/Actions', `an action of ticket ${stranger.ticket_id}`);
}

/** A ticket has at least the action that opened it: no action at all may be a lost permission. */
async function readWithoutActions(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  const ticket = await api.get(`/Tickets/${ticketId}`, {}, TicketDetail, signal);
  const isEmpty = ticket.timetaken == null || isNothing(ticket.timetaken);
  if (ticket.deleted === true) return toldDeleted(ticketId);
  if (isEmpty) return { ticketIds: [ticketId], rows: [], rejected: [] };
  return unreadable(ticketId, `holds time (${ticket.timetaken}) and shows no action`);
}

/** Halo says itself that the ticket was deleted, and all its time with it. */
function toldDeleted(ticketId: SourceId): TicketTimePage {
  return { ticketIds: [ticketId], rows: [], rejected: [], deletions: Number.POSITIVE_INFINITY };
}

function unreadable(ticketId: SourceId, what: string): TicketTimePage {
  const reason = `The ticket ${what}. Its time stays as last read; look whether it was deleted, or the permission to see it taken away.`;
  const row = { sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } };
  return { ticketIds: [], rows: [], rejected: [row] };
}

async function factsOf(
  { api, names, unitOf }: TimeRooms,
  timed: readonly ActionWire[],
  signal: AbortSignal,
): Promise<TimeFacts> {
  const agentIds = timed
    .flatMap((one) => [one.who_agentid ?? [], one.actionby_agent_id ?? []].flat())
    .filter((id) => !isNobody(id));
  const typeIds = timed.flatMap((one) => one.chargerate ?? []);
  const agents = await names.byId('agents', agentIds, signal);
  const types = await names.byId('charge types', typeIds, signal);
  return {
    unit: await unitOf(timed),
    billableBy: api.config.billableBy,
    technician: (id) => agents.get(id) ?? unlistedName(id),
    chargeType: (id) => types.get(id) ?? unlistedName(id),
  };
}

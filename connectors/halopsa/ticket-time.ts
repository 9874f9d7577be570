/** The time of each ticket: its actions, one request a ticket, since Halo shows them in no other way. */
import { isKindError } from '../../src/domain/errors.ts';
import type { SourceId, TicketTimePage } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, idOf, type List } from './api.ts';
import { refuseIfNot } from './facts.ts';
import { ignored } from './lists.ts';
import { actionId, fromAction, holdsTime, isNothing, type TimeFacts } from './mapping.ts';
import type { Names } from './names.ts';
import { ActionWire, TicketDetail } from './schema.ts';
import { readDeleted, writeDeleted } from './tickets.ts';
import { unitFor } from './time-unit.ts';

/** Tickets read side by side; their pages still come out in the order asked. */
const atOnce = 4;

/** Tickets whose entries may settle the unit of time. */
const unitTicketsMax = 20;

/**
 * Without `timeentriesonly` and `excludesys`: what they leave out is not documented, and an action left
 * out would be time for nothing.
 */
export function actionList(ticketId: SourceId): List {
  return { path: '/Actions', rows: 'actions', query: { ticket_id: ticketId } };
}

export async function* pullTicketTime(
  api: Api,
  names: Names,
  ticketIds: readonly SourceId[],
  signal: AbortSignal,
): AsyncGenerator<TicketTimePage> {
  await refuseIfNot(api.context, 'dates-utc');
  if (ticketIds.length === 0) return;
  const deleted = await readDeleted(api);
  const unit = await unitFor(api, async () => {
    const known: ActionWire[] = [];
    for (const id of ticketIds.filter((one) => !deleted.has(one)).slice(0, unitTicketsMax)) {
      known.push(...(await readActions(api, id, signal)).actions);
    }
    return known;
  });
  for (let from = 0; from < ticketIds.length; from += atOnce) {
    const batch = ticketIds.slice(from, from + atOnce);
    const reads = batch.map(async (id): Promise<TicketTimePage> => {
      if (deleted.has(id)) return { ticketIds: [id], rows: [], rejected: [] };
      return readTicketTime(api, names, unit, id, signal);
    });
    yield* await Promise.all(reads);
    // The page was stored before the next is asked for: so its tickets need no mark any more.
    if (batch.some((id) => deleted.delete(id))) await writeDeleted(api, deleted);
  }
}

async function readTicketTime(
  api: Api,
  names: Names,
  unit: TimeFacts['unit'],
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  try {
    const { raw, actions } = await readActions(api, ticketId, signal);
    if (raw.length === 0) return await readWithoutActions(api, ticketId, signal);
    const timed = new Set(actions.filter(holdsTime).map(({ id }) => id));
    const known = new Set(actions.map(({ id }) => id));
    const facts = await factsOf(api, names, unit, actions, signal);
    const believed = parseRows(
      raw.filter((row) => timed.has(idOf(row) ?? '') || !known.has(idOf(row) ?? '')),
      ActionWire,
      (action) => fromAction(action, facts),
      (row) => (idOf(row) === null ? null : actionId({ id: idOf(row) ?? '', ticket_id: ticketId })),
    );
    return { ticketIds: [ticketId], ...believed };
  } catch (error) {
    if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
    return unreadable(ticketId, 'was listed, but its actions are not there (404)');
  }
}

/** All actions of a ticket. Throws `contract` when one of another ticket comes along. */
export async function readActions(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<{ raw: readonly unknown[]; actions: ActionWire[] }> {
  const { rows: raw } = await api.whole(actionList(ticketId), signal);
  const { rows: actions } = parseRows(raw, ActionWire, (action) => action);
  const stranger = actions.find((action) => action.ticket_id !== ticketId);
  if (stranger !== undefined)
    throw ignored('/Actions', `an action of ticket ${stranger.ticket_id}`);
  return { raw, actions };
}

/** A ticket has at least the action that opened it: no action at all may be a lost permission. */
async function readWithoutActions(
  api: Api,
  ticketId: SourceId,
  signal: AbortSignal,
): Promise<TicketTimePage> {
  const ticket = await api.get(`/Tickets/${ticketId}`, {}, TicketDetail, signal);
  const isEmpty = ticket.timetaken == null || isNothing(ticket.timetaken);
  if (isEmpty || ticket.deleted === true) return { ticketIds: [ticketId], rows: [], rejected: [] };
  return unreadable(ticketId, `holds time (${ticket.timetaken}) and shows no action`);
}

function unreadable(ticketId: SourceId, what: string): TicketTimePage {
  const reason = `The ticket ${what}. Its time stays as last read; look whether it was deleted, or the permission to see it taken away.`;
  const row = { sourceId: `ticket ${ticketId}`, reason, row: { id: ticketId } };
  return { ticketIds: [], rows: [], rejected: [row] };
}

async function factsOf(
  api: Api,
  names: Names,
  unit: TimeFacts['unit'],
  actions: readonly ActionWire[],
  signal: AbortSignal,
): Promise<TimeFacts> {
  const timed = actions.filter(holdsTime);
  const agentIds = timed.flatMap((one) => one.who_agentid ?? one.actionby_agent_id ?? []);
  const typeIds = timed.flatMap((one) => one.chargerate ?? []);
  const agents = agentIds.length === 0 ? new Map() : await names.byId('agents', agentIds, signal);
  const types =
    typeIds.length === 0 ? new Map() : await names.byId('charge types', typeIds, signal);
  return {
    unit,
    billableBy: api.config.billableBy,
    technician: (id) => agents.get(id) ?? `Agent ${id}`,
    chargeType: (id) => types.get(id) ?? `Charge type ${id}`,
  };
}

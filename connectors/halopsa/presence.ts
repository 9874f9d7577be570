/** Which time there is now: Halo does not tell of actions that were deleted. */
import type { ZodType } from 'zod';
import type { Presence, PresenceRequest, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { addDays, addSeconds } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { readFact } from './facts.ts';
import { clientLists, filterMoment, refuseStranger } from './lists.ts';
import { actionId, holdsTime, startOf } from './mapping.ts';
import { ActionWire, TicketWire } from './schema.ts';
import { readActions } from './ticket-time.ts';
import { ticketList } from './tickets.ts';
import { readUnit, unitFor } from './time-unit.ts';

/** An action's date may lie a little beside its start, by which the sweep asks. */
const marginDays = 2;

export function createPresence(api: Api): Presence {
  /** What was counted for the question asked last: the count is of the very same answers. */
  let counted: { question: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    const tickets = await ticketsOf(api, request);
    const found = new Set<SourceId>();
    for await (const rows of actionsOf(api, tickets, request)) {
      const timed = allOf('/Actions', rows, ActionWire).filter(
        (row) => tickets.has(row.ticket_id) && holdsTime(row),
      );
      const fresh = (await within(api, timed, request)).filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
    }
    counted = { question: questionOf(request), count: found.size };
  }

  return {
    ids,
    ticketOf: (id) => id.slice(0, id.lastIndexOf('-')),
    /** Halo counts the actions of each list; each was held against that while it was read. */
    async count(request) {
      if (counted?.question !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
}

/** Day by day, where this Halo is known to list actions so; else ticket by ticket. */
async function* actionsOf(
  api: Api,
  tickets: ReadonlySet<SourceId>,
  request: PresenceRequest,
): AsyncGenerator<readonly unknown[]> {
  if ((await readFact(api.context, 'actions-by-date')) === 'yes') {
    for (const day of daysOf(request)) yield await actionsOfDay(api, day, request.signal);
    return;
  }
  for (const id of tickets) yield (await readActions(api, id, request.signal)).raw;
}

/** Ids of the actions whose work began in the window, by the very rule that their rows are made with. */
async function within(
  api: Api,
  timed: readonly ActionWire[],
  { from, to }: PresenceRequest,
): Promise<SourceId[]> {
  if (timed.length === 0) return [];
  const unit = (await readUnit(api)) ?? (await unitFor(api, timed, async () => []));
  const isWithin = (action: ActionWire): boolean => {
    try {
      const startedAt = startOf(action, unit);
      return startedAt >= from && startedAt < to;
    } catch (error) {
      // Set aside when it was read, so that an earlier reading of it stays as it is.
      if (isKindError(error, 'contract')) return true;
      throw error;
    }
  };
  return timed.filter(isWithin).map(actionId);
}

/** A row that cannot be read would otherwise count as one that is gone. */
function allOf<Wire>(path: string, raw: readonly unknown[], schema: ZodType<Wire>): Wire[] {
  const { rows, rejected } = parseRows(raw, schema, (row) => row);
  const [unreadable] = rejected;
  if (unreadable === undefined) return rows;
  throw new KindError('contract', `GET ${path}, ${unreadable.sourceId}: ${unreadable.reason}.`);
}

function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}

const OwnedTicket = TicketWire.pick({ id: true, client_id: true });

/** Tickets of the clients that may hold work of the window: whatever was logged since has changed them. */
async function ticketsOf(api: Api, request: PresenceRequest): Promise<Set<SourceId>> {
  const found = new Set<SourceId>();
  const lastupdatefromdate = filterMoment(addSeconds(request.from, -marginDays * 86_400));
  for (const { ids, query } of await clientLists(api, request.clientIds)) {
    const list = ticketList({ ...query, lastupdatefromdate });
    for await (const { rows } of api.pages(list, request.signal)) {
      for (const { id, client_id } of allOf('/Tickets', rows, OwnedTicket)) {
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

/** Into the next day, so that nothing falls between two; Halo may even read its end as that whole day. */
export async function actionsOfDay(
  api: Api,
  day: string,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const query = { startdate: `${day}T00:00:00`, enddate: `${addDays(day, 1)}T00:00:01` };
  const list = { path: '/Actions', rows: 'actions', query };
  return (await api.whole(list, signal)).rows;
}

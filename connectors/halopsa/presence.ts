/** Which time there is now: Halo does not tell of actions that were deleted. */
import type { ZodType } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { addDays, addSeconds } from '../../src/domain/time.ts';
import type { Presence, PresenceRequest, SourceId } from '../contract.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { facts, readFact } from './facts.ts';
import { clientLists, filterMoment, refuseStranger } from './lists.ts';
import { actionId, holdsTime, startOf } from './mapping.ts';
import { ActionWire, TicketWire } from './schema.ts';
import { ticketList } from './tickets.ts';

/** An action's date may lie a little beside its start, by which the sweep asks. */
const marginDays = 2;

export function createPresence(api: Api): Presence {
  /** What was counted for the question asked last: the count is of the very same answers. */
  let counted: { question: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    if ((await readFact(api.context, 'actions-by-date')) !== 'yes') {
      throw new KindError('config', `Not known to be so here: ${facts['actions-by-date'].claim}`, {
        fix: 'Run check, which settles it once there is time in Halo. Until then nothing is swept.',
      });
    }
    const tickets = await ticketsOf(api, request);
    const found = new Set<SourceId>();
    for (const day of daysOf(request)) {
      const { rows } = await actionsOfDay(api, day, request.signal);
      const fresh = allOf('/Actions', rows, ActionWire)
        .filter((row) => tickets.has(row.ticket_id) && holdsTime(row))
        .filter((row) => isWithin(startOf(row), request))
        .map(actionId)
        .filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      yield fresh;
    }
    counted = { question: questionOf(request), count: found.size };
  }

  return {
    ids,
    ticketOf: (id) => id.slice(0, id.lastIndexOf('-')),
    /** Halo counts a day's actions of all clients; each day's list was held against that while it was read. */
    async count(request) {
      if (counted?.question !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
}

/** A row that cannot be read would otherwise count as one that is gone. */
function allOf<Wire>(path: string, raw: readonly unknown[], schema: ZodType<Wire>): Wire[] {
  const { rows, rejected } = parseRows(raw, schema, (row) => row);
  const [unreadable] = rejected;
  if (unreadable === undefined) return rows;
  throw new KindError('contract', `GET ${path}, ${unreadable.sourceId}: ${unreadable.reason}.`);
}

function isWithin(startedAt: string, { from, to }: PresenceRequest): boolean {
  return startedAt >= from && startedAt < to;
}

function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}

/** Tickets of the clients that may hold work of the window: whatever was logged since has changed them. */
async function ticketsOf(api: Api, request: PresenceRequest): Promise<Set<SourceId>> {
  const found = new Set<SourceId>();
  const lastupdatefromdate = filterMoment(addSeconds(request.from, -marginDays * 86_400));
  for (const { ids, query } of await clientLists(api, request.clientIds)) {
    const list = ticketList({ ...query, lastupdatefromdate });
    for await (const { rows } of api.pages(list, request.signal)) {
      for (const { id, client_id } of allOf('/Tickets', rows, TicketWire)) {
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
export function actionsOfDay(api: Api, day: string, signal: AbortSignal) {
  const query = { startdate: `${day}T00:00:00`, enddate: `${addDays(day, 1)}T00:00:01` };
  return api.whole({ path: '/Actions', rows: 'actions', query }, signal);
}

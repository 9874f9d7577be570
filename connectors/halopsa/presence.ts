/** Which time there is now: Halo does not tell of actions that were deleted. */
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
    let count = 0;
    for (const day of daysOf(request)) {
      const { rows } = await actionsOfDay(api, day, request.signal);
      const entries = parseRows(rows, ActionWire, (action) => action);
      // A row that cannot be read would otherwise count as one that is gone.
      const [unreadable] = entries.rejected;
      if (unreadable !== undefined)
        throw new KindError('contract', `GET /Actions: ${unreadable.reason}`);
      const wanted = entries.rows.filter((row) => tickets.has(row.ticket_id) && holdsTime(row));
      const found = wanted.filter((row) => isWithin(startOf(row), request)).map(actionId);
      count += found.length;
      yield found;
    }
    counted = { question: questionOf(request), count };
  }

  return {
    ids,
    /** Halo counts a day's actions of all clients; each day's list was held against that while it was read. */
    async count(request) {
      if (counted?.question !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
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
      for (const row of rows) {
        const { id, client_id } = TicketWire.parse(row);
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

export function actionsOfDay(api: Api, day: string, signal: AbortSignal) {
  const query = { startdate: `${day}T00:00:00`, enddate: `${day}T23:59:59` };
  return api.whole({ path: '/Actions', rows: 'actions', query }, signal);
}

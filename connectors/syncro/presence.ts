/** Which time there is now: a deleted timer just disappears. */
import { z } from 'zod';
import type { Presence, PresenceRequest, SourceId } from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { known, WireInstant } from '../http/wire.ts';
import { type Api, believeRows, clientNumbers } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { createdTimers } from './lists.ts';
import { createOwners, listRecent } from './recent-tickets.ts';
import { NumberId } from './schema.ts';

/** Timers are listed by when they were made; work may have been entered so long before it began. */
const marginSeconds = 31 * 86_400;

const Present = z.object({
  id: NumberId,
  ticket_id: NumberId,
  start_time: WireInstant,
  end_time: known(WireInstant),
});

export function createPresence(api: Api): Presence {
  /** What was counted for the question asked last: the count is of the very same answers. */
  let counted: { question: string; count: number } | null = null;

  async function* ids(request: PresenceRequest): AsyncGenerator<readonly SourceId[]> {
    await refuseIfFalse(api.context, 'tickets-since', 'timers-since');
    const ours = new Set(clientNumbers(request.clientIds));
    const since = addSeconds(request.from, -marginSeconds);
    const tickets = await listRecent(api, since, request.signal);
    const owners = createOwners(api, tickets, request.signal);
    const found = new Set<SourceId>();
    for await (const page of api.pages(createdTimers(since), request.signal)) {
      const fresh: SourceId[] = [];
      // A row that cannot be read would otherwise count as one that is gone.
      for (const timer of believeRows('/ticket_timers', page.rows, Present)) {
        const { start_time: start, end_time: end } = timer;
        const isAsked = end !== null && start >= request.from && start < request.to;
        if (!isAsked || found.has(timer.id)) continue;
        const owner = await owners.of(timer.ticket_id);
        if (owner === null || !ours.has(owner)) continue;
        found.add(timer.id);
        fresh.push(timer.id);
      }
      yield fresh;
    }
    counted = { question: questionOf(request), count: found.size };
  }

  return {
    ids,
    /** Syncro counts pages and not rows; each page was held against that count while it was read. */
    async count(request) {
      if (counted?.question !== questionOf(request)) for await (const _ of ids(request));
      return counted?.count ?? 0;
    },
  };
}

function questionOf({ from, to, clientIds }: PresenceRequest): string {
  return [from, to, ...clientIds].join(' ');
}

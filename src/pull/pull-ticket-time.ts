import type { Pulls } from '../contract/connector.ts';
import { unlistedInTime } from '../domain/records/unlisted-names.ts';
import { countPage, type PullCounts } from './counts.ts';
import type { PullContext } from './pull-stream.ts';
import { validateTimeEntries } from './validate.ts';

/** Tickets requested at once; each is marked as read together with its rows. */
const ticketsPerCall = 50;

type TicketTimeContext = Pick<
  PullContext,
  | 'store'
  | 'connection'
  | 'runId'
  | 'runStartedAt'
  | 'signal'
  | 'stop'
  | 'onPage'
  | 'onUnlisted'
  | 'areLossesAccepted'
>;

/**
 * Reads the time of all tickets changed since their time was last read, for vendors that only list
 * time per ticket. A ticket whose time is not returned (it may be deleted) stays queued for the
 * next run.
 */
export async function pullTicketTime(
  context: TicketTimeContext,
  pull: NonNullable<Pulls['ticketTime']>,
  counts: PullCounts,
): Promise<void> {
  const { store, connection, runId, runStartedAt: at, signal, stop } = context;
  let after = '';
  for (;;) {
    const ticketIds = await store.listTimeDue(connection, ticketsPerCall, after);
    const last = ticketIds.at(-1);
    if (last === undefined || stop.aborted) return;
    after = last;
    for await (const page of pull(ticketIds, signal)) {
      const { rows, rejected } = await validateTimeEntries(context, page.rows);
      const unread = page.rejected.map(({ sourceId, reason, row }) => ({
        sourceId,
        reason,
        row: null,
        vendorRow: row,
      }));
      const outcome = await store.writePage({
        stream: 'timeEntries',
        rows,
        rejected: [...unread, ...rejected],
        connection,
        at,
        runId,
        since: at,
        completeTicketIds: page.ticketIds,
        ...(page.deletions === undefined ? {} : { deletions: page.deletions }),
        askedClientIds: counts.vanished.map(({ clientId }) => clientId),
        areLossesAccepted: context.areLossesAccepted === true,
      });
      countPage(counts, 'timeEntries', page.rows.length + page.rejected.length, outcome);
      context.onPage?.('timeEntries', counts.rows);
      context.onUnlisted?.(rows.flatMap(unlistedInTime));
      if (stop.aborted) return;
    }
  }
}

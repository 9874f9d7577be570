/** The lists that are read for what changed, and what each must keep to. */
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import type { List } from './api.ts';

/** Filters are "after" a moment, where we ask for "at or after". */
function justBefore(since: Instant): Instant {
  return addSeconds(since, -1);
}

export function changedTickets(since: Instant): List {
  const query = { since_updated_at: justBefore(since) };
  return { path: '/tickets', rows: 'tickets', query };
}

export function createdTimers(since: Instant): List {
  const query = { created_at_gt: justBefore(since) };
  return { path: '/ticket_timers', rows: 'ticket_timers', query };
}

export function changedInvoices(since: Instant): List {
  const query = { since_updated_at: justBefore(since) };
  return { path: '/invoices', rows: 'invoices', query };
}

/** A filter that counts whole days, in whatever zone, may show rows that are older by so much. */
const reachSeconds = 2 * 86_400;

/** Throws `contract` for a row that the filter should have left out: then all rows ever would come. */
export function refuseOld({ path }: List, at: Instant, since: Instant): void {
  if (at >= addSeconds(since, -reachSeconds)) return;
  throw new KindError(
    'contract',
    `GET ${path} answered with a row of ${at}: a filter was ignored.`,
    {
      fix: 'The API may have changed. Run check.',
    },
  );
}

import type {
  Page,
  PullRequest,
  Pulls,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { createClientsPull } from './clients.ts';
import type { RequestTrackerConfig } from './config.ts';
import { refuseUnless } from './facts.ts';
import { fieldValueOf, fromTicket, fromTime } from './mapping.ts';
import { anyOf, momentBefore, wholeSecond } from './query.ts';
import { TicketItem, TimeItem } from './schema.ts';

const timeFields = ['ObjectId', 'Creator', 'Created', 'TimeTaken'];

/** Time that counts: on tickets, not on reminders, and not on what was deleted. RT then filters by rights. */
const anyTime =
  "ObjectType = 'RT::Ticket' AND TimeTaken != 0 AND TicketType = 'ticket' AND TicketStatus != 'deleted'";

export function createPulls(api: Api): Pulls {
  const readTime = api.config.workTypeField === undefined ? timeEntries : timeByTicket;
  return {
    clients: createClientsPull(api),
    tickets: (request) => tickets(api, request),
    timeEntries: (request) => readTime(api, request),
  };
}

async function* tickets(api: Api, request: PullRequest): AsyncGenerator<Page<TicketRow>> {
  for await (const { items, rejected, resume } of changedTickets(api, request)) {
    yield { rows: items.map((item) => fromTicket(item, api.config)), rejected, resume };
  }
}

/**
 * Tickets changed since the moment, all queues that the user sees: a ticket that left a client's
 * queue must be seen to leave. A merge touches neither the merged ticket's `LastUpdated` nor its
 * status, only its history; `Updated` looks there, and naming `EffectiveId` makes RT show tickets
 * that were merged away at all.
 */
async function* changedTickets({ config, context, pages }: Api, request: PullRequest) {
  await refuseUnless(context.memory, 'fact.query-dates');
  const { resume, signal } = request;
  const since = wholeSecond(request.since);
  const moment = momentBefore(since, context.now());
  const found = pages({
    path: '/tickets',
    query: (afterId) =>
      `EffectiveId > 0 AND (LastUpdated > ${moment} OR Updated > ${moment}) AND id > ${afterId}`,
    fields: ticketFields(config),
    afterId: resume,
    needsTotal: true,
    signal,
  });
  for await (const { items, lastId } of found) {
    const { rows, rejected } = parseRows(items, TicketItem, (item) => item);
    const changed = rows.filter(
      (one) => one.LastUpdated >= since || (one.EffectiveId ?? one.id) !== one.id,
    );
    yield { items: changed, rejected, resume: lastId ?? resume };
  }
}

function ticketFields({ clientFrom, workTypeField }: RequestTrackerConfig): string[] {
  const fields = ['Subject', 'Status', 'EffectiveId', 'LastUpdated', 'Resolved', 'Queue.Name'];
  if (clientFrom === 'organization') fields.push('Requestor.Organization');
  const hasField = clientFrom === 'custom-field' || workTypeField !== undefined;
  return hasField ? [...fields, 'CustomFields'] : fields;
}

/** Transactions are never edited, so that what is new since the moment is all there is. */
async function* timeEntries(api: Api, request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
  const { resume, signal } = request;
  const since = wholeSecond(request.since);
  const condition = `Created > ${momentBefore(since, api.context.now())}`;
  for await (const { items, lastId } of timePages(api, condition, resume, signal)) {
    const { rows, rejected } = parseRows(items, TimeItem, (item) => fromTime(item, null));
    const isNew = (row: TimeEntryRow) => row.endedAt >= since;
    yield { rows: rows.filter(isNew), rejected, resume: lastId ?? resume };
  }
}

/**
 * Where the work type is the ticket's, all time of a changed ticket is read again: its work type may
 * be what changed. New time changes its ticket, so that none is missed.
 */
async function* timeByTicket(api: Api, request: PullRequest): AsyncGenerator<Page<TimeEntryRow>> {
  const field = api.config.workTypeField ?? '';
  for await (const changed of changedTickets(api, request)) {
    if (changed.items.length === 0) continue;
    const workTypes = new Map(changed.items.map((item) => [item.id, fieldValueOf(item, field)]));
    const onThem = anyOf('ObjectId', [...workTypes.keys()]);
    for await (const { items } of timePages(api, onThem, null, request.signal)) {
      const toRow = (item: TimeItem) => fromTime(item, workTypes.get(item.ObjectId) ?? null);
      yield { ...parseRows(items, TimeItem, toRow), resume: null };
    }
    yield { rows: [], rejected: [], resume: changed.resume };
  }
}

/**
 * A page that is not full ends nothing here: RT cuts it before it hides comments, and it may hide those
 * of a queue that is no client's, which no check looks at.
 */
async function* timePages(
  { context, pages }: Api,
  condition: string,
  afterId: string | null,
  signal: AbortSignal,
) {
  await refuseUnless(context.memory, 'fact.query-dates', 'fact.time-visible');
  yield* pages({
    path: '/transactions',
    query: (after) => `${anyTime} AND ${condition} AND id > ${after}`,
    fields: timeFields,
    afterId,
    signal,
  });
}

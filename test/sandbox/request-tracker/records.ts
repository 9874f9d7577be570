/** How the sandbox's tickets, transactions, messages, queues and users look over REST 2.0. */
import type { Collection } from './collections.ts';
import type { Value } from './search.ts';
import type { QueueState, State, TicketState, TransactionState } from './state.ts';

export interface Asking {
  state: State;
  /** A super user sees all, and is therefore told how many there are. */
  isSuperUser: boolean;
  /** `$UseSQLForACLChecks`: whether rights are part of the search for tickets. */
  usesSqlForRights: boolean;
}

/** RT sends timestamps in UTC to the second, and the epoch for "never". */
export function momentText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function ticketCollection(asking: Asking, query: string): Collection<TicketState> {
  const { state } = asking;
  const isSeen = (ticket: TicketState): boolean => ticket.queue.rights.has('ShowTicket');
  // Tickets that were merged away show only to a search that names EffectiveId, deleted ones never.
  const rows = state.tickets.filter(
    (ticket) =>
      ticket.status !== 'deleted' &&
      (ticket.id === ticket.effectiveId || /EffectiveId/i.test(query)) &&
      (!asking.usesSqlForRights || isSeen(ticket)),
  );
  return {
    rows,
    type: 'ticket',
    hasTotal: asking.usesSqlForRights || asking.isSuperUser,
    momentField: 'LastUpdated',
    isHidden: (ticket) => !isSeen(ticket),
    read: (ticket, field) => readTicket(state, ticket, field),
    show: (ticket, field) => showTicket(state, ticket, field),
  };
}

function readTicket(state: State, ticket: TicketState, field: string): Value | undefined {
  const named = /^CF\.\{(.*)\}$/.exec(field)?.[1];
  // A field that does not exist is not an error: nothing has it.
  if (named !== undefined) return ticket.fields.get(named) ?? [];
  const values: Record<string, Value> = {
    id: ticket.id,
    EffectiveId: ticket.effectiveId,
    Status: ticket.status,
    Subject: ticket.subject,
    Queue: [ticket.queue.name, String(ticket.queue.id)],
    TimeWorked: ticket.minutes,
    LastUpdated: new Date(ticket.updatedMs),
    Created: new Date(ticket.createdMs),
    Updated: lastTransaction(state, ticket),
    'Requestor.Organization': ticket.requestors.map(
      (name) => state.users.get(name)?.organization ?? '',
    ),
  };
  return values[field];
}

/** `Updated > timestamp` asks whether any transaction is later: so the last one decides. */
function lastTransaction(state: State, ticket: TicketState): Date {
  return new Date(state.lastMadeMs.get(ticket.id) ?? ticket.createdMs);
}

function showTicket(state: State, ticket: TicketState, field: string): unknown {
  if (field === 'Queue' || field === 'Queue.Name') {
    const queue = { id: String(ticket.queue.id), type: 'queue' };
    return field === 'Queue' ? queue : { ...queue, Name: ticket.queue.name };
  }
  if (field.startsWith('Requestor')) {
    return ticket.requestors.map((name) => ({
      id: name,
      type: 'user',
      Organization: state.users.get(name)?.organization ?? '',
    }));
  }
  const values: Record<string, unknown> = {
    Subject: ticket.subject,
    Status: ticket.status,
    EffectiveId: String(ticket.effectiveId),
    LastUpdated: momentText(ticket.updatedMs),
    Created: momentText(ticket.createdMs),
    Resolved: momentText(ticket.resolvedMs),
    TimeWorked: String(ticket.minutes),
    CustomFields: fieldsOf(ticket),
  };
  return values[field];
}

/** RT leaves the list out of a ticket without fields when asked by name. */
export function fieldsOf(ticket: TicketState): unknown[] | '' {
  const names = [...ticket.queue.fields];
  if (names.length === 0) return '';
  return names.map((name, index) => ({
    id: String(index + 2),
    type: 'customfield',
    name,
    values: ticket.fields.get(name) ?? [],
  }));
}

export function transactionCollection(
  asking: Asking,
  rows: readonly TransactionState[],
): Collection<TransactionState> {
  const { state, isSuperUser } = asking;
  const onTicket = (row: TransactionState): TicketState => state.requireTicket(row.ticketId);
  return {
    rows: rows.filter((row) => onTicket(row).queue.rights.has('ShowTicket')),
    type: 'transaction',
    hasTotal: isSuperUser,
    momentField: 'Created',
    isHidden: (row) => isHiddenComment(asking, row),
    read: (row, field) => {
      const own = state.tickets[row.ticketId - 1];
      const values: Record<string, Value> = {
        id: row.id,
        ObjectType: 'RT::Ticket',
        ObjectId: row.ticketId,
        Type: row.type,
        TimeTaken: row.minutes,
        Created: new Date(row.createdMs),
        TicketType: 'ticket',
        TicketStatus: own?.status ?? '',
        TicketQueue: [own?.queue.name ?? '', String(own?.queue.id)],
      };
      return values[field];
    },
    show: (row, field) =>
      ({
        Type: row.type,
        Field: row.field,
        ObjectId: String(row.ticketId),
        TimeTaken: String(row.minutes),
        Created: momentText(row.createdMs),
        Creator: { id: row.creator, type: 'user' },
        'Creator.EmailAddress': {
          id: row.creator,
          type: 'user',
          EmailAddress: state.users.get(row.creator)?.email ?? '',
        },
      })[field],
  };
}

export function isHiddenComment({ state }: Asking, row: TransactionState): boolean {
  const { rights } = state.requireTicket(row.ticketId).queue;
  return row.type === 'Comment' && !rights.has('ShowTicketComments');
}

/** One attachment a message, with an id of its own. */
export function attachmentCollection(
  asking: Asking,
  rows: readonly TransactionState[],
): Collection<TransactionState> {
  return {
    ...transactionCollection(
      asking,
      rows.filter((row) => row.content !== null),
    ),
    type: 'attachment',
    shownId: (row) => String(attachmentId(row)),
    read: (row, field) =>
      ({
        id: attachmentId(row),
        TransactionId: String(row.id),
        ContentType: 'text/plain',
      })[field],
    show: (row, field) =>
      ({ TransactionId: String(row.id), ContentType: 'text/plain', Content: row.content })[field],
  };
}

function attachmentId(row: TransactionState): number {
  return row.id + 7;
}

export function queueCollection(asking: Asking): Collection<QueueState> {
  return {
    rows: asking.state.queues,
    type: 'queue',
    hasTotal: asking.isSuperUser,
    momentField: 'LastUpdated',
    isHidden: (queue) => !queue.rights.has('SeeQueue'),
    read: (queue, field) => (field === 'id' ? queue.id : undefined),
    show: (queue, field) =>
      ({
        Name: queue.name,
        Disabled: queue.isDisabled ? '1' : '0',
        LastUpdated: momentText(queue.updatedMs),
      })[field],
  };
}

interface UserRow {
  id: number;
  name: string;
  organization: string;
}

/** Listed by name, which is also the ID. */
export function userCollection({ state }: Asking): Collection<UserRow> {
  const names = [...state.users.keys()].sort();
  return {
    rows: names.map((name, id) => ({
      id,
      name,
      organization: state.users.get(name)?.organization ?? '',
    })),
    type: 'user',
    hasTotal: true,
    shownId: (user) => user.name,
    read: () => undefined,
    show: (user, field) => ({ Name: user.name, Organization: user.organization })[field],
  };
}

interface FieldRow {
  id: number;
  name: string;
}

export function fieldCollection({ state, isSuperUser }: Asking): Collection<FieldRow> {
  return {
    rows: [...state.fields.keys()].map((name, index) => ({ id: index + 2, name })),
    type: 'customfield',
    hasTotal: isSuperUser,
    read: (field, name) => (name === 'Name' ? field.name : undefined),
    show: (field, name) =>
      ({ Name: field.name, Type: 'Select', LookupType: 'RT::Queue-RT::Ticket' })[name],
  };
}

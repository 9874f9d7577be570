import type { Agreement, Client } from '../agreements/terms.ts';
import { type DateText, dateInZone, type Instant } from '../time.ts';
import { isListed, type RuleName } from './coverage.ts';

/** The fields of an entry and its ticket (after merges) that decide its standing. */
export interface StandingEntry {
  sourceId: string;
  connection: string;
  ticketId: string | null;
  clientId: string | null;
  startedAt: Instant;
  isApproved: boolean | null;
  agreement: RuleName;
  deletedAt: Instant | null;
}

export interface StandingTicket {
  sourceId: string;
  number: string;
  clientId: string | null;
  board: RuleName;
  ticketType: RuleName;
  agreement: RuleName;
  isClosed: boolean;
}

/** Why work is not debited now. */
export type OpenReason =
  | 'client-unmapped'
  | 'without-client'
  | 'ticket-unseen'
  | 'not-in-agreement'
  | 'before-start'
  | 'before-move'
  | 'before-agreement'
  | 'after-agreement'
  | 'ticket-open'
  | 'not-approved'
  | 'held-without-ticket'
  | 'corrected-too-far'
  | 'double-count'
  | 'no-hours';

export type Standing =
  /** Deleted. */
  | { state: 'gone' }
  /** Something must be corrected first. `subject` is what the warning is about. */
  | { state: 'waiting'; reason: OpenReason; subject: { stream: string; sourceId: string } }
  /** Not under this agreement; mirrored and never debited. */
  | { state: 'outside'; reason: OpenReason; client: Client; workedOn: DateText }
  | { state: 'pending'; reason: OpenReason; client: Client; workedOn: DateText }
  | { state: 'due'; client: Client; workedOn: DateText };

interface StandingQuestion {
  entry: StandingEntry;
  /** Undefined: the ticket is unknown. Null: the entry has no ticket. */
  ticket: StandingTicket | null | undefined;
  findClient(connection: string, sourceId: string): Client | undefined;
  /** First day that counts for the client. */
  startOn(client: Client): DateText;
}

/** Steps 1 to 3 of a debit: which client, under which terms, and when. */
export function decideStanding(question: StandingQuestion): Standing {
  const { entry, ticket } = question;
  if (entry.deletedAt !== null) return { state: 'gone' };
  if (ticket === undefined) {
    return waiting('ticket-unseen', 'tickets', entry.ticketId ?? entry.sourceId);
  }
  const sourceId = ticket?.clientId ?? entry.clientId;
  if (sourceId === null) {
    return ticket === null
      ? waiting('without-client', 'timeEntries', entry.sourceId)
      : waiting('without-client', 'tickets', ticket.sourceId);
  }
  const client = question.findClient(entry.connection, sourceId);
  if (client === undefined) return waiting('client-unmapped', 'clients', sourceId);
  const workedOn = dateInZone(entry.startedAt, client.timezone);
  if (!isUnderAgreement(entry, ticket, client.agreement)) {
    return { state: 'outside', reason: 'not-in-agreement', client, workedOn };
  }
  if (workedOn < question.startOn(client)) {
    return { state: 'outside', reason: 'before-start', client, workedOn };
  }
  const movedOn = client.movedOn.get(entry.connection);
  if (movedOn !== undefined && workedOn < movedOn) {
    return { state: 'outside', reason: 'before-move', client, workedOn };
  }
  const { from, until } = client.agreement;
  if (from !== null && workedOn < from) {
    return { state: 'outside', reason: 'before-agreement', client, workedOn };
  }
  if (until !== null && workedOn > until) {
    return { state: 'outside', reason: 'after-agreement', client, workedOn };
  }
  const reason = whyNotDue(entry, ticket, client.agreement);
  return reason === null
    ? { state: 'due', client, workedOn }
    : { state: 'pending', reason, client, workedOn };
}

function waiting(reason: OpenReason, stream: string, sourceId: string): Standing {
  return { state: 'waiting', reason, subject: { stream, sourceId } };
}

/** Board and ticket type only apply to work on a ticket; `withoutTicket` decides the rest. */
function isUnderAgreement(
  entry: StandingEntry,
  ticket: StandingTicket | null,
  agreement: Agreement,
): boolean {
  const { boards, ticketTypes, agreements } = agreement.applies;
  if (agreements !== null && !isListed(entry.agreement ?? ticket?.agreement ?? null, agreements)) {
    return false;
  }
  if (ticket === null) return true;
  if (boards !== null && !isListed(ticket.board, boards)) return false;
  return ticketTypes === null || isListed(ticket.ticketType, ticketTypes);
}

function whyNotDue(
  entry: StandingEntry,
  ticket: StandingTicket | null,
  agreement: Agreement,
): OpenReason | null {
  if (ticket === null && agreement.withoutTicket === 'hold') return 'held-without-ticket';
  if (agreement.debitWhen === 'approved' && entry.isApproved !== true) return 'not-approved';
  const needsClosing = agreement.debitWhen === 'ticket-closed' && ticket !== null;
  return needsClosing && !ticket.isClosed ? 'ticket-open' : null;
}

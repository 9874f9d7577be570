import type { ClientRow, TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { markerOf, oneLine } from '../kit/writing/marker.ts';
import type { RequestTrackerConfig } from './config.ts';
import type { TicketItem, TimeItem } from './schema.ts';

/** RT's word for "never": `1970-01-01T00:00:00Z`. */
const never: Instant = '1970-01-01T00:00:00.000Z';

/** For a client that is known by its name alone: an Organization, a value of a custom field. */
export function fromClientName(name: string): ClientRow {
  return { sourceId: name, name };
}

export function fromTicket(ticket: TicketItem, config: RequestTrackerConfig): TicketRow {
  const isClosed = isClosedStatus(ticket.Status, config);
  return {
    sourceId: ticket.id,
    number: ticket.id,
    clientId: clientIdOf(ticket, config),
    summary: ticket.Subject ?? '',
    board: ticket.Queue.Name || null,
    ticketType: null,
    agreement: null,
    ids: { board: ticket.Queue.id },
    status: ticket.Status,
    isClosed,
    closedAt: isClosed && ticket.Resolved !== never ? (ticket.Resolved ?? null) : null,
    mergedInto: ticket.EffectiveId === ticket.id ? null : (ticket.EffectiveId ?? null),
    updatedAt: ticket.LastUpdated,
  };
}

/**
 * A transaction that took time. RT has no work date: the time of logging is taken for the end. A
 * correction is a transaction of its own, made by whoever corrected; one that adds is work like any.
 */
export function fromTime(item: TimeItem, workType: string | null): TimeEntryRow {
  const minutes = String(item.TimeTaken);
  const seconds = secondsOf(minutes, 'minutes');
  return {
    sourceId: item.id,
    ticketId: item.ObjectId,
    clientId: null,
    technicianId: item.Creator?.id ?? unknownTechnician.id,
    technician: item.Creator?.id ?? unknownTechnician.name,
    technicianEmail: item.Creator?.EmailAddress || null,
    startedAt: addSeconds(item.Created, -Math.max(0, seconds)),
    endedAt: item.Created,
    isTimed: false,
    seconds,
    secondsText: `${minutes} min`,
    kind: seconds < 0 ? 'correction' : 'work',
    workType,
    role: null,
    isBillable: null,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: item.Created,
  };
}

/** The values of a ticket custom field; none where it is not on the ticket. */
export function fieldValuesOf(
  { CustomFields }: Pick<TicketItem, 'CustomFields'>,
  name: string,
): string[] {
  return CustomFields.filter((field) => isSameName(field.name, name))
    .flatMap((field) => field.values)
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

/** Null where the ticket names none, or more than one: then nobody is debited on a guess. */
function clientIdOf(ticket: TicketItem, config: RequestTrackerConfig): string | null {
  if (config.clientFrom === 'queue') return ticket.Queue.id;
  const names =
    config.clientFrom === 'organization'
      ? ticket.Requestor.map((requestor) => requestor.Organization?.trim() ?? '')
      : fieldValuesOf(ticket, config.clientField ?? '');
  const distinct = [...new Set(names.filter((name) => name !== ''))];
  return distinct.length === 1 ? (distinct[0] ?? null) : null;
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isClosedStatus(
  status: string,
  { closedStatuses }: Pick<RequestTrackerConfig, 'closedStatuses'>,
): boolean {
  return closedStatuses.some((known) => isSameName(known, status));
}

/** RT cuts a subject at 200 bytes without a word, which must not take the key off. */
const subjectBytesMax = 200;

/** The subject with its marker at the end, shortened before it where RT would cut it. */
export function markedSubject(subject: string, key: string): string {
  const marker = ` ${markerOf(key)}`;
  return fittingSubject(subject, subjectBytesMax - Buffer.byteLength(marker)) + marker;
}

/** As much of the subject as fits, on one line. */
export function fittingSubject(subject: string, bytesMax = subjectBytesMax): string {
  const line = oneLine(subject);
  if (Buffer.byteLength(line) <= bytesMax) return line;
  let fitting = '';
  for (const character of line) {
    if (Buffer.byteLength(`${fitting}${character}…`) > bytesMax) break;
    fitting += character;
  }
  return `${fitting}…`;
}

import type { OpenReason } from '../domain/charges/standing.ts';
import { formatDuration } from '../domain/duration.ts';
import { rowKey } from '../domain/records/merged.ts';
import type { DoubleCount, MirrorTimeEntry, QuarantinedSubject } from '../store/port.ts';
import type { AffectedWork } from './affected.ts';
import type { Assigned } from './assign.ts';
import type { DebitContext } from './context.ts';
import type { GroupDecision } from './decide.ts';

type Subject = Omit<QuarantinedSubject, 'reason'>;

/**
 * Finds what must be corrected before some work can be debited, one row per cause (not per entry),
 * and what has been resolved since.
 */
export async function findWarnings(
  context: DebitContext,
  affected: AffectedWork,
  decisions: readonly GroupDecision[],
  doubles: ReadonlyMap<string, DoubleCount> = new Map(),
): Promise<QuarantinedSubject[]> {
  const warnings = new Map<string, QuarantinedSubject>();
  const wasWaiting = new Set(
    decisions.filter((one) => one.before?.status === 'waiting').map((one) => one.groupKey),
  );
  const resolved = affected.assigned
    .filter(({ entry }) => wasWaiting.has(entry.groupKey ?? ''))
    .flatMap(possibleSubjects);
  for (const subject of [...resolved, ...correctedTickets(affected)]) {
    warnings.set(keyOf(subject), { ...subject, reason: null });
  }
  for (const { entry, standing } of affected.assigned) {
    if (standing.state !== 'waiting') continue;
    const subject = { connection: entry.connection, ...standing.subject };
    if (warnings.get(keyOf(subject))?.reason) continue;
    const double = doubles.get(rowKey(entry));
    if (standing.reason === 'double-count' && double !== undefined) {
      warnings.set(keyOf(subject), { ...subject, ...describeDouble(entry, double) });
      continue;
    }
    const reason = await describe(context, standing.reason, subject);
    warnings.set(keyOf(subject), { ...subject, reason });
  }
  for (const { connection, ticketId, seconds } of affected.overcorrected) {
    const subject = { connection, stream: 'tickets', sourceId: ticketId };
    // A ticket without a client is reported for that first.
    if (warnings.get(keyOf(subject))?.reason) continue;
    const reason = `Corrections on ticket ${ticketId} remove ${formatDuration(seconds)} more than was logged on it. Nothing is debited; correct the ticket's time in "${connection}".`;
    warnings.set(keyOf(subject), { ...subject, reason });
  }
  return [...warnings.values()];
}

/** Tickets whose corrections were checked again; any remaining excess is reported again. */
function correctedTickets({ work }: AffectedWork): Subject[] {
  return work.entries.flatMap(({ connection, kind, ticketId, seconds }) => {
    const takesOff = kind === 'correction' || seconds < 0;
    return takesOff && ticketId !== null
      ? [{ connection, stream: 'tickets', sourceId: ticketId }]
      : [];
  });
}

function possibleSubjects({ entry, ticket, standing }: Assigned): Subject[] {
  const { connection } = entry;
  const clientId = ticket?.clientId ?? entry.clientId;
  const subjects: Subject[] = [{ connection, stream: 'timeEntries', sourceId: entry.sourceId }];
  if (entry.ticketId !== null) {
    subjects.push({ connection, stream: 'tickets', sourceId: entry.ticketId });
  }
  if (ticket) subjects.push({ connection, stream: 'tickets', sourceId: ticket.sourceId });
  // A deleted or waiting entry does not resolve a warning about its client: other work may still
  // have it.
  if (clientId !== null && standing.state !== 'gone' && standing.state !== 'waiting') {
    subjects.push({ connection, stream: 'clients', sourceId: clientId });
  }
  return subjects;
}

function describeDouble(
  { sourceId, connection, technician, startedAt, endedAt }: MirrorTimeEntry,
  { otherConnection, otherSourceId }: DoubleCount,
): Pick<QuarantinedSubject, 'reason' | 'row'> {
  return {
    reason: `Time entry ${sourceId} of ${technician} in "${connection}" (${startedAt} to ${endedAt}) is at the same time as time entry ${otherSourceId} in "${otherConnection}", for the same client: the hour may be in both. It is not debited. Delete one of the two there; or, if both count, accept this row.`,
    row: JSON.stringify({ technician, startedAt, endedAt, otherConnection, otherSourceId }),
  };
}

async function describe(
  context: DebitContext,
  reason: OpenReason,
  { connection, stream, sourceId }: Subject,
): Promise<string> {
  if (reason === 'client-unmapped') {
    const name = await context.store.readMirrorClientName(connection, sourceId);
    const shown = name === null ? `Client ${sourceId}` : `Client "${name}" (${sourceId})`;
    return `${shown} of "${connection}" is not in any client's ids in the config: its time is mirrored but not debited. Add ids: { ${connection}: ${sourceId} } to a client, or accept this row to ignore the client.`;
  }
  if (reason === 'ticket-unseen') {
    return `Ticket ${sourceId} of "${connection}" has time entries, but the ticket itself was never read. It may be older than the history or hidden from the API user: check the permissions, or retry this row to read the tickets again.`;
  }
  const thing = stream === 'tickets' ? 'Ticket' : 'Time entry';
  return `${thing} ${sourceId} of "${connection}" has no client, so nothing is debited. Set its client there; it is then debited automatically.`;
}

function keyOf({ connection, stream, sourceId }: Subject): string {
  return `${connection}\n${stream}\n${sourceId}`;
}

import type { OpenReason } from '../domain/charges/standing.ts';
import { formatDuration } from '../domain/duration.ts';
import type { QuarantinedSubject } from '../store/port.ts';
import type { AffectedWork } from './affected.ts';
import type { Assigned } from './assign.ts';
import type { DebitContext } from './context.ts';
import type { GroupDecision } from './decide.ts';

type Subject = Omit<QuarantinedSubject, 'reason'>;

/**
 * What a person must see to before some work can be debited, one row a thing (not one an entry), and
 * what has mended itself since.
 */
export async function findWarnings(
  context: DebitContext,
  affected: AffectedWork,
  decisions: readonly GroupDecision[],
): Promise<QuarantinedSubject[]> {
  const warnings = new Map<string, QuarantinedSubject>();
  const wasWaiting = new Set(
    decisions.filter((one) => one.before?.status === 'waiting').map((one) => one.groupKey),
  );
  const mended = affected.assigned
    .filter(({ entry }) => wasWaiting.has(entry.groupKey ?? ''))
    .flatMap(possibleSubjects);
  for (const subject of [...mended, ...correctedTickets(affected)]) {
    warnings.set(keyOf(subject), { ...subject, reason: null });
  }
  for (const { entry, standing } of affected.assigned) {
    if (standing.state !== 'waiting') continue;
    const subject = { connection: entry.connection, ...standing.subject };
    if (warnings.get(keyOf(subject))?.reason) continue;
    const reason = await describe(context, standing.reason, subject);
    warnings.set(keyOf(subject), { ...subject, reason });
  }
  for (const { connection, ticketId, seconds } of affected.overcorrected) {
    const subject = { connection, stream: 'tickets', sourceId: ticketId };
    // A ticket that names no client is told about that first.
    if (warnings.get(keyOf(subject))?.reason) continue;
    const reason = `More time was taken off ticket ${ticketId} than was ever logged on it (${formatDuration(seconds)} too much). It is debited as nothing; correct the ticket's time in "${connection}".`;
    warnings.set(keyOf(subject), { ...subject, reason });
  }
  return [...warnings.values()];
}

/** Tickets whose corrections were weighed again; where they still take off too much, it is said anew. */
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
  // That an entry is gone, or still waits, says nothing of its client: other work may wait for that one.
  if (clientId !== null && standing.state !== 'gone' && standing.state !== 'waiting') {
    subjects.push({ connection, stream: 'clients', sourceId: clientId });
  }
  return subjects;
}

async function describe(
  context: DebitContext,
  reason: OpenReason,
  { connection, stream, sourceId }: Subject,
): Promise<string> {
  if (reason === 'client-unmapped') {
    const name = await context.store.readMirrorClientName(connection, sourceId);
    const shown = name === null ? `Client ${sourceId}` : `Client "${name}" (${sourceId})`;
    return `${shown} of "${connection}" is in no client's ids in the config: its time is mirrored, not debited. Add ids: { ${connection}: ${sourceId} } to a client, or accept this row to leave it out.`;
  }
  if (reason === 'ticket-unseen') {
    return `Ticket ${sourceId} of "${connection}" has time but was never seen itself. It may lie before the history or be hidden from us: check the permissions, or retry this row to read its stream again.`;
  }
  const thing = stream === 'tickets' ? 'Ticket' : 'Time entry';
  return `${thing} ${sourceId} of "${connection}" names no client, so nobody is debited. Set its client there; it is then debited by itself.`;
}

function keyOf({ connection, stream, sourceId }: Subject): string {
  return `${connection}\n${stream}\n${sourceId}`;
}

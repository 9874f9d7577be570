import type { Client } from '../../domain/agreements/terms.ts';
import type { TechnicianBook } from '../../domain/sessions/technicians.ts';
import type { Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';

/** What comparing sessions with time works with. */
export interface SessionContext {
  store: Store;
  clients: readonly Client[];
  /** Finds the configured client by a connection's ID. */
  findClient(connection: string, sourceId: string): Client | undefined;
  technicians: TechnicianBook;
  /** Connections in which technicians log time. */
  timeConnections: readonly string[];
  firstRunAt: Instant;
  at: Instant;
  signal: AbortSignal;
}

/**
 * Whether what this technician logs is known: where time comes from other connections, one of their
 * technicians must be the same person, or the config must name the technician.
 */
function isMatched(
  { technicians, timeConnections }: Pick<SessionContext, 'technicians' | 'timeConnections'>,
  connection: string,
  id: string,
): boolean {
  const others = timeConnections.filter((name) => name !== connection);
  if (others.length === 0 || technicians.isListed(connection, id)) return true;
  const members = technicians.membersOf(technicians.personOf(connection, id));
  return members.some((member) => others.includes(member.connection));
}

/** A longer session was left open. */
const longestSessionSeconds = 86_400;

/** Why a session counts for nothing. */
export type UncountedReason =
  | 'without-client'
  | 'client-unmapped'
  | 'technician-unmatched'
  | 'too-long';

interface CountedSession {
  connection: string;
  clientId: string | null;
  technicianId: string;
  startedAt: Instant;
  endedAt: Instant;
}

export function whyUncounted(
  context: Pick<SessionContext, 'technicians' | 'timeConnections' | 'findClient'>,
  session: CountedSession,
): UncountedReason | null {
  const { connection, clientId, technicianId, startedAt, endedAt } = session;
  if (clientId === null) return 'without-client';
  if (context.findClient(connection, clientId) === undefined) return 'client-unmapped';
  if (Date.parse(endedAt) - Date.parse(startedAt) > longestSessionSeconds * 1000) return 'too-long';
  return isMatched(context, connection, technicianId) ? null : 'technician-unmatched';
}

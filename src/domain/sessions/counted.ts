import { type Instant, secondsBetween } from '../time.ts';
import type { TechnicianBook } from './technicians.ts';

interface WhoLogs {
  technicians: TechnicianBook;
  /** Connections in which technicians log time. */
  timeConnections: readonly string[];
}

/**
 * Whether what this technician logs is known: where time comes from other connections, one of their
 * technicians must be the same person, or the config must name the technician.
 */
export function isMatched(
  { technicians, timeConnections }: WhoLogs,
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
  context: WhoLogs & { findClient(connection: string, sourceId: string): unknown },
  session: CountedSession,
): UncountedReason | null {
  const { connection, clientId, technicianId, startedAt, endedAt } = session;
  if (clientId === null) return 'without-client';
  if (context.findClient(connection, clientId) === undefined) return 'client-unmapped';
  if (secondsBetween(startedAt, endedAt) > longestSessionSeconds) return 'too-long';
  return isMatched(context, connection, technicianId) ? null : 'technician-unmatched';
}

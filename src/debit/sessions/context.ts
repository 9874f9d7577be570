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

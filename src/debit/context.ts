import type { Client } from '../domain/agreements/terms.ts';
import { rowKey } from '../domain/records/merged.ts';
import type { NameBook } from '../domain/records/names.ts';
import type { TechnicianBook } from '../domain/sessions/technicians.ts';
import { type DateText, dateInZone, type Instant } from '../domain/time.ts';
import type { DoubleCount, Store } from '../store/port.ts';

/** What a debit run works with. */
export interface DebitContext {
  store: Store;
  clients: readonly Client[];
  /** Finds the configured client by a connection's ID. */
  findClient(connection: string, sourceId: string): Client | undefined;
  runId: string;
  /** Timestamp of the run. */
  at: Instant;
  /** Timestamp of the first run: by default, work before that day never counts. */
  firstRunAt: Instant;
  signal: AbortSignal;
  /** Clients with a block limited to certain work types. */
  limitedAccounts: ReadonlySet<string>;
  /** Maps the vendors' IDs to the names in the rules. */
  names: NameBook;
  /** Who is who across systems; absent: time comes from a single one. */
  technicians?: TechnicianBook;
  /** Entries that wait because another system may hold the same hour, by connection and ID. */
  waiting?: ReadonlyMap<string, DoubleCount>;
}

/** Finds the configured client by a connection's ID. */
export function clientFinder(
  clients: readonly Client[],
): (connection: string, sourceId: string) => Client | undefined {
  const bySource = new Map<string, Client>();
  for (const client of clients) {
    for (const [connection, sourceId] of [...client.formerIds, ...client.sourceIds]) {
      bySource.set(rowKey({ connection, sourceId }), client);
    }
  }
  return (connection, sourceId) => bySource.get(rowKey({ connection, sourceId }));
}

/**
 * First day that counts: as configured, else the date of the earliest opening block, else of the
 * first run.
 */
export function startOnOf(client: Client, firstRunAt: Instant): DateText {
  if (client.startOn !== null) return client.startOn;
  const opened = client.openingBlocks.map((block) => block.purchasedOn).sort();
  return opened[0] ?? dateInZone(firstRunAt, client.timezone);
}

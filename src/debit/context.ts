import type { Client } from '../domain/agreements/terms.ts';
import type { NameBook } from '../domain/records/names.ts';
import { type DateText, dateInZone, type Instant } from '../domain/time.ts';
import type { Store } from '../store/port.ts';

/** What a debit run works with. */
export interface DebitContext {
  store: Store;
  clients: readonly Client[];
  /** The configured client behind a connection's id. */
  findClient(connection: string, sourceId: string): Client | undefined;
  runId: string;
  /** Moment of the run. */
  at: Instant;
  /** Moment of the first run ever: work before that day never counts unless the config says so. */
  firstRunAt: Instant;
  signal: AbortSignal;
  /** Clients with a block that pays for some work types only. */
  limitedAccounts: ReadonlySet<string>;
  /** By which names the rules know what the vendors' ids stand for. */
  names: NameBook;
}

/** Finds the configured client behind a connection's id. */
export function clientFinder(
  clients: readonly Client[],
): (connection: string, sourceId: string) => Client | undefined {
  const bySource = new Map<string, Client>();
  for (const client of clients) {
    for (const [connection, sourceId] of [...client.formerIds, ...client.sourceIds]) {
      bySource.set(`${connection}\n${sourceId}`, client);
    }
  }
  return (connection, sourceId) => bySource.get(`${connection}\n${sourceId}`);
}

/** First day that counts: as configured, else the earliest opening block, else the first run's day. */
export function startOnOf(client: Client, firstRunAt: Instant): DateText {
  if (client.startOn !== null) return client.startOn;
  const opened = client.openingBlocks.map((block) => block.purchasedOn).sort();
  return opened[0] ?? dateInZone(firstRunAt, client.timezone);
}

import type { Connector } from '../contract/connector.ts';
import type { Client, Offer } from '../domain/agreements/terms.ts';
import { KindError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Difference, Store } from '../store/port.ts';

export interface ReconcileContext {
  store: Store;
  connection: string;
  connector: Connector;
  /** Those that are compared. Each has an id in the connection, and has been read to the end. */
  clients: readonly Client[];
  /** All that are configured: some may share the blocks of those that are compared. */
  allClients: readonly Client[];
  /** Those of the config, by name. */
  offers: ReadonlyMap<string, Offer>;
  /** Rows last changed before this are left alone. */
  from: Instant;
  /** Rows of each stream that changed since this may be here or not: the next pull reads them. */
  readTo: { tickets: Instant; timeEntries: Instant; invoices: Instant };
  at: Instant;
  runId: string;
  /** Ends a request under way. */
  signal: AbortSignal;
  /** Asks to end after the page in hand. */
  stop: AbortSignal;
  onPage?: ((rows: number) => void) | undefined;
  /** Called for each difference that is new, or says something else than before. */
  onDifference(difference: Difference): void;
}

export interface ReconcileOutcome {
  /** Rows that the vendor listed. */
  rows: number;
  /** Differences found, whether or not they were known. */
  differences: number;
}

/** What a comparison finds, before it is known how to put it right. */
export interface Found {
  kind: DifferenceKind;
  subject: string;
  clientId: string | null;
  ours: string;
  theirs: string;
  seconds?: number;
  /** What people call the invoice that sold a block. */
  invoice?: string;
  /** Of the block that stands behind an invoice. */
  blockId?: string;
}

export type DifferenceKind =
  | 'entry-missing-here'
  | 'entry-missing-there'
  | 'entry-differs'
  | 'ticket-missing-here'
  | 'ticket-missing-there'
  | 'ticket-differs'
  | 'ticket-hours'
  | 'block-balance'
  | 'block-sold'
  | 'invoice-missing'
  | 'invoice-twice'
  | 'invoice-void'
  | 'invoice-amount'
  | 'invoice-payment'
  | 'message-unread'
  | 'alert-missing'
  | 'alert-closed';

/** The context's clients by the id that they have in the connection. */
export function clientFinder(
  clients: readonly Client[],
  connection: string,
): (sourceId: string | null) => Client | undefined {
  const bySource = new Map(
    clients.map((client) => [client.sourceIds.get(connection) ?? '', client]),
  );
  return (sourceId) => (sourceId === null ? undefined : bySource.get(sourceId));
}

/** A comparison that is broken off has found nothing out: another one starts from the beginning. */
export function refuseStopped({ stop }: Pick<ReconcileContext, 'stop'>): void {
  if (!stop.aborted) return;
  throw new KindError('transient', 'Stopped before everything was compared.');
}

export function sourceIdsOf({ clients, connection }: ReconcileContext): string[] {
  return clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}

import type { Connector } from '../contract/connector.ts';
import type { Client, Offer } from '../domain/agreements/terms.ts';
import { KindError } from '../domain/errors.ts';
import type { Format } from '../domain/format.ts';
import type { Instant } from '../domain/time.ts';
import type { Difference, Store } from '../store/port.ts';

export interface ReconcileContext {
  store: Store;
  connection: string;
  connector: Connector;
  /** The clients to compare. Each has an ID in the connection and was read completely. */
  clients: readonly Client[];
  /** All configured clients: some may share the blocks of those compared. */
  allClients: readonly Client[];
  /** The config's offers, by name. */
  offers: ReadonlyMap<string, Offer>;
  /** Rows last changed before this are ignored. */
  from: Instant;
  /** Rows of each stream changed since this may not be here yet: the next pull reads them. */
  readTo: { tickets: Instant; timeEntries: Instant; invoices: Instant };
  /** How the config’s readers are shown figures. */
  format: Format;
  at: Instant;
  runId: string;
  /** Aborts a request in progress. */
  signal: AbortSignal;
  /** Aborted: stop after the current page. */
  stop: AbortSignal;
  onPage?: ((rows: number) => void) | undefined;
  /** Called for each difference that is new or has changed. */
  onDifference(difference: Difference): void;
}

export interface ReconcileOutcome {
  /** Rows that the vendor listed. */
  rows: number;
  /** Differences found, known or new. */
  differences: number;
}

/** A difference, before its fix is added. */
export interface Found {
  kind: DifferenceKind;
  subject: string;
  clientId: string | null;
  ours: string;
  theirs: string;
  seconds?: number;
  /** The number of the invoice that sold a block. */
  invoice?: string;
  /** The block sold by an invoice. */
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
  | 'invoice-undone'
  | 'invoice-amount'
  | 'invoice-payment'
  | 'message-unread'
  | 'alert-missing'
  | 'alert-closed';

/** The context's clients by their ID in the connection. */
export function clientFinder(
  clients: readonly Client[],
  connection: string,
): (sourceId: string | null) => Client | undefined {
  const bySource = new Map(
    clients.map((client) => [client.sourceIds.get(connection) ?? '', client]),
  );
  return (sourceId) => (sourceId === null ? undefined : bySource.get(sourceId));
}

/** An interrupted comparison has no result: the next one starts from the beginning. */
export function refuseStopped({ stop }: Pick<ReconcileContext, 'stop'>): void {
  if (!stop.aborted) return;
  throw new KindError('transient', 'Stopped before everything was compared.');
}

export function sourceIdsOf({ clients, connection }: ReconcileContext): string[] {
  return clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}

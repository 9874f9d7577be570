import type { TicketRow, TimeEntryRow } from '../../domain/records/rows.ts';
import type { Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';

/** A row that says one thing here and another in the vendor's books. */
export interface Difference {
  connection: string;
  kind: string;
  /** What it is about, in the vendor's numbers: unique within connection and kind. */
  subject: string;
  /** Our client; null: not known whose it is. */
  clientId: string | null;
  ours: string;
  theirs: string;
  /** What a person can do about it. */
  fix: string;
  /** Worked time by which the two differ; 0 where it is not about that, or another row counts it. */
  seconds: number;
}

export interface StoredDifference extends Difference {
  client: string | null;
  /** When it was first found as it is now. */
  foundAt: Instant;
}

export interface DifferenceSum {
  rows: number;
  clients: number;
  seconds: number;
}

export interface ListedTicket {
  sourceId: string;
  clientId: string | null;
  /** Whether all its time is in the listing: what is mirrored on it beyond that is gone. */
  hasAllTime: boolean;
}

export interface ListedEntry {
  sourceId: string;
  ticketId: string | null;
  /** The vendor's id of the client, the ticket's where the entry names none. */
  clientId: string | null;
  seconds: number;
  /** False: it is there, but changed just now or set aside, so that nothing is said about it. */
  isCompared: boolean;
}

/** A mirrored row beside what keeps it from being compared. */
export interface Mirrored<Row> {
  row: Row;
  /** Set aside in quarantine, which shows it already. */
  isSetAside: boolean;
  isDeleted: boolean;
}

/** Which mirrored rows a listing should have held: of these clients, last changed in [from, to). */
export interface ListingScope {
  connection: string;
  clientIds: readonly string[];
  from: Instant;
  to: Instant;
  /** Time was listed ticket by ticket: what hangs on the listed tickets counts, whenever it changed. */
  isTimePerTicket: boolean;
}

export interface UnlistedEntry {
  sourceId: string;
  ticketId: string | null;
  clientId: string | null;
  seconds: number;
  startedAt: Instant;
  technician: string;
}

/** Of one ticket, or of a client's time without one; seconds. */
export interface TicketHours {
  ticketId: string | null;
  clientId: string | null;
  theirs: number;
  ours: number;
  /** Of the time that charges stand for: as mirrored, and as charged. */
  due: number;
  debited: number;
}

/** A message that was delivered and still matters, with what we believe became of it. */
export interface Delivery {
  seq: number;
  key: string;
  kind: 'invoice' | 'alert-ticket';
  clientId: string;
  payload: string;
  remoteId: string;
  remoteLabel: string | null;
  createdAt: Instant;
  /** The block that the invoice sells. */
  block: Pick<Block, 'id' | 'status'> | null;
  /** The invoice as mirrored; null: no such row. */
  mirrored: { isPaid: boolean; isVoid: boolean; creditedMinor: number | null } | null;
}

/** One sale that became several invoices. */
export interface DoubleInvoice {
  key: string;
  clientId: string;
  /** Their numbers, else their ids, one after the other. */
  invoices: string;
}

/**
 * A comparison keeps what the vendor lists in tables of this connection to the database alone, which
 * nobody else sees and which go with it: the mirror and the ledger are only read.
 */
export interface ReconcileStore {
  /** Whether a delivered invoice was there when it was looked at by its id. */
  noteInvoice(messageKey: string, at: Instant, isThere: boolean): Promise<void>;
  /** Forgets the last listing. */
  beginListing(): Promise<void>;
  listTickets(tickets: readonly ListedTicket[]): Promise<void>;
  listEntries(entries: readonly ListedEntry[]): Promise<void>;
  /** The clients of tickets by id, as listed, else as mirrored; no entry for a ticket that is neither. */
  readTicketClients(
    connection: string,
    ticketIds: readonly string[],
  ): Promise<ReadonlyMap<string, string | null>>;
  readMirrorTickets(connection: string, ids: readonly string[]): Promise<Mirrored<TicketRow>[]>;
  readMirrorEntries(connection: string, ids: readonly string[]): Promise<Mirrored<TimeEntryRow>[]>;
  /** Ids among these that are in quarantine, mirrored or not. */
  readSetAside(
    connection: string,
    stream: 'tickets' | 'timeEntries',
    ids: readonly string[],
  ): Promise<string[]>;
  /** Whose time is still to be read, where it is read ticket by ticket. */
  readTimeDue(connection: string, ids: readonly string[]): Promise<string[]>;
  /** Finds once what is mirrored and not listed; the three that follow read from it. */
  endListing(scope: ListingScope): Promise<{ mirrored: number; unlisted: number }>;
  /** In pages of at most 500. */
  streamUnlistedEntries(): AsyncIterable<UnlistedEntry[]>;
  /** Only tickets that hold time. */
  streamUnlistedTickets(
    scope: ListingScope,
  ): AsyncIterable<{ sourceId: string; clientId: string }[]>;
  /** Where listed, mirrored and debited time are not the same. */
  streamHours(): AsyncIterable<TicketHours[]>;
  /**
   * Invoices of the clients written since the moment, or whose block still holds something, and alerts
   * whose threshold is still crossed; in pages of at most 100.
   */
  streamDeliveries(
    connection: string,
    clientIds: readonly string[],
    since: Instant,
  ): AsyncIterable<Delivery[]>;
  /** Invoices of one key that count more than once in the vendor's books, as last read. */
  readDoubleInvoices(connection: string, clientIds: readonly string[]): Promise<DoubleInvoice[]>;
  /** Keeps what was found; returns those that are new or say something else than before. */
  writeDifferences(
    differences: readonly Difference[],
    found: { at: Instant; runId: string },
  ): Promise<Difference[]>;
  /** Forgets what this run did not find again, of some clients or of all. Returns how many. */
  forgetDifferences(
    connection: string,
    runId: string,
    clientIds: readonly string[] | null,
  ): Promise<number>;
  /** Forgets what was found in connections that are no more. */
  keepDifferencesOf(connections: readonly string[]): Promise<void>;
  /** By client, then as found; in pages of at most 500. */
  streamDifferences(clientIds: readonly string[] | null): AsyncIterable<StoredDifference[]>;
  sumDifferences(clientIds: readonly string[] | null): Promise<DifferenceSum>;
}

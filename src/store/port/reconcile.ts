import type { TicketRow, TimeEntryRow } from '../../domain/records/rows.ts';
import type { Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';

/** A difference between our data and the vendor's. */
export interface Difference {
  connection: string;
  kind: string;
  /** What it is about, by the vendor's numbers: unique within connection and kind. */
  subject: string;
  /** Our client; null: unknown. */
  clientId: string | null;
  ours: string;
  theirs: string;
  /** How to resolve it. */
  fix: string;
  /** The difference in worked time; 0 if it is not about time, or another row counts it. */
  seconds: number;
}

export interface StoredDifference extends Difference {
  client: string | null;
  /** When it was first found in its current form. */
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
  /** Whether all its time is listed: other mirrored time on it was deleted. */
  hasAllTime: boolean;
}

export interface ListedEntry {
  sourceId: string;
  ticketId: string | null;
  /** The vendor's client ID, or the ticket's if the entry has none. */
  clientId: string | null;
  seconds: number;
  /** False: it exists, but was just changed or is quarantined, so it is not compared. */
  isCompared: boolean;
}

/** A mirrored row, and whether it can be compared. */
export interface Mirrored<Row> {
  row: Row;
  /** Already shown in quarantine. */
  isSetAside: boolean;
  isDeleted: boolean;
}

/** Which mirrored rows a listing should have held: of these clients, last changed in [from, to). */
export interface ListingScope {
  connection: string;
  clientIds: readonly string[];
  from: Instant;
  to: Instant;
  /** Time was listed per ticket: all time on the listed tickets counts, whenever it changed. */
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
  /** The time in charges: as mirrored, and as charged. */
  due: number;
  debited: number;
}

/** A delivered message that still matters, with its last known state. */
export interface Delivery {
  seq: number;
  key: string;
  kind: 'invoice' | 'alert-ticket';
  clientId: string;
  payload: string;
  remoteId: string;
  remoteLabel: string | null;
  createdAt: Instant;
  /** The block sold by the invoice. */
  block: Pick<Block, 'id' | 'status'> | null;
  /** The invoice as mirrored; null: no such row. */
  mirrored: { isPaid: boolean; isVoid: boolean; creditedMinor: number | null } | null;
  /** The undone run that sent the invoice, if that was not withdrawn; null: not undone. */
  undoneRun: string | null;
}

/** An invoice written in the PSA that was booked as a block. */
export interface BookedInvoice
  extends Pick<Delivery, 'key' | 'clientId' | 'payload' | 'remoteId' | 'remoteLabel'> {
  kind: 'invoice';
}

/** One sale with several invoices. */
export interface DoubleInvoice {
  key: string;
  clientId: string;
  /** Their numbers or IDs, separated by commas. */
  invoices: string;
}

/**
 * A comparison stores the vendor's lists in temporary tables of this database connection: the
 * mirror and the ledger are only read.
 */
export interface ReconcileStore {
  /** Records whether the invoice of an order was found by its ID. */
  noteInvoice(invoiceKey: string, at: Instant, isThere: boolean): Promise<void>;
  /** Deletes the last listing. */
  beginListing(): Promise<void>;
  listTickets(tickets: readonly ListedTicket[]): Promise<void>;
  listEntries(entries: readonly ListedEntry[]): Promise<void>;
  /**
   * The clients of tickets by ID, as listed or else as mirrored; no entry for an unknown ticket.
   */
  readTicketClients(
    connection: string,
    ticketIds: readonly string[],
  ): Promise<ReadonlyMap<string, string | null>>;
  readMirrorTickets(connection: string, ids: readonly string[]): Promise<Mirrored<TicketRow>[]>;
  readMirrorEntries(connection: string, ids: readonly string[]): Promise<Mirrored<TimeEntryRow>[]>;
  /** The IDs among these that are quarantined, mirrored or not. */
  readSetAside(
    connection: string,
    stream: 'tickets' | 'timeEntries',
    ids: readonly string[],
  ): Promise<string[]>;
  /** Tickets whose time is still to be read, if it is read ticket by ticket. */
  readTimeDue(connection: string, ids: readonly string[]): Promise<string[]>;
  /** Finds what is mirrored and not listed; the three that follow read from it. */
  endListing(scope: ListingScope): Promise<{ mirrored: number; unlisted: number }>;
  /** In pages of at most 500. */
  streamUnlistedEntries(): AsyncIterable<UnlistedEntry[]>;
  /** Only tickets with time. */
  streamUnlistedTickets(
    scope: ListingScope,
  ): AsyncIterable<{ sourceId: string; clientId: string }[]>;
  /** Tickets whose listed, mirrored and debited time differ. */
  streamHours(): AsyncIterable<TicketHours[]>;
  /**
   * The clients' invoices written since the timestamp, or whose block is not empty, those
   * that an undo left to be voided by hand, and alerts whose threshold is still crossed; in pages of at most 100.
   */
  streamDeliveries(
    connection: string,
    clientIds: readonly string[],
    since: Instant,
  ): AsyncIterable<Delivery[]>;
  /** Of blocks that are ordered or not empty, if their sales are invoices there, and looked up as such. */
  readBookedInvoices(connection: string, clientIds: readonly string[]): Promise<BookedInvoice[]>;
  /** Invoices of one key that exist more than once at the vendor, as last read. */
  readDoubleInvoices(connection: string, clientIds: readonly string[]): Promise<DoubleInvoice[]>;
  /** Stores the differences found; returns those that are new or have changed. */
  writeDifferences(
    differences: readonly Difference[],
    found: { at: Instant; runId: string },
  ): Promise<Difference[]>;
  /** Deletes what this run did not find again, of some clients or of all. Returns the number. */
  forgetDifferences(
    connection: string,
    runId: string,
    clientIds: readonly string[] | null,
  ): Promise<number>;
  /** Deletes what was found in removed connections. */
  keepDifferencesOf(connections: readonly string[]): Promise<void>;
  /** By client, then as found; in pages of at most 500. */
  streamDifferences(clientIds: readonly string[] | null): AsyncIterable<StoredDifference[]>;
  sumDifferences(clientIds: readonly string[] | null): Promise<DifferenceSum>;
}

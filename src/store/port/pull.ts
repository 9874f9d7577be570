import type {
  ClientRow,
  InvoiceRow,
  MandateRow,
  PaymentRow,
  SessionRow,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../../domain/records/rows.ts';
import type { ClientLoss } from '../../domain/records/vanished.ts';
import type { Instant } from '../../domain/time.ts';

export interface Watermark {
  /**
   * Everything changed before this is mirrored for `clientIds`; null before the first full pass.
   */
  since: Instant | null;
  clientIds: readonly string[];
  /** The current or interrupted pass. */
  pass: PullPass | null;
}

export interface PullPass {
  since: Instant;
  startedAt: Instant;
  clientIds: readonly string[];
  resume: string | null;
}

export type MirrorRows =
  | { stream: 'clients'; rows: readonly ClientRow[] }
  | { stream: 'tickets'; rows: readonly TicketRow[] }
  | { stream: 'timeEntries'; rows: readonly TimeEntryRow[] }
  | { stream: 'sessions'; rows: readonly SessionRow[] }
  | { stream: 'invoices'; rows: readonly InvoiceRow[] }
  | { stream: 'payments'; rows: readonly PaymentRow[] }
  | { stream: 'mandates'; rows: readonly MandateRow[] };

export interface QuarantinedRow {
  sourceId: string;
  reason: string;
  /** Our row, if it may be accepted as it is. */
  row: unknown;
  /** The vendor's row, if it could not be parsed. */
  vendorRow: unknown;
}

export type PullPage = MirrorRows & {
  connection: string;
  at: Instant;
  runId: string;
  rejected: readonly QuarantinedRow[];
  /** Stored with each quarantined row, so that `retry` knows from where to read again. */
  since: Instant;
  /** Stored in the same transaction as the rows; absent: unchanged. */
  watermark?: Watermark;
  /** `if-changed`: only if the page has a row with a new revision, or newly quarantines one. */
  watermarkWhen?: 'always' | 'if-changed';
  /**
   * For ticket rows of a vendor that lists time per ticket: whether to read the tickets' time if
   * they changed (a later `updatedAt` is enough), or always. That of `untimedIds` is not read
   * unless some is mirrored.
   */
  timeDue?: {
    clientIds: readonly string[];
    isForced: boolean;
    untimedIds: readonly string[];
  };
  /** For time rows: these tickets' time is complete in this page; missing entries are deleted. */
  completeTicketIds?: readonly string[];
  /**
   * The number of their entries deleted according to the vendor; this many may be removed without
   * confirmation.
   */
  deletions?: number;
  /**
   * For time rows: entries whose deletion the vendor told, and that a read by ID no longer found.
   * They are deleted, unless they are most of a client's time.
   */
  goneIds?: readonly string[];
  /** Clients for whom most time was already missing in this run. */
  askedClientIds?: readonly string[];
  /** Whether a user accepted that missing time is deleted. */
  areLossesAccepted?: boolean;
};

export interface PullOutcome {
  /** Rows whose revision is new. */
  changed: number;
  /** Newly quarantined rows; an accepted row that has changed counts again. */
  quarantined: number;
  /** What was not removed because it is most of a client's time. */
  vanished: readonly ClientLoss[];
}

/** Mirrored time of a connection that started in [from, to), of these clients (by entry or ticket). */
export interface SweepWindow {
  connection: string;
  from: Instant;
  to: Instant;
  clientIds: readonly string[];
  /** Entries changed since are ignored: the list may be older. */
  startedAt: Instant;
}

export interface PullStore {
  readWatermark(connection: string, stream: StreamName): Promise<Watermark | null>;
  /** Whether an invoice was delivered since the connection's invoices were last read completely. */
  hasUnreadInvoices(connection: string): Promise<boolean>;
  writePage(page: PullPage): Promise<PullOutcome>;
  /** When the vendor last changed time of the connection that is mirrored; null: none is. */
  readLastTimeChange(connection: string): Promise<Instant | null>;
  /** In the order of the tickets' IDs as text, after `after`. */
  listTimeDue(connection: string, limit: number, after?: string): Promise<string[]>;
  /** When each of these tickets was created, if known. */
  readTicketCreation(
    connection: string,
    ticketIds: readonly string[],
  ): Promise<Map<string, Instant>>;
  /**
   * Stores IDs listed by the vendor for the current sweep; the first page deletes those of the last
   * sweep.
   */
  writePresent(connection: string, ids: readonly string[], isFirst: boolean): Promise<void>;
  /** By client, with or without losses. */
  readSweepLosses(window: SweepWindow): Promise<ClientLoss[]>;
  /** Queues tickets whose time was marked as deleted since, to be read again. */
  addRemovedDue(connection: string, since: Instant): Promise<void>;
  /**
   * Records listed entries that are neither mirrored nor quarantined. If some were marked as
   * deleted, or are not mirrored for the second sweep in a row, every stream of the connection is
   * read again from the timestamp, or the time of their tickets if these are given; returns their
   * number.
   */
  readUnseenAgain(
    connection: string,
    since: Instant,
    ticketOf?: (sourceId: string) => string,
  ): Promise<number>;
  /**
   * Marks unlisted entries as deleted, and deletes the stored IDs in the same transaction. Returns
   * the number.
   */
  sweep(window: SweepWindow): Promise<number>;
  readMemory(connection: string, key: string): Promise<string | null>;
  writeMemory(connection: string, key: string, value: string | null, at: Instant): Promise<void>;
  listMemory(connection: string, prefix: string): Promise<MemoryRow[]>;
}

export interface MemoryRow {
  key: string;
  value: string;
  updatedAt: Instant;
}

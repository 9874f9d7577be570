import type {
  ClientRow,
  InvoiceRow,
  SessionRow,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../../domain/records/rows.ts';
import type { ClientLoss } from '../../domain/records/vanished.ts';
import type { Instant } from '../../domain/time.ts';

export interface Watermark {
  /** Everything changed before this is mirrored for `clientIds`; null before the first full pass. */
  since: Instant | null;
  clientIds: readonly string[];
  /** The pass under way, or interrupted. */
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
  | { stream: 'invoices'; rows: readonly InvoiceRow[] };

export interface QuarantinedRow {
  sourceId: string;
  reason: string;
  /** Our row, when it may be accepted as it is. */
  row: unknown;
  /** The vendor's row, when it could not be understood. */
  vendorRow: unknown;
}

export type PullPage = MirrorRows & {
  connection: string;
  at: Instant;
  runId: string;
  rejected: readonly QuarantinedRow[];
  /** Recorded with each quarantined row, so that `retry` knows from where to read again. */
  since: Instant;
  /** Stored in the same transaction as the rows; absent: unchanged. */
  watermark?: Watermark;
  /** `if-changed`: only when the page brings a row whose revision is new, or sets one aside anew. */
  watermarkWhen?: 'always' | 'if-changed';
  /**
   * Tickets rows of a vendor that shows time ticket by ticket: whose tickets' time is to be read when
   * they changed (a later `updatedAt` suffices), or in any case when forced.
   */
  timeDue?: { clientIds: readonly string[]; isForced: boolean };
  /** Time rows: these tickets' time is complete in this page; entries it lacks are gone. */
  completeTicketIds?: readonly string[];
  /** How many entries of theirs the vendor itself says were deleted; so many may go whatever they are. */
  deletions?: number;
  /** Clients of whom this run has met most lacking already. */
  askedClientIds?: readonly string[];
  /** A person agrees that what is lacking is gone. */
  areLossesAccepted?: boolean;
};

export interface PullOutcome {
  /** Rows whose revision is new. */
  changed: number;
  /** Rows now set aside that were not before; an accepted row that has changed since counts again. */
  quarantined: number;
  /** What was left as it is, since it would be most of a client's time. */
  vanished: readonly ClientLoss[];
}

/** Mirrored time of a connection that started in [from, to), of these clients (by entry or ticket). */
export interface SweepWindow {
  connection: string;
  from: Instant;
  to: Instant;
  clientIds: readonly string[];
  /** Entries that changed since are left alone: the list may be older than they are. */
  startedAt: Instant;
}

export interface PullStore {
  readWatermark(connection: string, stream: StreamName): Promise<Watermark | null>;
  /** Whether an invoice was delivered since the connection's invoices were last read through. */
  hasUnreadInvoices(connection: string): Promise<boolean>;
  writePage(page: PullPage): Promise<PullOutcome>;
  /** In the order of the tickets' ids as texts, from behind `after`. */
  listTimeDue(connection: string, limit: number, after?: string): Promise<string[]>;
  /** When each of these tickets was created, as far as that is known. */
  readTicketCreation(
    connection: string,
    ticketIds: readonly string[],
  ): Promise<Map<string, Instant>>;
  /** Keeps ids that the vendor lists, for the sweep under way; the first page of one forgets the last sweep's. */
  writePresent(connection: string, ids: readonly string[], isFirst: boolean): Promise<void>;
  /** By client, whether or not anything is lost of it. */
  readSweepLosses(window: SweepWindow): Promise<ClientLoss[]>;
  /** Has the time of tickets read again of which some was taken for deleted since. */
  addRemovedDue(connection: string, since: Instant): Promise<void>;
  /**
   * Notes the listed entries that are neither mirrored nor set aside. Where some were taken for deleted, or
   * are unseen for the second sweep in a row, every stream of the connection is to be read again from the
   * moment or, where their tickets are told, the time of those; returns how many.
   */
  readUnseenAgain(
    connection: string,
    since: Instant,
    ticketOf?: (sourceId: string) => string,
  ): Promise<number>;
  /** Marks as deleted what was not listed, with the ids forgotten in the same transaction. Returns how many. */
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

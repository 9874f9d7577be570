/** The reading half of the contract: streams of rows, in pages that are stored one by one. Types only. */
import type {
  ClientRow,
  InvoiceRow,
  MandateRow,
  PaymentRow,
  SessionRow,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../domain/records/rows.ts';
import type { DateText, Instant } from '../domain/time.ts';

/** A vendor row that could not be parsed. It is quarantined, never dropped. */
export interface RejectedRow {
  /** The vendor's ID if the row has one, otherwise a stable text derived from its content. */
  sourceId: SourceId;
  /** What is wrong, with the field's name, and what to do. */
  reason: string;
  /** The row as the vendor sent it. */
  row: unknown;
}

export interface PullRequest {
  /** Rows changed at or after this timestamp are wanted (≥). The overlap is already subtracted. */
  since: Instant;
  /** Start of the run. Later changes may be included; the watermark will not pass this. */
  until: Instant;
  /**
   * The `resume` token of the last page stored by an interrupted pass over this stream, or null.
   */
  resume: string | null;
  /** The configured clients. A vendor that can filter only requests these. Never empty. */
  clientIds: readonly SourceId[];
  /**
   * Whether the rows are stored, page by page. A comparison reads the same rows and stores nothing:
   * it wants all rows, and must not change the connector's memory.
   */
  isStored: boolean;
  /**
   * Resolves once all pages yielded so far are stored: the next page is read before that. What a
   * connector remembers about rows that it has read is written after it.
   */
  whenStored(): Promise<void>;
  /** Lines of invoices issued on this day or later are wanted; absent: none. */
  linesSince?: DateText;
  signal: AbortSignal;
}

export interface Page<Row> {
  rows: readonly Row[];
  rejected: readonly RejectedRow[];
  /**
   * Where a later pass may continue once this page is stored, with the same `since`; null if only
   * the end of the stream is a safe point (an unsorted stream).
   */
  resume: string | null;
  /**
   * For tickets of a vendor that only lists time per ticket: those of the rows that hold no time
   * according to the vendor. The first reading of a connection need not read theirs.
   */
  untimedIds?: readonly SourceId[];
  /**
   * For time entries: tickets ALL of whose time is in this page, so that missing entries are
   * deleted. For a vendor that reports on which ticket time was deleted.
   */
  completeTicketIds?: readonly SourceId[];
  /**
   * How many entries of these tickets were deleted according to the vendor. If they are most of a
   * client's time, no more than this are treated as deleted.
   */
  deletions?: number;
}

export type Pull<Row> = (request: PullRequest) => AsyncIterable<Page<Row>>;

/** A page with ALL the time of its tickets: missing entries are deleted. */
export interface TicketTimePage {
  ticketIds: readonly SourceId[];
  rows: readonly TimeEntryRow[];
  rejected: readonly RejectedRow[];
  /** As in a page of time entries. */
  deletions?: number;
}

/** The time to sweep: work that started in [from, to), of these clients. */
export interface PresenceRequest {
  from: Instant;
  to: Instant;
  clientIds: readonly SourceId[];
  signal: AbortSignal;
}

/** The time entries that exist now. An entry that is no longer listed is deleted. */
export interface Presence {
  /** IDs of the time entries, in pages. */
  ids(request: PresenceRequest): AsyncIterable<readonly SourceId[]>;
  /** The vendor's own count for the same request, to verify the IDs. */
  count(request: PresenceRequest): Promise<number>;
  /** The ticket of an entry; required if time is read ticket by ticket. */
  ticketOf?(id: SourceId): SourceId;
}

/** What is left of a vendor's native block of a client's hours. */
export interface VendorBlock {
  sourceId: SourceId;
  clientId: SourceId;
  name: string;
  remainingSeconds: number;
}

export interface BlockPage {
  rows: readonly VendorBlock[];
  rejected: readonly RejectedRow[];
}

export interface Pulls {
  clients?: Pull<ClientRow>;
  tickets?: Pull<TicketRow>;
  timeEntries?: Pull<TimeEntryRow>;
  sessions?: Pull<SessionRow>;
  invoices?: Pull<InvoiceRow>;
  /** Of a payment provider: charges of the configured customers, with later reversals. */
  payments?: Pull<PaymentRow>;
  /** Of a payment provider: every customer's mandate (or card) as it is now, and ended ones. */
  mandates?: Pull<MandateRow>;
  /** For a vendor whose API does not report deleted time. */
  present?: Presence;
  /** For a vendor with native blocks of hours: the active ones, to compare with ours. */
  blocks?: (clientIds: readonly SourceId[], signal: AbortSignal) => AsyncIterable<BlockPage>;
  /**
   * For a vendor that only lists time per ticket, instead of `timeEntries`: called with changed
   * tickets, and again for those whose reading was interrupted.
   */
  ticketTime?: (
    ticketIds: readonly SourceId[],
    signal: AbortSignal,
  ) => AsyncIterable<TicketTimePage>;
}

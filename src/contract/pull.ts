/** The reading half of the contract: streams of rows, in pages that are stored one by one. Types only. */
import type {
  ClientRow,
  InvoiceRow,
  SessionRow,
  SourceId,
  TicketRow,
  TimeEntryRow,
} from '../domain/records/rows.ts';
import type { DateText, Instant } from '../domain/time.ts';

/** A vendor row that could not be understood. It is set aside for a person, never dropped. */
export interface RejectedRow {
  /** The vendor's id where the row still shows one, else a stable text made from its content. */
  sourceId: SourceId;
  /** What is wrong, naming the field, and what to do. */
  reason: string;
  /** The row as the vendor sent it. */
  row: unknown;
}

export interface PullRequest {
  /** Rows changed at or after this moment are wanted (≥). The overlap is already taken off. */
  since: Instant;
  /** Start of the run. Later changes may come along; the watermark will not pass this. */
  until: Instant;
  /** The `resume` text of the last page stored by an interrupted pass over this stream, else null. */
  resume: string | null;
  /** The configured clients. A vendor that can filter asks for these alone. Never empty. */
  clientIds: readonly SourceId[];
  /**
   * Whether what is read is stored, page by page. A comparison with what is stored reads the same and stores
   * nothing: it wants all there is, and leaves no word of it in memory.
   */
  isStored: boolean;
  /** Lines of the invoices issued on this day or later are wanted; absent: of none. */
  linesSince?: DateText;
  signal: AbortSignal;
}

export interface Page<Row> {
  rows: readonly Row[];
  rejected: readonly RejectedRow[];
  /**
   * Where a later pass may continue once this page is stored, with the same `since`; null when only
   * the end of the stream is a safe point (an unsorted stream).
   */
  resume: string | null;
  /**
   * Of time entries: tickets ALL of whose time this page holds, so that what it lacks is gone. For a
   * vendor that tells on which ticket time was deleted.
   */
  completeTicketIds?: readonly SourceId[];
  /**
   * How many entries of these tickets the vendor itself says were deleted. No more than so many are believed
   * to be gone where they are most of a client's time.
   */
  deletions?: number;
}

export type Pull<Row> = (request: PullRequest) => AsyncIterable<Page<Row>>;

/** A page that holds ALL the time of the tickets it names: entries it lacks are gone. */
export interface TicketTimePage {
  ticketIds: readonly SourceId[];
  rows: readonly TimeEntryRow[];
  rejected: readonly RejectedRow[];
  /** As in a page of time entries. */
  deletions?: number;
}

/** Which time a sweep asks about: work that started in [from, to), of these clients. */
export interface PresenceRequest {
  from: Instant;
  to: Instant;
  clientIds: readonly SourceId[];
  signal: AbortSignal;
}

/** What time is there now. An entry that the vendor lists no more is gone. */
export interface Presence {
  /** Ids of the time entries, in pages. */
  ids(request: PresenceRequest): AsyncIterable<readonly SourceId[]>;
  /** The vendor's own count for the same question, to hold the ids against. */
  count(request: PresenceRequest): Promise<number>;
  /** The ticket that an entry is on, told by its id; needed where time is read ticket by ticket. */
  ticketOf?(id: SourceId): SourceId;
}

/** What is left of an agreement by which the vendor itself counts a client's hours. */
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
  /** For a vendor that does not tell of deleted time. */
  present?: Presence;
  /** For a vendor with blocks of hours of its own: those that are in use now, to compare ours with. */
  blocks?: (clientIds: readonly SourceId[], signal: AbortSignal) => AsyncIterable<BlockPage>;
  /**
   * For a vendor that shows time only ticket by ticket, instead of `timeEntries`: called with the
   * tickets that changed, and again for those whose reading was interrupted.
   */
  ticketTime?: (
    ticketIds: readonly SourceId[],
    signal: AbortSignal,
  ) => AsyncIterable<TicketTimePage>;
}

import type { DateText, Instant } from '../time.ts';

/**
 * What the mirror keeps of each vendor's records, in our words: the rows that connectors yield and
 * the store holds. Ids are the vendor's, as text.
 */
export type SourceId = string;

export interface ClientRow {
  sourceId: SourceId;
  name: string;
}

/**
 * The vendor's own ids of what a row names, where it has them: a name may change, and what it names is
 * still the same. The technician's is a field of its own.
 */
export type NameIds = Partial<
  Record<'board' | 'ticketType' | 'agreement' | 'workType' | 'role', SourceId>
>;

export interface TicketRow {
  sourceId: SourceId;
  /** What people call it; often the id itself. */
  number: string;
  clientId: SourceId | null;
  summary: string;
  board: string | null;
  ticketType: string | null;
  /** The PSA's own agreement on the ticket, by name. */
  agreement: string | null;
  ids?: NameIds;
  status: string;
  /** Absent or null: the vendor does not show it. */
  createdAt?: Instant | null;
  isClosed: boolean;
  closedAt: Instant | null;
  /** The ticket that this one was merged into: its time counts there. */
  mergedInto: SourceId | null;
  updatedAt: Instant;
}

/** Who worked, where the vendor does not say. */
export const unknownTechnician = { id: 'unknown', name: 'Unknown technician' } as const;

export interface TimeEntryRow {
  sourceId: SourceId;
  /** Null for time that hangs on no ticket. */
  ticketId: SourceId | null;
  /** Null where the vendor only knows the client through the ticket. */
  clientId: SourceId | null;
  technicianId: SourceId;
  technician: string;
  startedAt: Instant;
  endedAt: Instant;
  /** True where start and end are the vendor's; false where only the moment of logging is known. */
  isTimed: boolean;
  /**
   * Time worked, breaks taken off. Negative only in a `correction`, which lowers what was logged
   * before it on the same ticket.
   */
  seconds: number;
  /** By how much the vendor's own rounding may have moved them; absent or null: not at all. */
  precisionSeconds?: number | null;
  /** Hours to bill, where the vendor keeps them beside those worked; absent or null: not known. */
  billedSeconds?: number | null;
  /** The duration as the vendor wrote it (`1.25`, `90 min`), for the explanation. */
  secondsText: string;
  kind: 'work' | 'correction';
  workType: string | null;
  role: string | null;
  isBillable: boolean | null;
  isApproved: boolean | null;
  agreement: string | null;
  ids?: NameIds;
  /** Text the client may see; null when there is none. */
  note: string | null;
  updatedAt: Instant;
}

/** A remote-control session with both its ends recorded by the vendor. */
export interface SessionRow {
  sourceId: SourceId;
  clientId: SourceId | null;
  technicianId: SourceId;
  technician: string;
  device: string | null;
  startedAt: Instant;
  endedAt: Instant;
  updatedAt: Instant;
}

/** Null anywhere: the vendor does not report it. */
export interface InvoiceRow {
  sourceId: SourceId;
  number: string | null;
  clientId: SourceId | null;
  /** The key we put on an invoice of ours; null on all others. */
  reference: string | null;
  /** The id by which a push knows a sale on this invoice: the invoice's own, or that of its charge. */
  saleId: SourceId | null;
  currency: string | null;
  totalMinor: number | null;
  /** Before tax; of our own sale alone where the invoice may hold several. */
  netMinor: number | null;
  /** Received in money. */
  paidMinor: number | null;
  /** No longer owed though no money came: credited, written off. */
  creditedMinor: number | null;
  /** Paid in full, by money alone. */
  isPaid: boolean;
  /** Voided, credited in full, or a credit itself. */
  isVoid: boolean;
  issuedOn: DateText | null;
  paidOn: DateText | null;
  /** Null too where they were not asked for. */
  lines: readonly InvoiceLine[] | null;
  updatedAt: Instant;
}

export interface InvoiceLine {
  /** As an offer's `product` names it. */
  product: string | null;
  /** Decimal text. */
  quantity: string | null;
  /** Before tax. */
  totalMinor: number | null;
}

export type StreamName = 'clients' | 'tickets' | 'timeEntries' | 'sessions' | 'invoices';

import type { DateText, Instant } from '../time.ts';

/**
 * What the mirror keeps of each vendor's records, in our terms: the rows that connectors yield and
 * the store holds. IDs are the vendor's, as text.
 */
export type SourceId = string;

export interface ClientRow {
  sourceId: SourceId;
  name: string;
}

/**
 * The vendor's IDs of the things named in a row, if any: a name may change while the thing stays
 * the same. The technician's ID is a separate field.
 */
export type NameIds = Partial<
  Record<'board' | 'ticketType' | 'agreement' | 'workType' | 'role', SourceId>
>;

export interface TicketRow {
  sourceId: SourceId;
  /** The display number; often the ID itself. */
  number: string;
  clientId: SourceId | null;
  summary: string;
  board: string | null;
  ticketType: string | null;
  /** The PSA's own agreement on the ticket, by name. */
  agreement: string | null;
  ids?: NameIds;
  status: string;
  /**
   * Where the ticket came from, as the vendor calls it: `Email`, `Phone`; `monitoring` if the ID
   * of an alert proves it. Absent or null: not reported.
   */
  source?: string | null;
  /** Absent or null: not reported by the vendor. */
  createdAt?: Instant | null;
  isClosed: boolean;
  closedAt: Instant | null;
  /** The ticket that this one was merged into: its time counts there. */
  mergedInto: SourceId | null;
  updatedAt: Instant;
}

/** The technician, if the vendor does not report one. */
export const unknownTechnician = { id: 'unknown', name: 'Unknown technician' } as const;

export interface TimeEntryRow {
  sourceId: SourceId;
  /** Null for time without a ticket. */
  ticketId: SourceId | null;
  /** Null if the vendor only has the client on the ticket. */
  clientId: SourceId | null;
  technicianId: SourceId;
  technician: string;
  /** By which technicians of two systems are matched; absent or null: not reported. */
  technicianEmail?: string | null;
  startedAt: Instant;
  endedAt: Instant;
  /** True if start and end are the vendor's; false if only the time of logging is known. */
  isTimed: boolean;
  /**
   * Time worked, without breaks. Only negative in a `correction`, which reduces earlier time on the
   * same ticket.
   */
  seconds: number;
  /** By how much the vendor's own rounding may have changed them; absent or null: not at all. */
  precisionSeconds?: number | null;
  /** Billable time, if the vendor has it besides worked time; absent or null: unknown. */
  billedSeconds?: number | null;
  /** The duration as written by the vendor (`1.25`, `90 min`), for the explanation. */
  secondsText: string;
  kind: 'work' | 'correction';
  workType: string | null;
  role: string | null;
  isBillable: boolean | null;
  isApproved: boolean | null;
  agreement: string | null;
  ids?: NameIds;
  /** Text visible to the client; null if there is none. */
  note: string | null;
  updatedAt: Instant;
}

/** A remote-control session with both its ends recorded by the vendor. */
export interface SessionRow {
  sourceId: SourceId;
  clientId: SourceId | null;
  technicianId: SourceId;
  technician: string;
  technicianEmail: string | null;
  device: string | null;
  /** The ticket that it was opened from, at the same vendor; null: none, or not reported. */
  ticketId: SourceId | null;
  /** The time entry that the vendor made of it; null: none. */
  entryId: SourceId | null;
  startedAt: Instant;
  endedAt: Instant;
  updatedAt: Instant;
}

/** Null in any field: not reported by the vendor. */
export interface InvoiceRow {
  sourceId: SourceId;
  number: string | null;
  clientId: SourceId | null;
  /** The key we put on our own invoices; null on all others. */
  reference: string | null;
  /**
   * The ID that a push stored for a sale on this invoice: the invoice's own, or that of its charge.
   */
  saleId: SourceId | null;
  currency: string | null;
  totalMinor: number | null;
  /** Before tax; only of our own sale if the invoice may hold several. */
  netMinor: number | null;
  /** Amount received. */
  paidMinor: number | null;
  /** Amount no longer owed without payment: credited, written off. */
  creditedMinor: number | null;
  /** Paid in full, without credits. */
  isPaid: boolean;
  /** Voided, credited in full, or a credit itself. */
  isVoid: boolean;
  issuedOn: DateText | null;
  paidOn: DateText | null;
  /** Also null if they were not requested. */
  lines: readonly InvoiceLine[] | null;
  updatedAt: Instant;
}

export interface InvoiceLine {
  /** As in an offer's `product`. */
  product: string | null;
  /** Decimal text. */
  quantity: string | null;
  /** Before tax. */
  totalMinor: number | null;
}

/** A charge at a payment provider, with what happened to its money since. */
export interface PaymentRow {
  sourceId: SourceId;
  /** The key of our own charge; null on all others. */
  reference: string | null;
  /** The provider's customer. */
  clientId: SourceId | null;
  /**
   * `submitted` until the provider knows that it was collected; a `succeeded` one may still be
   * reversed, weeks later.
   */
  status: 'submitted' | 'succeeded' | 'failed' | 'cancelled';
  amountMinor: number;
  currency: string;
  /** Refunded, returned by the bank, or disputed and not won. */
  reversedMinor: number;
  /** Why it failed or was reversed: the provider's code, such as `insufficient_funds`. */
  reason: string | null;
  /**
   * What a failure means. `funds`: the same charge may succeed later; `account`: the bank account
   * or mandate cannot be charged any more; `other`: unknown.
   */
  failure: 'funds' | 'account' | 'other' | null;
  createdAt: Instant;
  /** The day on which it succeeded. */
  settledOn: DateText | null;
  updatedAt: Instant;
}

/** A customer's authority to charge a bank account or card. Bank details are never part of it. */
export interface MandateRow {
  sourceId: SourceId;
  /** The provider's customer. */
  clientId: SourceId;
  /** As the provider calls it: `us_bank_account`, `sepa_debit`, `bacs`, `card`. */
  scheme: string;
  /** `pending`: not yet verified; `ended`: cancelled, expired, blocked or replaced. */
  status: 'usable' | 'pending' | 'ended';
  /** Why it ended, or its last month for a card: `expires 2027-03`. */
  detail: string | null;
  /** Last day on which it can be charged, if it has one. */
  expiresOn: DateText | null;
  updatedAt: Instant;
}

export type StreamName =
  | 'clients'
  | 'tickets'
  | 'timeEntries'
  | 'sessions'
  | 'invoices'
  | 'payments'
  | 'mandates';

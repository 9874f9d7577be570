import type { Usage } from '../../domain/forecast/burn-history.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { ChargeGroup, DirtySubject, PostedCharge } from './debit.ts';

export interface QuarantineRow {
  id: number;
  connection: string;
  stream: string;
  sourceId: string;
  reason: string;
  row: string | null;
  vendorRow: string | null;
  firstSeenAt: Instant;
  lastSeenAt: Instant;
  status: 'open' | 'accepted' | 'resolved';
  /** What debit found has no row: it is about a client or a ticket. */
  foundBy: 'pull' | 'debit';
}

/** Credits minus debits, up to each of two timestamps. */
export interface BlockSums {
  /** Null: overage. */
  blockId: string | null;
  /** 0 for a money block. */
  openingSeconds: number;
  closingSeconds: number;
  /** Null: hours. */
  openingMinor: number | null;
  closingMinor: number | null;
}

/** A block just before a ledger entry was posted. */
export interface BlockBefore {
  entryKey: string;
  blockId: string;
  /** What was left; 0 for money. */
  seconds: number;
  /** Null: hours. */
  minor: number | null;
  /** What the entry's client had used of it, if blocks are shared. */
  used: number;
  /** By its last day at that time. */
  expiresOn: DateText | null;
  isVoid: boolean;
}

/** How a block was sold. */
export interface BlockSale {
  blockId: string;
  /** The invoice as sent (or as written by hand in the PSA); null: none is known. */
  invoiced: { seconds: number; totalMinor: number } | null;
  /** The invoice number. */
  label: string | null;
  orderedAt: Instant;
  /** The client's first alert on a threshold after its purchase before; null: none was sent. */
  lowAt: Instant | null;
  paidOn: DateText | null;
}

/** The tickets of one vendor's client that came from one source. */
export interface TicketSourceCount {
  connection: string;
  /** The vendor's client. */
  clientId: string | null;
  /** Null: the vendor does not say. */
  source: string | null;
  tickets: number;
  /** Worked on them. */
  seconds: number;
}

export interface ReportStore {
  listClients(): Promise<
    { id: string; name: string; sources: { connection: string; sourceId: string }[] }[]
  >;
  /** The client's ledger entries posted in [from, to), oldest first, in pages of at most 1,000 or as said. */
  streamLedger(
    clientId: string,
    from: Instant | null,
    to: Instant | null,
    pageSize?: number,
  ): AsyncIterable<LedgerEntry[]>;
  /**
   * Signed sums per block of everything posted before each timestamp, `to` being the later one;
   * open overage (null) is negative.
   */
  readBalancesAt(clientId: string, from: Instant, to: Instant): Promise<BlockSums[]>;
  /** What others' blocks paid for the client's work, posted in [from, to), in pages of at most 1,000. */
  streamSharedUse(clientId: string, from: Instant, to: Instant): AsyncIterable<LedgerEntry[]>;
  /** Signed sums of that per block, of everything posted before each timestamp. */
  readSharedUsesAt(clientId: string, from: Instant, to: Instant): Promise<BlockSums[]>;
  /** Charges posted in [from, to), oldest first, in pages of at most 1,000. */
  streamCharges(clientId: string, from: Instant, to: Instant): AsyncIterable<PostedCharge[]>;
  /** Each group's current charge revision just before the timestamp. */
  readChargesBefore(groupKeys: readonly string[], before: Instant): Promise<PostedCharge[]>;
  readCharges(ids: readonly string[]): Promise<PostedCharge[]>;
  /** Of every block in these accounts. */
  readBlockSales(clientIds: readonly string[]): Promise<BlockSale[]>;
  readChargeHistory(groupKey: string): Promise<PostedCharge[]>;
  readChargeEntries(chargeIds: readonly string[]): Promise<LedgerEntry[]>;
  /** The blocks of each entry's account with earlier postings. */
  readBlocksBefore(entryKeys: readonly string[]): Promise<BlockBefore[]>;
  /** Groups of an entry, a ticket or a charge with this ID (in any connection). */
  findGroups(id: string, connection: string | null): Promise<ChargeGroup[]>;
  /**
   * The clients' combined usage: current charges for work since that day, summed by date of work,
   * and each group's pending work, with the start of the last of it.
   */
  readUsage(clientIds: readonly string[], since: DateText): Promise<Usage>;
  listOpenGroups(clientId: string): Promise<ChargeGroup[]>;
  /** When an alert said that these clients' hours were idle, oldest first: delivered ones. */
  readIdleAlerts(clientIds: readonly string[]): Promise<{ clientId: string; at: Instant }[]>;
  /** Tickets that were worked on since, with that time. */
  countTicketSources(since: Instant): Promise<TicketSourceCount[]>;
  /** Every ticket that has time, and every entry without one, in pages of at most 500. */
  streamMirroredWork(): AsyncIterable<Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>[]>;
  listQuarantine(statuses: readonly QuarantineRow['status'][]): Promise<QuarantineRow[]>;
  /**
   * Reads the row again at the next pull (the stream's watermark moves back), or processes the work
   * again at the next debit if that found it. False: no such open or accepted row.
   */
  retryQuarantine(id: number, at: Instant): Promise<boolean>;
  /**
   * Adds the row to the mirror as it is, or permanently ignores an unmapped client. False: no such
   * open row. Throws `config` for a vendor row that could not be parsed.
   */
  acceptQuarantine(id: number, at: Instant, runId: string): Promise<boolean>;
  /** Recomputes chain, sums, slices and caches from scratch; the first mismatch, or null. */
  verify(): Promise<Disagreement | null>;
  /** A consistent copy in a new file, during writes. */
  backup(file: string): Promise<void>;
}

export interface Disagreement {
  /** Table and row: `ledger 1234`. */
  where: string;
  detail: string;
}

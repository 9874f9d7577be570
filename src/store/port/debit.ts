import type { Onboarding } from '../../domain/agreements/terms.ts';
import type { LedgerEntry, Posting } from '../../domain/ledger/ledger.ts';
import type { TicketRow, TimeEntryRow } from '../../domain/records/rows.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { DoubleCount } from './sessions.ts';

/** A ticket, or an entry without one. */
export interface WorkSubject {
  connection: string;
  kind: 'ticket' | 'entry';
  sourceId: string;
}

export interface DirtySubject extends WorkSubject {
  seq: number;
}

export interface MirrorTicket extends TicketRow {
  connection: string;
}

export interface MirrorTimeEntry extends TimeEntryRow {
  connection: string;
  deletedAt: Instant | null;
  /** The group in which the entry is charged. */
  groupKey: string | null;
  /** Whether it is charged in its group, and not only pending there. */
  isCharged: boolean;
  /** Made of a remote session that no time entry covers. */
  isDerived?: boolean;
}

export interface ChargeGroup {
  groupKey: string;
  clientId: string | null;
  status: 'posted' | 'pending' | 'waiting' | 'outside';
  /** Code for why it is not posted: `ticket-open`, `client-unmapped`, … */
  reason: string | null;
  pendingSeconds: number;
  revision: number;
  /** The current charge; null: none. */
  chargeId: string | null;
  /** Hash over the current charge's work, with the fields that were used; null: nothing is due. */
  factsHash: string | null;
}

export interface Work {
  entries: MirrorTimeEntry[];
  /** Every entry's ticket, and those they were merged into. */
  tickets: MirrorTicket[];
  /** The entries' current groups. */
  groups: ChargeGroup[];
}

export interface Charge {
  id: string;
  groupKey: string;
  revision: number;
  clientId: string;
  seconds: number;
  workedOn: DateText;
  /** JSON of ChargeFacts. */
  facts: string;
  factsHash: string;
}

export interface PostedCharge extends Charge {
  postedAt: Instant;
  runId: string;
}

export type BlockSource = 'opening' | 'purchase' | 'manual' | 'rollover' | 'overage';

export interface Block {
  id: string;
  key: string;
  clientId: string;
  source: BlockSource;
  offer: string | null;
  /** Size of a block of hours; 0 for money. */
  seconds: number;
  /** Size of a money block; null: hours. */
  amountMinor: number | null;
  /** 0 for money, whose hours are charged at the rates of their work types. */
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  /** Lower is used first. */
  priority: number;
  /** Work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  status: 'ordered' | 'active' | 'void';
  activate: 'at-once' | 'on-invoice' | 'on-payment';
  invoiceKey: string | null;
  /** Absent: ordinary support. */
  onboarding?: Onboarding;
}

export interface BlockBalance extends Block {
  /** 0 for money. */
  remainingSeconds: number;
  /** Null: hours. */
  remainingMinor: number | null;
}

/** What a client used of a shared block, in seconds (money: minor units). */
export interface SharedUse {
  blockId: string;
  clientId: string;
  used: number;
}

export interface ClientLedger {
  clientId: string;
  /** Active blocks with something left, and those requested in addition. */
  blocks: BlockBalance[];
  /** Usage of these blocks by clients that share them. */
  sharedUse: SharedUse[];
  overageSeconds: number;
  /** Position of the client's last ledger entry; 0: none. */
  clientSeq: number;
}

/** Which blocks to include besides the active ones with something left. */
export interface LedgerOptions {
  isAllBlocks?: boolean;
  /** Blocks whose last day was this day or earlier. */
  endedBy?: DateText;
}

export interface DebitBatch {
  at: Instant;
  runId: string;
  /**
   * Position of each changed client's ledger when this was decided; a mismatch rejects the batch.
   */
  expected: readonly { clientId: string; clientSeq: number }[];
  charges: readonly Charge[];
  postings: readonly Posting[];
  groups: readonly ChargeGroup[];
  /** Groups without entries; one that was ever charged is kept, because its revisions continue. */
  removedGroupKeys: readonly string[];
  entryGroups: readonly {
    connection: string;
    entryId: string;
    groupKey: string | null;
    isCharged: boolean;
  }[];
  /** Dirty rows that were processed. */
  dirtySeqs: readonly number[];
  warnings: readonly QuarantinedSubject[];
  /** Entries compared with those of other systems, and the pairs that may be one hour of work. */
  doubles?: { checked: readonly TimeEntryId[]; pairs: readonly DoubleCount[] };
}

interface TimeEntryId {
  connection: string;
  sourceId: string;
}

/** A quarantine row found by debit: an unmapped client, an unknown ticket. */
export interface QuarantinedSubject {
  connection: string;
  stream: string;
  sourceId: string;
  /** Null: resolved. */
  reason: string | null;
  /** JSON of what it is about: once accepted, only the same is. */
  row?: string;
}

export interface DebitStore {
  /** Oldest work first; the rows are kept until `writeDebits` removes them. */
  takeDirty(limit: number): Promise<DirtySubject[]>;
  /** The held work of these clients, pending because no hours are left. */
  readHeldSubjects(clientIds: readonly string[]): Promise<WorkSubject[]>;
  /** Marks the work of every group that is not fully posted, after the rules changed. */
  markOpenGroupsDirty(): Promise<number>;
  /**
   * Loads all work of these tickets (including merged ones), of these entries, and of the groups
   * that any of it is charged in. A dirty ticket found on the way is also loaded completely, so
   * that for an entry moved between two tickets both are complete.
   */
  readWork(subjects: readonly WorkSubject[]): Promise<Work>;
  /**
   * Work of one client (by the entry, its ticket, or the ticket that was merged into) that started
   * in [from, to), and whatever else is charged in the same groups, for charges per day.
   */
  readWorkBetween(
    sources: readonly { connection: string; sourceId: string }[],
    from: Instant,
    to: Instant,
  ): Promise<Work>;
  /** The groups with these keys, with or without entries. */
  readGroups(groupKeys: readonly string[]): Promise<ChargeGroup[]>;
  /** The vendor's name of a mirrored client; null: unknown. */
  readMirrorClientName(connection: string, sourceId: string): Promise<string | null>;
  /** Clients with a block limited to certain work types. */
  listLimitedAccounts(): Promise<string[]>;
  readLedgers(clientIds: readonly string[], options?: LedgerOptions): Promise<ClientLedger[]>;
  /** Ledger entries of these charges without a reversal, oldest first. */
  readLiveSlices(chargeIds: readonly string[]): Promise<LedgerEntry[]>;
  /** Expiry entries of these clients' blocks without a reversal, oldest first. */
  readLiveExpiries(clientIds: readonly string[]): Promise<LedgerEntry[]>;
  /**
   * Posts the whole batch or nothing. Throws `transient` if a client's ledger changed since it was
   * read; any other rejection (an existing key, a block below zero) is a bug.
   */
  writeDebits(batch: DebitBatch): Promise<void>;
}

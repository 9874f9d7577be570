import type { LedgerEntry, Posting } from '../../domain/ledger/ledger.ts';
import type { TicketRow, TimeEntryRow } from '../../domain/records/rows.ts';
import type { DateText, Instant } from '../../domain/time.ts';

export interface DirtySubject {
  seq: number;
  connection: string;
  kind: 'ticket' | 'entry';
  sourceId: string;
}

export interface MirrorTicket extends TicketRow {
  connection: string;
}

export interface MirrorTimeEntry extends TimeEntryRow {
  connection: string;
  deletedAt: Instant | null;
  /** Where the entry was charged so far. */
  groupKey: string | null;
  /** Whether it is part of what its group is charged, and not only pending there. */
  isCharged: boolean;
}

export interface ChargeGroup {
  groupKey: string;
  clientId: string | null;
  status: 'posted' | 'pending' | 'waiting' | 'outside';
  /** Code for why it is not simply posted: `ticket-open`, `client-unmapped`, … */
  reason: string | null;
  pendingSeconds: number;
  revision: number;
  /** The charge that stands now; null: none. */
  chargeId: string | null;
  /** Over the work that the standing charge was made from, with what was read of it; null: nothing is due. */
  factsHash: string | null;
}

export interface Work {
  entries: MirrorTimeEntry[];
  /** Every ticket that an entry hangs on, and those they were merged into. */
  tickets: MirrorTicket[];
  /** Groups that the entries are in now. */
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
  /** Size of a block of money; null: hours. */
  amountMinor: number | null;
  /** 0 for money, whose hours cost what their work type costs. */
  rateMinor: number;
  currency: string;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  /** Lower is used first. */
  priority: number;
  /** The work types that it pays for; null: all. */
  workTypes: readonly string[] | null;
  status: 'ordered' | 'active' | 'void';
  activate: 'at-once' | 'on-invoice' | 'on-payment';
  invoiceKey: string | null;
}

export interface BlockBalance extends Block {
  /** 0 for money. */
  remainingSeconds: number;
  /** Null: hours. */
  remainingMinor: number | null;
}

/** What a client took of a block that it shares, in seconds (of money: minor units). */
export interface SharedUse {
  blockId: string;
  clientId: string;
  used: number;
}

export interface ClientLedger {
  clientId: string;
  /** Active blocks with something left, and what else was asked for. */
  blocks: BlockBalance[];
  /** Of the blocks above, by clients that share them. */
  sharedUse: SharedUse[];
  overageSeconds: number;
  /** Position of the client's last ledger entry; 0: none. */
  clientSeq: number;
}

/** Which blocks beside the active ones with something left. */
export interface LedgerOptions {
  isAllBlocks?: boolean;
  /** Those whose last day was this one or came before it. */
  endedBy?: DateText;
}

export interface DebitBatch {
  at: Instant;
  runId: string;
  /** Position of each touched client's ledger when this was decided; a mismatch refuses the batch. */
  expected: readonly { clientId: string; clientSeq: number }[];
  charges: readonly Charge[];
  postings: readonly Posting[];
  groups: readonly ChargeGroup[];
  /** Groups that hold no entry any more; one that was ever charged stays, for its revisions count on. */
  removedGroupKeys: readonly string[];
  entryGroups: readonly {
    connection: string;
    entryId: string;
    groupKey: string | null;
    isCharged: boolean;
  }[];
  /** Dirty rows dealt with. */
  dirtySeqs: readonly number[];
  warnings: readonly QuarantinedSubject[];
}

/** A quarantine row that debit finds: an unmapped client, a ticket that was never seen. */
export interface QuarantinedSubject {
  connection: string;
  stream: string;
  sourceId: string;
  /** Null: nothing is wrong (any more). */
  reason: string | null;
}

export interface DebitStore {
  /** Oldest work first; the rows stay until `writeDebits` names them. */
  takeDirty(limit: number): Promise<DirtySubject[]>;
  /** The work of these clients that is pending for want of hours. */
  readHeldSubjects(
    clientIds: readonly string[],
  ): Promise<Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>[]>;
  /** Marks the work of every group that is not fully posted, after the rules changed. */
  markOpenGroupsDirty(): Promise<number>;
  /**
   * Loads all work of these tickets (with what was merged into them), of these entries, and of the
   * groups that any of it is charged in. A ticket met on the way that is dirty itself is loaded
   * whole as well, so that an entry moved between two tickets finds both of them complete.
   */
  readWork(
    subjects: readonly Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>[],
  ): Promise<Work>;
  /**
   * Work of one client (by the entry, its ticket, or the ticket that was merged into) that started
   * in [from, to), and whatever else is charged in the same groups, for charges per day.
   */
  readWorkBetween(
    sources: readonly { connection: string; sourceId: string }[],
    from: Instant,
    to: Instant,
  ): Promise<Work>;
  /** The groups of these keys that stand, whether or not any entry is in them now. */
  readGroups(groupKeys: readonly string[]): Promise<ChargeGroup[]>;
  /** The name that the vendor shows for a client that was mirrored; null: never seen. */
  readMirrorClientName(connection: string, sourceId: string): Promise<string | null>;
  /** Clients with a block that pays for some work types only. */
  listLimitedAccounts(): Promise<string[]>;
  readLedgers(clientIds: readonly string[], options?: LedgerOptions): Promise<ClientLedger[]>;
  /** Ledger entries of these charges that no reversal undoes, oldest first. */
  readLiveSlices(chargeIds: readonly string[]): Promise<LedgerEntry[]>;
  /** Entries by which blocks of these clients ended and that no reversal undoes, oldest first. */
  readLiveExpiries(clientIds: readonly string[]): Promise<LedgerEntry[]>;
  /**
   * Posts the batch or nothing of it. Throws `transient` when a client's ledger moved since it was
   * read; any other refusal (a key that stands already, a block below zero) is a defect.
   */
  writeDebits(batch: DebitBatch): Promise<void>;
}

import type { LedgerEntry, Posting } from '../../domain/ledger/ledger.ts';
import type { Instant } from '../../domain/time.ts';
import type { Block, Charge, ChargeGroup, PostedCharge } from './debit.ts';
import type { PushMessageRow } from './outbox.ts';

export interface RunRow {
  id: string;
  command: string;
  mode: string;
  startedAt: Instant;
}

/** Part of a run that another run has replaced or decided, and that is therefore kept. */
export interface KeptPart {
  kind: 'charge' | 'block';
  clientId: string;
  id: string;
  /** The run to undo instead. */
  byRun: string;
}

export interface UndoneRun {
  runId: string;
  undoRunId: string;
  undoneAt: Instant;
  kept: KeptPart[];
}

/** What a run wrote, as far as it can be undone. */
export interface RunTraces {
  /**
   * Its unreversed ledger entries other than reversals, oldest first; and what replaced its
   * adjustments if a block has paid their overage.
   */
  entries: LedgerEntry[];
  /** Groups in which it posted or withdrew a charge. */
  groupKeys: string[];
  /** Blocks that it sold, opened or created by rollover. */
  blocks: Block[];
  /** The runs that sold or opened the blocks that it made usable. */
  soldBy: { blockId: string; runId: string }[];
  /** In the order in which they were written. */
  messages: PushMessageRow[];
  /**
   * Its invoices that are paid in the PSA and not credited: keys of our own, numbers of those
   * written by hand whose blocks it booked.
   */
  paidKeys: string[];
}

/** Where a mirrored entry is charged. */
export interface EntryPlace {
  connection: string;
  entryId: string;
  startedAt: Instant;
  groupKey: string | null;
}

export interface UndoMessage {
  message: PushMessageRow;
  status: 'open' | 'withdrawn' | 'absent' | 'by-hand';
  /** What to do by hand, or why it could not be done yet; null: nothing. */
  detail: string | null;
}

/** An invoice that an undo left to be voided by hand, and that still stands as last read. */
export interface UndoneInvoice {
  clientId: string;
  connection: string;
  /** The undone run. */
  runId: string;
  /** Its number in the PSA, or else its ID. */
  label: string;
  isPaid: boolean;
}

export interface UndoBatch {
  at: Instant;
  /** The undo's own run. */
  runId: string;
  undoes: RunRow;
  expected: readonly { clientId: string; clientSeq: number }[];
  charges: readonly Charge[];
  postings: readonly Posting[];
  groups: readonly ChargeGroup[];
  entryGroups: readonly {
    connection: string;
    entryId: string;
    groupKey: string;
    isCharged: boolean;
  }[];
  blockStatuses: readonly { blockId: string; status: Block['status'] }[];
  /** Blocks whose hours are withdrawn. */
  undoneBlockIds: readonly string[];
  /** Messages that must not be sent. */
  cancelledKeys: readonly string[];
  /** Messages that exist, or may exist, in a PSA. */
  remote: readonly { key: string; status: 'open' | 'by-hand'; detail: string | null }[];
  /** Terms under which billed overage is not billed again, by client. */
  heldBillings: readonly { clientId: string; terms: string }[];
  kept: readonly KeptPart[];
  /** Whether the rules have changed since the run: then the next run posts the work again. */
  isOutdated: boolean;
}

export interface UndoStore {
  readRun(id: string): Promise<RunRow | null>;
  /** The latest runs that posted, sold or sent something, newest first. */
  listWritingRuns(limit: number): Promise<RunRow[]>;
  listUndone(): Promise<UndoneRun[]>;
  readRunTraces(runId: string): Promise<RunTraces>;
  /** Every revision of these groups, in their order. */
  readChargeHistories(groupKeys: readonly string[]): Promise<PostedCharge[]>;
  readEntryPlaces(
    entries: readonly { connection: string; sourceId: string }[],
  ): Promise<EntryPlace[]>;
  /** Unreversed entries on these blocks other than reversals, oldest first. */
  readBlockEntries(blockIds: readonly string[]): Promise<LedgerEntry[]>;
  /** Refuses like `writeDebits`. */
  writeUndo(batch: UndoBatch): Promise<void>;
  readUndoMessages(runId: string): Promise<UndoMessage[]>;
  settleUndoMessage(
    key: string,
    at: Instant,
    settled: Pick<UndoMessage, 'status' | 'detail'>,
  ): Promise<void>;
  /** In the order in which they were sent. */
  readUndoneInvoices(): Promise<UndoneInvoice[]>;
  /** The ledger entries that a run posted, including reversals, oldest first. */
  readRunEntries(runId: string): Promise<LedgerEntry[]>;
  /** Blocks of these clients whose hours were withdrawn. */
  readUndoneBlocks(clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Terms under which this client's overage must not be billed again; null: it may be. */
  readHeldBilling(clientId: string): Promise<string | null>;
  /** Allows undone work to be posted, and overage to be billed, again although nothing changed. */
  releaseUndone(): Promise<void>;
}

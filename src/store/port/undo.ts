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

/** Something of a run that another run has replaced or decided, and that therefore stays. */
export interface Kept {
  kind: 'charge' | 'block';
  clientId: string;
  id: string;
  /** The run that is to be undone for it. */
  byRun: string;
}

export interface UndoneRun {
  runId: string;
  undoRunId: string;
  undoneAt: Instant;
  kept: Kept[];
}

/** What a run wrote, as far as it can be taken back. */
export interface RunTraces {
  /**
   * Its ledger entries that are no reversal and that nothing has undone, oldest first; and what came in
   * the place of its adjustments since, where a block paid their overage.
   */
  entries: LedgerEntry[];
  /** Groups that it posted a charge of, or withdrew one. */
  groupKeys: string[];
  /** Blocks that it sold, opened or passed hours on to. */
  blocks: Block[];
  /** Of the blocks that it made usable: the runs that sold or opened them. */
  soldBy: { blockId: string; runId: string }[];
  /** In the order in which they were written. */
  messages: PushMessageRow[];
  /** Keys of its invoices that are paid in the PSA, and not credited since. */
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
  /** What a person is to do, or why it could not be done yet; null: nothing. */
  detail: string | null;
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
  /** Blocks whose hours are taken back. */
  undoneBlockIds: readonly string[];
  /** Messages that are not to be sent (any more). */
  cancelledKeys: readonly string[];
  /** Messages that stand, or may stand, in a PSA. */
  remote: readonly { key: string; status: 'open' | 'by-hand'; detail: string | null }[];
  /** Terms under which overage that was billed is not billed again, by client. */
  heldBillings: readonly { clientId: string; terms: string }[];
  kept: readonly Kept[];
  /** Whether the rules changed since the run: then the next run posts the work anew by itself. */
  isOutdated: boolean;
}

export interface UndoStore {
  readRun(id: string): Promise<RunRow | null>;
  /** The latest runs that posted, sold or told something, the newest first. */
  listWritingRuns(limit: number): Promise<RunRow[]>;
  listUndone(): Promise<UndoneRun[]>;
  readRunTraces(runId: string): Promise<RunTraces>;
  /** Every revision of these groups, in their order. */
  readChargeHistories(groupKeys: readonly string[]): Promise<PostedCharge[]>;
  readEntryPlaces(
    entries: readonly { connection: string; sourceId: string }[],
  ): Promise<EntryPlace[]>;
  /** Entries on these blocks that are no reversal and that nothing has undone, oldest first. */
  readBlockEntries(blockIds: readonly string[]): Promise<LedgerEntry[]>;
  /** Refuses like `writeDebits`. */
  writeUndo(batch: UndoBatch): Promise<void>;
  readUndoMessages(runId: string): Promise<UndoMessage[]>;
  settleUndoMessage(
    key: string,
    at: Instant,
    settled: Pick<UndoMessage, 'status' | 'detail'>,
  ): Promise<void>;
  /** The ledger entries that a run posted, reversals too, oldest first. */
  readRunEntries(runId: string): Promise<LedgerEntry[]>;
  /** Blocks of these clients whose hours were taken back. */
  readUndoneBlocks(clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Terms under which this client's overage is not to be billed again; null: it may be. */
  readHeldBilling(clientId: string): Promise<string | null>;
  /** Lets work that was taken back be posted, and overage be billed, again though nothing changed. */
  releaseUndone(): Promise<void>;
}

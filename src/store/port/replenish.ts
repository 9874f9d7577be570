import {
  isFullyPaid,
  type OrderState,
  readOrder,
  type SoldInvoice,
} from '../../domain/blocks/order.ts';
import type { LedgerEntry, Posting } from '../../domain/ledger/ledger.ts';
import type { OpenOverage } from '../../domain/ledger/postings.ts';
import type { TimeEntryRow } from '../../domain/records/rows.ts';
import type { EpisodeState } from '../../domain/thresholds/episodes.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { Block, WorkSubject } from './debit.ts';
import type { HandSaleStore } from './hand-sales.ts';
import type { MessageStatus } from './outbox.ts';
import type { NewRecharge, RechargeChange } from './recharge.ts';

export interface Episode extends EpisodeState {
  clientId: string;
}

export interface NewMessage {
  key: string;
  kind: string;
  clientId: string;
  connection: string;
  /** JSON of the message without its key. */
  payload: string;
  /** JSON of what it was composed from; absent: it is never composed again. */
  basis?: string;
  afterKey: string | null;
  status: 'pending' | 'withheld';
}

/** A change to an active block; its effect on hours or money is posted separately. */
export interface BlockEdit {
  blockId: string;
  /** Who changed it: an opening block only follows the config if the config has changed since. */
  source: 'config' | 'hand';
  /** By how much the configured size changed; 0 if it did not. */
  seconds: number;
  minor: number;
  expiresOnBefore: DateText | null;
  expiresOn: DateText | null;
  reason: string;
}

export interface ReplenishBatch {
  at: Instant;
  runId: string;
  expected: readonly { clientId: string; clientSeq: number }[];
  /** The clients' ordered blocks when a sale was decided; others since reject the batch. */
  expectedOrders?: readonly { clientId: string; blockIds: readonly string[] }[];
  /** New blocks, once per key: an identical existing one is kept, a different one is a bug. */
  blocks: readonly Block[];
  blockStatuses: readonly { blockId: string; status: Block['status'] }[];
  /** Changes to active blocks. */
  blockEdits?: readonly BlockEdit[];
  /** Blocks whose purpose is another now. */
  blockPurposes?: readonly Pick<Block, 'id' | 'onboarding'>[];
  /** Ordered blocks whose size or validity is now known. */
  blockTerms?: readonly BlockTerms[];
  /** The invoice that sold a new block, if not ours; each product on it once. */
  invoiceBlocks?: readonly InvoiceBlock[];
  /** Clients whose automatic sales are put on hold; existing holds are kept. */
  salesHolds?: readonly Pick<SalesHold, 'clientId' | 'reason'>[];
  releasedHolds?: readonly string[];
  recharges?: readonly NewRecharge[];
  rechargeChanges?: readonly RechargeChange[];
  postings: readonly Posting[];
  episodes: readonly Episode[];
  /** Clients whose changed work the alarms have seen. */
  lookedAt?: readonly string[];
  /** Clients whose reached thresholds were marked as told: their withheld messages are cancelled, with the note. */
  marked?: readonly { clientId: string; note: string }[];
  /** Once per key, like the blocks. */
  messages: readonly NewMessage[];
  /**
   * Undelivered messages of this kind for the client, replaced by newer ones. Claimed ones too: the
   * owner is gone, or can no longer write the result. Dead ones too: retried by hand, they would
   * overwrite the newer value.
   */
  superseded: readonly { clientId: string; kind: string; exceptKey: string }[];
}

/** Changes nothing. */
export function emptyBatch({ at, runId }: Pick<ReplenishBatch, 'at' | 'runId'>): ReplenishBatch {
  const nothing = { expected: [], blocks: [], blockStatuses: [], postings: [] };
  return { at, runId, ...nothing, episodes: [], messages: [], superseded: [] };
}

export interface PendingEntry
  extends Pick<
    TimeEntryRow,
    'technicianId' | 'technician' | 'workType' | 'role' | 'isBillable' | 'seconds' | 'ids'
  > {
  connection: string;
  clientId: string;
  groupKey: string;
  /** Null: the vendor reports no billable time. */
  billedSeconds: number | null;
  /** Of the whole group. */
  pendingSeconds: number;
  /** Null: no ticket, or one that was not read yet. */
  ticketNumber: string | null;
  ticketSummary: string | null;
}

/** What a block for onboarding was used for. */
export interface OnboardingUse {
  clientId: string;
  blockId: string;
  usedSeconds: number;
  /** Of the charged work; null: none. */
  firstWorkedOn: DateText | null;
  lastWorkedOn: DateText | null;
  /** When the last charge was posted. */
  chargedAt: Instant | null;
  /** Tickets that it paid for and that are not closed. */
  openTickets: number;
}

export interface ReplenishStore extends HandSaleStore {
  readEpisodes(clientIds: readonly string[]): Promise<Episode[]>;
  /**
   * Position of the latest unreversed purchase or upward adjustment in each client's ledger; 0:
   * none.
   */
  readLastCredits(clientIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Unpaid overage entries, oldest first. */
  readOpenOverage(clientId: string): Promise<OpenOverage[]>;
  /** Those of the ledger entries that exist, oldest first. */
  readEntries(keys: readonly string[]): Promise<LedgerEntry[]>;
  /** The client's ledger after a position, oldest first, with the work types of each charge. */
  readEntriesAfter(clientId: string, clientSeq: number): Promise<OpenOverage[]>;
  /** Of the clients' blocks, oldest first. */
  readBlockEdits(clientIds: readonly string[]): Promise<(BlockEdit & { editedAt: Instant })[]>;
  /** Last day of work that these clients were charged for, by what was posted since; null: none. */
  readLastWork(clientIds: readonly string[], postedSince: Instant): Promise<DateText | null>;
  /** Those of the clients whose work was debited again since it was last looked at. */
  readChangedWork(clientIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Where these clients' work since then is: tickets, and entries without one. */
  readRecentWork(clientIds: readonly string[], since: Instant): Promise<WorkSubject[]>;
  /** Active blocks for onboarding that did not roll over, with what they paid for. */
  readOnboardings(clientIds: readonly string[]): Promise<OnboardingUse[]>;
  readPending(clientIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The pending time entries, one row each, by group. */
  readPendingEntries(clientIds: readonly string[]): Promise<PendingEntry[]>;
  /**
   * Ordered blocks, active ones whose invoice may have changed, and closed ones that gave no hours and
   * whose invoice was paid.
   */
  readOrders(): Promise<Order[]>;
  readSalesHolds(): Promise<SalesHold[]>;
  /** Rejects like `writeDebits`. */
  writeReplenish(batch: ReplenishBatch): Promise<void>;
}

export type BlockTerms = Pick<
  Block,
  'id' | 'seconds' | 'amountMinor' | 'purchasedOn' | 'expiresOn' | 'activate'
>;

export interface InvoiceBlock {
  blockId: string;
  connection: string;
  invoiceId: string;
  product: string;
  /** As sold; 0 for money. */
  seconds: number;
  totalMinor: number;
}

/** A sold block with its invoice, or a block whose first day is in the future. */
export interface Order {
  block: Block;
  messageStatus: MessageStatus | null;
  /** The invoice number; null before it is delivered. */
  label: string | null;
  /** As sent; null without a message. */
  sold: { seconds: number; totalMinor: number } | null;
  /** As last read; null: not read yet. */
  invoice: SoldInvoice | null;
  paidOn: DateText | null;
  /** Searched for by its ID twice and not found. */
  isGone: boolean;
  /** Whether its hours were credited before. */
  wasCredited: boolean;
}

/** A client's automatic sales on hold. */
export interface SalesHold {
  clientId: string;
  reason: string;
  since: Instant;
}

export function orderState({ block, messageStatus, sold, invoice, isGone }: Order): OrderState {
  return readOrder({
    activate: block.activate,
    isDelivered: messageStatus === 'delivered',
    orderedMinor: sold?.totalMinor ?? 0,
    invoice,
    isGone,
  });
}

/** Its order was closed without hours, by its invoice or by hand, and the client pays all the same. */
export function isPaidLate(order: Order): boolean {
  const { block, invoice } = order;
  return block.status === 'void' && isFullyPaid(invoice) && orderState(order).state === 'usable';
}

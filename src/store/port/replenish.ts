import { type OrderState, readOrder, type SoldInvoice } from '../../domain/blocks/order.ts';
import type { Posting } from '../../domain/ledger/ledger.ts';
import type { OpenOverage } from '../../domain/ledger/postings.ts';
import type { TimeEntryRow } from '../../domain/records/rows.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';
import type { HandSaleStore } from './hand-sales.ts';
import type { MessageStatus } from './outbox.ts';

export interface Episode {
  clientId: string;
  threshold: string;
  number: number;
  isFired: boolean;
  firedClientSeq: number;
  /** Undone: what it told was withdrawn. */
  firedMode: 'observe' | 'live' | 'undone';
  firedAt: Instant;
  /** Pending work when it was last seen before a credit re-armed it. */
  pendingSeconds: number;
}

export interface NewMessage {
  key: string;
  kind: string;
  clientId: string;
  connection: string;
  /** JSON of the message less its key. */
  payload: string;
  /** JSON of what it was composed from; absent: it is never composed again. */
  basis?: string;
  afterKey: string | null;
  status: 'pending' | 'withheld';
}

/** A change to a block in use; what it does to hours or money is posted beside it. */
export interface BlockEdit {
  blockId: string;
  /** Who changed it: an opening block follows the config only where the config changed since. */
  source: 'config' | 'hand';
  /** By how much the config's size changed; 0 where it did not. */
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
  /** New blocks, by key once: an identical one that stands already is left, another is a defect. */
  blocks: readonly Block[];
  blockStatuses: readonly { blockId: string; status: Block['status'] }[];
  /** What changes about blocks that are in use. */
  blockEdits?: readonly BlockEdit[];
  /** Ordered blocks whose size or validity only now is known. */
  blockTerms?: readonly BlockTerms[];
  /** Which invoice sold a new block, where none of ours did; each product on it once. */
  invoiceBlocks?: readonly InvoiceBlock[];
  /** Clients that are sold nothing until a person releases them; one on hold already stays as it is. */
  salesHolds?: readonly Pick<SalesHold, 'clientId' | 'reason'>[];
  releasedHolds?: readonly string[];
  postings: readonly Posting[];
  episodes: readonly Episode[];
  /** By key once, like the blocks. */
  messages: readonly NewMessage[];
  /**
   * Messages of this kind for the client that newer ones replace, unless they are delivered. One that
   * is claimed is replaced too: its owner is gone, or finds that it may no longer settle it. So is a
   * dead one: sent once more by hand, it would undo what the newer one says.
   */
  superseded: readonly { clientId: string; kind: string; exceptKey: string }[];
}

export interface PendingEntry
  extends Pick<
    TimeEntryRow,
    'technicianId' | 'technician' | 'workType' | 'role' | 'isBillable' | 'seconds' | 'ids'
  > {
  connection: string;
  clientId: string;
  groupKey: string;
  /** Of the whole group. */
  pendingSeconds: number;
}

export interface ReplenishStore extends HandSaleStore {
  readEpisodes(clientIds: readonly string[]): Promise<Episode[]>;
  /** Latest upward purchase or adjustment in each client's ledger that stands, as its position; 0: none. */
  readLastCredits(clientIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Overage entries that nothing has paid off yet, oldest first. */
  readOpenOverage(clientId: string): Promise<OpenOverage[]>;
  /** The client's ledger after a position, oldest first, with the work types of each charge. */
  readEntriesAfter(clientId: string, clientSeq: number): Promise<OpenOverage[]>;
  /** Of the clients' blocks, oldest first. */
  readBlockEdits(clientIds: readonly string[]): Promise<(BlockEdit & { editedAt: Instant })[]>;
  readPending(clientIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The time entries behind what is pending, a row each, by their group. */
  readPendingEntries(clientIds: readonly string[]): Promise<PendingEntry[]>;
  /** Blocks that are ordered, and those in use whose invoice may have changed since. */
  readOrders(): Promise<Order[]>;
  readSalesHolds(): Promise<SalesHold[]>;
  /** Refuses like `writeDebits`. */
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

/** A sold block with its invoice, or a block whose first day is still to come. */
export interface Order {
  block: Block;
  messageStatus: MessageStatus | null;
  /** What people call the invoice; null before it is delivered. */
  label: string | null;
  /** As it was sent; null without a message. */
  sold: { seconds: number; totalMinor: number } | null;
  /** As it was last read; null: it was not. */
  invoice: SoldInvoice | null;
  paidOn: DateText | null;
  /** Looked for by its id, twice, and not found. */
  isGone: boolean;
  /** Its hours were credited once before. */
  wasCredited: boolean;
}

/** Automatic sales to a client that wait for a person. */
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
    ...{ invoice, isGone },
  });
}

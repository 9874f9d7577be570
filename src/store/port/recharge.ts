import type { SoldInvoice } from '../../domain/blocks/order.ts';
import type { RechargeUsage } from '../../domain/recharge/envelope.ts';
import type { Charge, RechargeState } from '../../domain/recharge/life.ts';
import type { MandateRow } from '../../domain/records/rows.ts';
import type { DateText, Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';
import type { MessageStatus } from './outbox.ts';

/** A new recharge, written with its ordered block, invoice and ticket. */
export interface NewRecharge {
  blockId: string;
  clientId: string;
  /** `psa`, or the payment provider's connection. */
  collect: string;
  invoiceKey: string;
  ticketKey: string;
  /** The note that announces it: nothing is charged before it was delivered. */
  noticeKey: string;
  /** The largest price that may be charged; null: a user must approve it first. */
  approvedMinor: number | null;
  requestedOn: DateText;
}

export interface Recharge extends NewRecharge {
  block: Block;
  orderedAt: Instant;
  state: RechargeState;
  stateAt: Instant;
  /** The first day on which it was collected. */
  collectedOn: DateText | null;
  attempts: number;
  /** When the note that announces the next charge was delivered; null: not yet. */
  noticedAt: Instant | null;
  /** First day for another charge after a decline; null: a user decides. */
  retryOn: DateText | null;
  /** Of the last charge's message; null: none was requested. */
  chargeStatus: MessageStatus | null;
  /** The last charge at the provider; null: none, or not read yet. */
  charge: Charge | null;
  /** Of the invoice's message. */
  invoiceStatus: MessageStatus;
  /** What the push of the invoice stored; null before it is in the PSA. */
  invoiceId: string | null;
  /** The invoice's number; null before it is in the PSA. */
  label: string | null;
  /** Whether the client's first note is sent, or may be. */
  isAnnounced: boolean;
  /** Price before tax, as sold. */
  priceMinor: number;
  /** As last read in the PSA; null: not read yet. */
  invoice: SoldInvoice | null;
  /** Searched for by its ID twice and not found. */
  isGone: boolean;
}

export interface RechargeChange {
  blockId: string;
  /** The state that this was decided in; if it is another by now, the batch is refused. */
  before: RechargeState;
  state: RechargeState;
  collectedOn: DateText | null;
  /** A new charge. */
  chargeKey?: string;
  /** After a decline: when it may be charged again, and the note that announces it. */
  retry?: { on: DateText; noticeKey: string } | null;
  /** Whether the client's notes that were never sent are cancelled: nothing was ever announced. */
  isSilenced: boolean;
}

export interface RechargeStore {
  /** Recharges that are not over, and collected ones whose invoice is no longer paid; or all. */
  readRecharges(filter: 'open' | 'all'): Promise<Recharge[]>;
  /** What earlier recharges leave; `currency` is that of the sums of all clients. */
  readRechargeUsage(
    clientId: string,
    request: { today: DateText; currency: string },
  ): Promise<RechargeUsage>;
  /**
   * Seconds charged to the client between the block's purchase and the one before it; null: it was
   * not credited.
   */
  readUsedBefore(clientId: string, blockId: string): Promise<number | null>;
  /** The mandates of a provider's customer. */
  readMandates(connection: string, customerIds: readonly string[]): Promise<MandateRow[]>;
  /** By hand; false: no recharge with this message waits for it. */
  approveRecharge(messageKey: string): Promise<boolean>;
}

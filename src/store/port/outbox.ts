import type { Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';
import type { NewMessage } from './replenish.ts';

/** `unapproved`: pending, and a recharge that waits for `outbox approve`. */
export type MessageStatus =
  | 'pending'
  | 'claimed'
  | 'delivered'
  | 'dead'
  | 'withheld'
  | 'cancelled'
  | 'unapproved';

export interface PushMessageRow {
  key: string;
  kind: string;
  clientId: string;
  clientName: string;
  connection: string;
  payload: string;
  afterKey: string | null;
  /** Remote ID of the message `afterKey`, once delivered. */
  afterRemoteId: string | null;
  status: MessageStatus;
  attempts: number;
  nextAttemptAt: Instant;
  /** When a create request may have been sent; null: it cannot exist at the vendor. */
  createAttemptedAt: Instant | null;
  remoteId: string | null;
  remoteLabel: string | null;
  lastError: string | null;
  createdAt: Instant;
  settledAt: Instant | null;
  runId: string;
}

export type Settlement =
  | { status: 'delivered'; remoteId: string; remoteLabel: string | null }
  | { status: 'dead'; lastError: string; createAttemptedAt: Instant | null }
  | {
      status: 'pending';
      lastError: string | null;
      nextAttemptAt: Instant;
      createAttemptedAt: Instant | null;
      /** It was claimed but not tried. */
      isUntried?: boolean;
    };

/** An unsent message, with what it was composed from. */
export interface UnsentMessage {
  key: string;
  clientId: string;
  connection: string;
  payload: string;
  basis: string;
}

/** Unsent messages composed again, and the ordered blocks sold by their invoices. */
export interface Recomposition {
  at: Instant;
  messages: readonly { key: string; connection: string; payload: string }[];
  blocks: readonly Block[];
}

export interface OutboxStore {
  /**
   * Claims due messages for the connections, least tried first, then in the order they were
   * written; also those claimed before `staleBefore`, whose owner is gone. A due or claim time
   * after `latest` was set by a clock that was ahead, and is due now. A message waits until its
   * `afterKey` is delivered, even if that is dead or cancelled.
   */
  claimMessages(request: {
    owner: string;
    at: Instant;
    staleBefore: Instant;
    /** The latest possible end of a pause. */
    latest: Instant;
    connections: readonly string[];
    /** Only tickets about the service itself, or only balance fields; absent: only the others. */
    only?: 'service' | 'balances';
    limit: number;
  }): Promise<PushMessageRow[]>;
  /** Once per key. The run is the one that undo would take it back with. */
  addMessage(message: NewMessage, at: Instant, runId: string): Promise<void>;
  /** Records that a create request is about to be sent; false: no longer the owner of the claim. */
  noteCreate(key: string, owner: string, at: Instant): Promise<boolean>;
  /** Only the owner of the claim may write the result; false: it is no longer the owner. */
  settleMessage(key: string, owner: string, at: Instant, settlement: Settlement): Promise<boolean>;
  listMessages(filter: {
    statuses?: readonly MessageStatus[];
    clientId?: string;
  }): Promise<PushMessageRow[]>;
  /** The newest message of the kind per client, in any status. */
  readLatestMessages(kind: string): Promise<ReadonlyMap<string, PushMessageRow>>;
  readMessage(key: string): Promise<PushMessageRow | null>;
  /** Keys that start with the text, at most two. */
  findMessageKeys(prefix: string): Promise<string[]>;
  /** Unsent messages that can be composed again. */
  readUnsent(): Promise<UnsentMessage[]>;
  /** Rewrites them with their ordered blocks, in one transaction; they are due immediately. */
  recompose(recomposition: Recomposition): Promise<void>;
  /** Live mode decides again what was decided in observe mode: those messages are cancelled. */
  cancelWithheld(at: Instant): Promise<void>;
  /**
   * By hand: dead or withheld → pending. False: not in such a status; a withheld invoice, which has
   * no block until live mode writes one with a block; or a charge that another is to replace.
   */
  retryMessage(key: string, at: Instant): Promise<boolean>;
  /** By hand: anything not delivered → cancelled. */
  cancelMessage(key: string, at: Instant): Promise<boolean>;
}

/** The message for its connector. A note's ticket is that of its delivered alert. */
export function messageOf(row: PushMessageRow): object {
  const payload = JSON.parse(row.payload) as object;
  const ticket = row.afterRemoteId === null ? {} : { ticketId: row.afterRemoteId };
  return { ...payload, ...ticket, key: row.key };
}

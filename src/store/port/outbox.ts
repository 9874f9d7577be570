import type { Instant } from '../../domain/time.ts';
import type { Block } from './debit.ts';

export type MessageStatus = 'pending' | 'claimed' | 'delivered' | 'dead' | 'withheld' | 'cancelled';

export interface PushMessageRow {
  key: string;
  kind: string;
  clientId: string;
  clientName: string;
  connection: string;
  payload: string;
  afterKey: string | null;
  /** Remote id of the message named by `afterKey`, once delivered. */
  afterRemoteId: string | null;
  status: MessageStatus;
  attempts: number;
  nextAttemptAt: Instant;
  /** A request to create it may have left then; null: nothing of it can exist in the vendor. */
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
      /** It was claimed and not tried. */
      isUntried?: boolean;
    };

/** A message of which nothing has left, with what it was composed from. */
export interface UnsentMessage {
  key: string;
  clientId: string;
  connection: string;
  payload: string;
  basis: string;
}

/** Unsent messages composed again, and the ordered blocks that their invoices sell. */
export interface Recomposition {
  at: Instant;
  messages: readonly { key: string; connection: string; payload: string }[];
  blocks: readonly Block[];
}

export interface OutboxStore {
  /**
   * Claims messages that are due for the connections, those tried least first and then in the order they
   * were written; also those claimed before `staleBefore`, whose owner is gone. What is due or was claimed
   * after `latest` was so by a clock that was ahead, and is due now. A message whose `afterKey` is not
   * delivered waits; one whose `afterKey` is dead or cancelled does too.
   */
  claimMessages(request: {
    owner: string;
    at: Instant;
    staleBefore: Instant;
    /** No pause ends later. */
    latest: Instant;
    connections: readonly string[];
    limit: number;
  }): Promise<PushMessageRow[]>;
  /** Commits that a request to create it is about to leave; false: no longer the owner of the claim. */
  noteCreate(key: string, owner: string, at: Instant): Promise<boolean>;
  /** Only the owner of the claim may settle; false: it is no longer the owner. */
  settleMessage(key: string, owner: string, at: Instant, settlement: Settlement): Promise<boolean>;
  listMessages(filter: {
    statuses?: readonly MessageStatus[];
    clientId?: string;
  }): Promise<PushMessageRow[]>;
  /** The newest message of the kind for each client, whatever became of it. */
  readLatestMessages(kind: string): Promise<ReadonlyMap<string, PushMessageRow>>;
  readMessage(key: string): Promise<PushMessageRow | null>;
  /** Keys that begin with the text, at most two. */
  findMessageKeys(prefix: string): Promise<string[]>;
  /** Messages to be sent, of which nothing has left and which can be composed again. */
  readUnsent(): Promise<UnsentMessage[]>;
  /** Rewrites them with their ordered blocks, in one transaction; they are due at once. */
  recompose(recomposition: Recomposition): Promise<void>;
  /** Live mode says again what was only decided while observing: those messages are cancelled. */
  cancelWithheld(at: Instant): Promise<void>;
  /**
   * A person's decision: dead or withheld → pending. False: not in such a state, or an invoice that was
   * withheld: no block stands behind it, and going live writes one that has its block.
   */
  retryMessage(key: string, at: Instant): Promise<boolean>;
  /** A person's decision: anything not delivered → cancelled. */
  cancelMessage(key: string, at: Instant): Promise<boolean>;
}

/** The message as its connector takes it. A note's ticket is the one that its alert became. */
export function messageOf(row: PushMessageRow): object {
  const payload = JSON.parse(row.payload) as object;
  const ticket = row.afterRemoteId === null ? {} : { ticketId: row.afterRemoteId };
  return { ...payload, ...ticket, key: row.key };
}

import type { Instant } from '../../domain/time.ts';

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
  remoteId: string | null;
  remoteLabel: string | null;
  lastError: string | null;
  createdAt: Instant;
  settledAt: Instant | null;
  runId: string;
}

export type Settlement =
  | { status: 'delivered'; remoteId: string; remoteLabel: string | null }
  | { status: 'dead'; lastError: string }
  | { status: 'pending'; lastError: string; nextAttemptAt: Instant };

export interface OutboxStore {
  /**
   * Claims messages that are due for the connections, in the order they were written; also those
   * claimed before `staleBefore`, whose owner is gone. A message whose `afterKey` is not delivered
   * waits; one whose `afterKey` is dead or cancelled does too.
   */
  claimMessages(request: {
    owner: string;
    at: Instant;
    staleBefore: Instant;
    connections: readonly string[];
    limit: number;
  }): Promise<PushMessageRow[]>;
  /** Only the owner of the claim may settle; false: it is no longer the owner. */
  settleMessage(key: string, owner: string, at: Instant, settlement: Settlement): Promise<boolean>;
  listMessages(filter: {
    statuses?: readonly MessageStatus[];
    clientId?: string;
  }): Promise<PushMessageRow[]>;
  /** The newest message of the kind for each client, whatever became of it. */
  readLatestMessages(kind: string): Promise<ReadonlyMap<string, PushMessageRow>>;
  readMessage(key: string): Promise<PushMessageRow | null>;
  /**
   * A person's decision: dead or withheld → pending. False: not in such a state, or an invoice that was
   * withheld: no block stands behind it, and going live writes one that has its block.
   */
  retryMessage(key: string, at: Instant): Promise<boolean>;
  /** A person's decision: anything not delivered → cancelled. */
  cancelMessage(key: string, at: Instant): Promise<boolean>;
}

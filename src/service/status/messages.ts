import { type Instant, instantFromMs, secondsBetween } from '../../domain/time.ts';
import type { PushMessageRow, Store } from '../../store/port.ts';

/**
 * waiting: sent or retried by the next runs; stuck: it has waited too long; failed: it needs a
 * decision; unapproved: a recharge that waits for a user.
 */
type MessageState = 'waiting' | 'stuck' | 'failed' | 'unapproved';

export interface MessageStatusLine {
  key: string;
  kind: string;
  client: string;
  connection: string;
  state: MessageState;
  attempts: number;
  createdAt: Instant;
  ageSeconds: number;
  nextAttemptAt: Instant;
  /** Null: it was not tried yet. */
  reason: string | null;
  /** What helps. */
  command: string;
}

export interface MessagesStatus {
  waiting: number;
  stuck: number;
  failed: number;
  unapproved: number;
  /** Decided in observe mode and not sent. */
  withheld: number;
  /** Failed, stuck, unapproved, then waiting. */
  list: MessageStatusLine[];
}

/** Longer than the longest pause between two tries. */
const stuckAfterSeconds = 2 * 3600;

export async function readMessages(store: Store, nowMs: number): Promise<MessagesStatus> {
  const rows = await store.listMessages({
    statuses: ['pending', 'claimed', 'dead', 'unapproved'],
  });
  const withheld = (await store.listMessages({ statuses: ['withheld'] })).length;
  const now = instantFromMs(nowMs);
  const lines = rows.map((row) => toLine(row, Math.round(secondsBetween(row.createdAt, now))));
  const of = (state: MessageState) => lines.filter((line) => line.state === state);
  const [failed, stuck, waiting] = [of('failed'), of('stuck'), of('waiting')];
  const unapproved = of('unapproved');
  return {
    waiting: waiting.length,
    stuck: stuck.length,
    failed: failed.length,
    unapproved: unapproved.length,
    withheld,
    list: [...failed, ...stuck, ...unapproved, ...waiting],
  };
}

function toLine(row: PushMessageRow, ageSeconds: number): MessageStatusLine {
  const waiting = ageSeconds > stuckAfterSeconds ? 'stuck' : 'waiting';
  const unsent = row.status === 'unapproved' ? 'unapproved' : waiting;
  const state = row.status === 'dead' ? 'failed' : unsent;
  const { key, kind, clientName: client, connection, attempts, createdAt, nextAttemptAt } = row;
  const isBehind = row.afterKey !== null && row.afterRemoteId === null;
  const verbs = { failed: 'retry', unapproved: 'approve', stuck: 'show', waiting: 'show' };
  return {
    key,
    kind,
    client,
    connection,
    state,
    attempts,
    createdAt,
    ageSeconds,
    nextAttemptAt,
    reason: row.lastError ?? (isBehind ? `It waits for ${row.afterKey} to be delivered.` : null),
    command: `prepaid-hours outbox ${verbs[state]} ${key}`,
  };
}

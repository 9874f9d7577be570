import { type Instant, instantFromMs, secondsBetween } from '../../domain/time.ts';
import type { PushMessageRow, Store } from '../../store/port.ts';

/**
 * waiting: sent or retried by the next runs; stuck: it has waited too long; failed: it needs a
 * decision.
 */
type MessageState = 'waiting' | 'stuck' | 'failed';

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
  /** Decided in observe mode and not sent. */
  withheld: number;
  /** Failed, stuck, then waiting. */
  list: MessageStatusLine[];
}

/** Longer than the longest pause between two tries. */
const stuckAfterSeconds = 2 * 3600;

export async function readMessages(store: Store, nowMs: number): Promise<MessagesStatus> {
  const rows = await store.listMessages({ statuses: ['pending', 'claimed', 'dead'] });
  const withheld = (await store.listMessages({ statuses: ['withheld'] })).length;
  const now = instantFromMs(nowMs);
  const lines = rows.map((row) => toLine(row, Math.round(secondsBetween(row.createdAt, now))));
  const of = (state: MessageState) => lines.filter((line) => line.state === state);
  const [failed, stuck, waiting] = [of('failed'), of('stuck'), of('waiting')];
  return {
    waiting: waiting.length,
    stuck: stuck.length,
    failed: failed.length,
    withheld,
    list: [...failed, ...stuck, ...waiting],
  };
}

function toLine(row: PushMessageRow, ageSeconds: number): MessageStatusLine {
  const waiting = ageSeconds > stuckAfterSeconds ? 'stuck' : 'waiting';
  const state = row.status === 'dead' ? 'failed' : waiting;
  const { key, kind, clientName: client, connection, attempts, createdAt, nextAttemptAt } = row;
  const isBehind = row.afterKey !== null && row.afterRemoteId === null;
  const verb = state === 'failed' ? 'retry' : 'show';
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
    command: `prepaid-hours outbox ${verb} ${key}`,
  };
}

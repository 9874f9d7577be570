import type {
  Connector,
  Delivered,
  PushKind,
  Withdrawal,
  Withdrawn,
} from '../contract/connector.ts';
import { describeError, isKindError, KindError } from '../domain/errors.ts';
import { provenBySearchAt } from '../domain/records/messages.ts';
import type { Instant } from '../domain/time.ts';
import type { PushMessageRow, Store, UndoMessage } from '../store/port.ts';
import { messageOf } from '../store/port.ts';

export interface WithdrawContext {
  store: Pick<Store, 'readUndoMessages' | 'settleUndoMessage'>;
  connectors: ReadonlyMap<string, Connector>;
  /** In observe mode nothing leaves. */
  mode: 'observe' | 'live';
  /** The run that was undone. */
  undoneRunId: string;
  now(): Instant;
  /** Ends a request under way. */
  signal: AbortSignal;
  /** Asks to end after the message in hand. */
  stop: AbortSignal;
}

type Settled = Pick<UndoMessage, 'status' | 'detail'>;

/** Kind and payload of a stored message were written together, so they fit whatever the kind is. */
interface StoredPush {
  find(message: object, signal: AbortSignal): Promise<Delivered | null>;
  withdraw?(message: object, delivered: Withdrawal, signal: AbortSignal): Promise<Withdrawn | null>;
}

/**
 * Withdraws what the undone run left in a PSA, each on its own, and stores what became of it: whatever
 * is still open is tried by the next call, and what is left to a person is looked at again. Returns the
 * errors that left something open.
 */
export async function withdrawMessages(context: WithdrawContext): Promise<unknown[]> {
  const { store, undoneRunId, mode, stop } = context;
  const failures: unknown[] = [];
  const closed = new Map<string, unknown>();
  for (const { message, status } of await store.readUndoMessages(undoneRunId)) {
    if (status === 'withdrawn' || status === 'absent' || stop.aborted) continue;
    const settle = (settled: Settled) =>
      store.settleUndoMessage(message.key, context.now(), settled);
    if (mode === 'observe') {
      const detail = `Mode observe: nothing was sent. Set \`mode: live\` and undo once more, or: ${byHand(message)}`;
      await settle({ status: 'open', detail });
      continue;
    }
    try {
      const error = closed.get(message.connection);
      if (error !== undefined) throw error;
      await settle(await withdrawOne(context, message));
    } catch (error) {
      if (!isKindError(error)) throw error;
      // What the vendor understood and refused stays refused; anything else is worth another attempt.
      const isFinal = isKindError(error, 'rejected', 'contract');
      if (!isFinal) failures.push(error);
      if (isKindError(error, 'auth', 'rate-limited', 'transient')) {
        closed.set(message.connection, error);
      }
      const detail = `${describeError(error)} ${byHand(message)}`;
      await settle({ status: isFinal ? 'by-hand' : 'open', detail });
    }
  }
  return failures;
}

async function withdrawOne(context: WithdrawContext, message: PushMessageRow): Promise<Settled> {
  const { connection, kind } = message;
  const push = context.connectors.get(connection)?.push[kind as PushKind] as StoredPush | undefined;
  const left: Settled = { status: 'by-hand', detail: byHand(message) };
  if (push === undefined) return left;
  const delivered = await standingOf(push, message, context.signal);
  if (delivered === null) {
    refuseEarlyMiss(context, message);
    return { status: 'absent', detail: null };
  }
  if (push.withdraw === undefined) return left;
  const reason = `Withdrawn by prepaid-hours: run ${context.undoneRunId}, which wrote this, was undone.`;
  const withdrawal = { ...delivered, reason };
  const withdrawn = await push.withdraw(messageOf(message), withdrawal, context.signal);
  return withdrawn === null ? left : { status: 'withdrawn', detail: null };
}

/** The vendor's search may not show yet what was written just now. */
function refuseEarlyMiss(context: WithdrawContext, message: PushMessageRow): void {
  const { createAttemptedAt, connection } = message;
  const lag = context.connectors.get(connection)?.searchLagSeconds;
  const provenAt = provenBySearchAt(createAttemptedAt, context.now(), lag);
  if (provenAt === null) return;
  throw new KindError('unknown-outcome', 'It is not known yet whether it was written.', {
    fix: `Undo once more after ${provenAt}.`,
  });
}

/** A message that was tried and is not known to have arrived is looked for. */
async function standingOf(
  push: StoredPush,
  message: PushMessageRow,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const { remoteId, remoteLabel, afterKey, afterRemoteId } = message;
  if (remoteId !== null) {
    return { remoteId, ...(remoteLabel === null ? {} : { label: remoteLabel }) };
  }
  // A note whose ticket never came to be cannot stand anywhere.
  if (afterKey !== null && afterRemoteId === null) return null;
  return push.find(messageOf(message), signal);
}

/** What is left to a person, as a sentence. */
export function byHand({ kind, key, connection, remoteId, remoteLabel }: PushMessageRow): string {
  const name = remoteLabel ?? remoteId ?? key;
  if (kind === 'invoice') return `Void or credit invoice ${name} in "${connection}".`;
  if (kind === 'alert-ticket') return `Close ticket ${name} in "${connection}".`;
  return `The client may have read note ${name} in "${connection}": it cannot be unsent. Tell them, where it misled them.`;
}

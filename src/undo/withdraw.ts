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

interface WithdrawContext {
  store: Pick<Store, 'readUndoMessages' | 'settleUndoMessage'>;
  connectors: ReadonlyMap<string, Connector>;
  /** In observe mode nothing is sent. */
  mode: 'observe' | 'live';
  /** The run that was undone. */
  undoneRunId: string;
  now(): Instant;
  /** Aborts a request in progress. */
  signal: AbortSignal;
  /** Aborted: stop after the current message. */
  stop: AbortSignal;
}

type WithdrawalResult = Pick<UndoMessage, 'status' | 'detail'>;

/** Kind and payload of a stored message were written together, so they always match. */
interface StoredPush {
  find(message: object, signal: AbortSignal): Promise<Delivered | null>;
  withdraw?(message: object, delivered: Withdrawal, signal: AbortSignal): Promise<Withdrawn | null>;
}

/**
 * Withdraws the undone run's records in a PSA, one by one, and stores each result: open ones are
 * retried by the next call, and those left to be done by hand are checked again. Returns the errors
 * that left something open.
 */
export async function withdrawMessages(context: WithdrawContext): Promise<unknown[]> {
  const { store, undoneRunId, mode, stop } = context;
  const failures: unknown[] = [];
  const closed = new Map<string, unknown>();
  for (const { message, status } of await store.readUndoMessages(undoneRunId)) {
    if (status === 'withdrawn' || status === 'absent' || stop.aborted) continue;
    const settle = (settled: WithdrawalResult) =>
      store.settleUndoMessage(message.key, context.now(), settled);
    if (mode === 'observe') {
      const detail = `Observe mode: nothing was sent. Set \`mode: live\` and undo again, or: ${byHand(message)}`;
      await settle({ status: 'open', detail });
      continue;
    }
    try {
      const error = closed.get(message.connection);
      if (error !== undefined) throw error;
      await settle(await withdrawOne(context, message));
    } catch (error) {
      if (!isKindError(error)) throw error;
      // What the vendor rejected stays rejected; anything else is worth another attempt.
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

async function withdrawOne(
  context: WithdrawContext,
  message: PushMessageRow,
): Promise<WithdrawalResult> {
  const { connection, kind } = message;
  const push = context.connectors.get(connection)?.push[kind as PushKind] as StoredPush | undefined;
  const left: WithdrawalResult = { status: 'by-hand', detail: byHand(message) };
  if (push === undefined) return left;
  const delivered = await findDelivered(push, message, context.signal);
  if (delivered === null) {
    refuseEarlyMiss(context, message);
    return { status: 'absent', detail: null };
  }
  if (push.withdraw === undefined) return left;
  const reason = `Withdrawn by prepaid-hours: run ${context.undoneRunId}, which created this, was undone.`;
  const withdrawal = { ...delivered, reason };
  const withdrawn = await push.withdraw(messageOf(message), withdrawal, context.signal);
  return withdrawn === null ? left : { status: 'withdrawn', detail: null };
}

/** The vendor's search may not yet show what was just written. */
function refuseEarlyMiss(context: WithdrawContext, message: PushMessageRow): void {
  const { createAttemptedAt, connection } = message;
  const lag = context.connectors.get(connection)?.searchLagSeconds;
  const provenAt = provenBySearchAt(createAttemptedAt, context.now(), lag);
  if (provenAt === null) return;
  throw new KindError('unknown-outcome', 'It is not known yet whether it was written.', {
    fix: `Undo again after ${provenAt}.`,
  });
}

/** Searches for a message that was tried and may have arrived. */
async function findDelivered(
  push: StoredPush,
  message: PushMessageRow,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const { remoteId, remoteLabel, afterKey, afterRemoteId } = message;
  if (remoteId !== null) {
    return { remoteId, ...(remoteLabel === null ? {} : { label: remoteLabel }) };
  }
  // A note whose ticket was never created cannot exist.
  if (afterKey !== null && afterRemoteId === null) return null;
  return push.find(messageOf(message), signal);
}

/** What must be done by hand, as a sentence. */
export function byHand({ kind, key, connection, remoteId, remoteLabel }: PushMessageRow): string {
  const name = remoteLabel ?? remoteId ?? key;
  if (kind === 'invoice') return `Void or credit invoice ${name} in "${connection}".`;
  if (kind === 'alert-ticket') return `Close ticket ${name} in "${connection}".`;
  return `The client may have read note ${name} in "${connection}"; it cannot be recalled. Let them know if it was misleading.`;
}

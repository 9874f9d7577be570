import { type Client, payerOf } from '../domain/agreements/terms.ts';
import type { PushMessageRow, UndoBatch } from '../store/port.ts';

type Remote = UndoBatch['remote'][number];

/** What to do about the messages that the run wrote. */
interface MessageUndo {
  cancelledKeys: string[];
  /**
   * Messages that exist in a PSA, or may: an attempt whose response was lost is searched for first.
   */
  remote: Remote[];
}

/**
 * Unsent messages are cancelled; the others are to be withdrawn. A balance that is about to change
 * is not shown; one that stays is, and one that was shown is overwritten automatically.
 */
export function undoMessages(
  messages: readonly PushMessageRow[],
  clients: readonly Client[],
  movedClientIds: ReadonlySet<string>,
): MessageUndo {
  const result: MessageUndo = { cancelledKeys: [], remote: [] };
  for (const message of messages) {
    const { key, kind, status, createAttemptedAt } = message;
    if (kind === 'balance-field') {
      const client = clients.find(({ id }) => id === message.clientId);
      const payerId = client === undefined ? message.clientId : payerOf(client).id;
      if (status !== 'delivered' && movedClientIds.has(payerId)) result.cancelledKeys.push(key);
      continue;
    }
    if (status === 'cancelled') continue;
    if (status !== 'delivered') result.cancelledKeys.push(key);
    if (status !== 'delivered' && createAttemptedAt === null) continue;
    result.remote.push({ key, status: 'open', detail: null });
  }
  return result;
}

import { type Client, payerOf } from '../domain/agreements/terms.ts';
import type { PushMessageRow, UndoBatch } from '../store/port.ts';

type Remote = UndoBatch['remote'][number];

/** What is done about the messages that the run wrote. */
export interface MessageUndo {
  cancelledKeys: string[];
  /** What stands in a PSA, or may: an attempt whose answer was lost is looked for before it is believed. */
  remote: Remote[];
}

/**
 * Messages of which nothing has left are cancelled; the others are to be withdrawn. A balance that is about
 * to change is not shown any more; one that stays is, and one that was shown is written over by itself.
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

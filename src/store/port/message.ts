import type { PushMessageRow } from './outbox.ts';

/** The message as its connector takes it. A note's ticket is the one that its alert became. */
export function messageOf(row: PushMessageRow): object {
  const payload = JSON.parse(row.payload) as object;
  const ticket = row.afterRemoteId === null ? {} : { ticketId: row.afterRemoteId };
  return { ...payload, ...ticket, key: row.key };
}

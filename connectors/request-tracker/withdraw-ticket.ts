/** Taking a ticket back: a comment that says why, then the status that says it is of no account. */
import type { PushMessages, Withdrawal, Withdrawn } from '../contract.ts';
import type { Api } from './api.ts';
import { isSameName } from './mapping.ts';
import { createNotePush } from './push-note.ts';

/** Of RT's default lifecycle. */
export const discarded = 'rejected';

/**
 * `whenClosed`: what a ticket is that people have closed already. An alert is done with then; a request
 * for an invoice was probably followed. Null, too, where it was merged into a ticket that is not ours,
 * or where RT did not change its status.
 */
export async function withdrawTicket(
  api: Api,
  { key, clientId }: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  { remoteId, reason }: Withdrawal,
  whenClosed: 'withdrawn' | 'by-hand',
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { id, Status } = (await api.ticket(remoteId, signal)).data;
  if (id !== remoteId) return null;
  if (isSameName(Status, discarded)) return { remoteId };
  if (api.config.closedStatuses.some((closed) => isSameName(closed, Status))) {
    return whenClosed === 'withdrawn' ? { remoteId } : null;
  }
  const note = {
    ...{ key: `undo:${key}`, clientId, ticketId: remoteId, body: reason },
    audience: 'internal' as const,
  };
  const notes = createNotePush(api);
  if ((await notes.find(note, signal)) === null) await notes.create(note, signal);
  await api.setStatus(remoteId, discarded, signal);
  const after = (await api.ticket(remoteId, signal)).data;
  return isSameName(after.Status, discarded) ? { remoteId } : null;
}

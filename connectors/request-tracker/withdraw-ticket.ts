/** Taking a ticket back: a comment that says why, then the status that says it is of no account. */
import type { PushMessages, Withdrawal, Withdrawn } from '../../src/contract/connector.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import type { Api } from './api.ts';
import { isSameName } from './mapping.ts';
import { bearsKey } from './marker.ts';
import { createNotePush } from './push-note.ts';

/** Of RT's default lifecycle. */
export const discarded = 'rejected';

/**
 * `whenClosed`: what a ticket is that people have closed already. An alert is done with then; a request
 * for an invoice was probably followed. Null, too, where it does not bear our key any more or was merged
 * into another, or where RT did not change its status.
 */
export async function withdrawTicket(
  api: Api,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  whenClosed: 'withdrawn' | 'by-hand',
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const ticket = (await api.ticket(remoteId, signal)).data;
  const { id, Status } = ticket;
  if (id !== remoteId || !bearsKey(ticket, key, api.config.keyField)) return null;
  if (isSameName(Status, discarded)) return { remoteId };
  if (api.config.closedStatuses.some((closed) => isSameName(closed, Status))) {
    return whenClosed === 'withdrawn' ? { remoteId } : null;
  }
  await explainWithdrawal(createNotePush(api), message, withdrawal, signal);
  await api.setStatus(remoteId, discarded, signal);
  const after = (await api.ticket(remoteId, signal)).data;
  return isSameName(after.Status, discarded) ? { remoteId } : null;
}

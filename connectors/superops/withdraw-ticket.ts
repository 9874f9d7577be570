/** Taking a ticket back: an internal note that says why, then a status that closes it. */
import { z } from 'zod';
import type { PushMessages, Withdrawal, Withdrawn } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { hasMarker } from '../kit/marker.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import type { Api } from './api.ts';
import { updateTicket } from './documents.ts';
import { refuseIfFalse } from './facts.ts';
import { readTicket } from './look-up.ts';
import { isAmong } from './mapping.ts';
import { createNotePush } from './push-note.ts';

/** Null: the ticket is gone or does not bear our key any more, or did not close. */
export async function withdrawTicket(
  api: Api,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  await refuseIfFalse(api.context, 'schema-close');
  const ticket = await readTicket(api, remoteId, signal);
  if (ticket === null || !hasMarker(ticket.subject, key)) return null;
  const { closedStatuses, alerts } = api.config;
  if (isAmong(closedStatuses, ticket.status)) return { remoteId };
  await explainWithdrawal(createNotePush(api), message, withdrawal, signal);
  const status = alerts.withdrawnStatus ?? closedStatuses.at(-1) ?? '';
  await setStatus(api, remoteId, status, signal);
  const after = await readTicket(api, remoteId, signal);
  return after !== null && isAmong(closedStatuses, after.status) ? { remoteId } : null;
}

/** An answer without data is common here; what the ticket shows afterwards decides. */
async function setStatus(
  api: Api,
  ticketId: string,
  status: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.send(updateTicket, { input: { ticketId, status } }, z.object({}), signal);
  } catch (error) {
    if (!isKindError(error, 'unknown-outcome')) throw error;
  }
}

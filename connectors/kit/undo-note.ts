import type { Push, PushMessages, Withdrawal } from '../../src/contract/connector.ts';

/** Says on a ticket that is taken back why it is, internally, unless that stands there already. */
export async function explainWithdrawal(
  notes: Push<'ticket-note'>,
  { key, clientId }: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  { remoteId, reason }: Withdrawal,
  signal: AbortSignal,
): Promise<void> {
  const note = {
    ...{ key: `undo:${key}`, clientId, ticketId: remoteId, body: reason },
    audience: 'internal' as const,
  };
  if ((await notes.find(note, signal)) === null) await notes.create(note, signal);
}

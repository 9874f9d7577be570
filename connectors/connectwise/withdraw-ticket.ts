/** Taking a low-balance ticket back: an internal note that says why, then a status that closes it. */
import { z } from 'zod';
import type { PushMessages, Withdrawal, Withdrawn } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import type { Api } from './api.ts';
import { readAll } from './look-up.ts';
import { createNotePush } from './push-note.ts';

const Standing = z.object({
  id: Id,
  externalXRef: z.string().nullish(),
  closedFlag: z.boolean().nullish(),
  board: z.object({ id: Id, name: z.string().nullish() }).nullish(),
});
type Standing = z.infer<typeof Standing>;

const BoardStatus = z.object({
  id: Id,
  name: z.string(),
  closedStatus: z.boolean().nullish(),
  inactive: z.boolean().nullish(),
});

/** Null: the ticket does not bear our key any more, or ConnectWise took the status and did not close it. */
export async function withdrawTicket(
  api: Api,
  message: Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const ticket = await readTicket(api, remoteId, signal);
  if (ticket.externalXRef !== key) return null;
  if (ticket.closedFlag === true) return { remoteId };
  const statusId = await closingStatus(api, ticket, signal);
  await explainWithdrawal(createNotePush(api), message, withdrawal, signal);
  const operation = { op: 'replace', path: 'status/id', value: Number(statusId) } as const;
  await api.patch(ticketPath(remoteId), [operation], signal);
  // A path that the service does not like may be answered with 200 and change nothing.
  const after = await readTicket(api, remoteId, signal);
  return after.closedFlag === true ? { remoteId } : null;
}

function readTicket(api: Api, id: string, signal: AbortSignal): Promise<Standing> {
  return api.get(ticketPath(id), 'id,externalXRef,closedFlag,board', Standing, signal);
}

function ticketPath(id: string): string {
  return `/service/tickets/${encodeURIComponent(id)}`;
}

/** The configured one of the board that the ticket is on now, else the board's first that closes. */
async function closingStatus(api: Api, { board }: Standing, signal: AbortSignal): Promise<string> {
  const wanted = api.config.alerts.withdrawnStatus;
  const path = `/service/boards/${board?.id ?? ''}/statuses`;
  const fields = 'id,name,closedStatus,inactive';
  const statuses = await readAll(api, { path, fields }, BoardStatus, signal);
  const closing = statuses.filter(
    ({ closedStatus, inactive }) => closedStatus === true && inactive !== true,
  );
  const named = closing.find(({ name }) => name === wanted);
  const chosen = named ?? (wanted === undefined ? closing[0] : undefined);
  if (chosen !== undefined) return chosen.id;
  const what = wanted === undefined ? 'that closes a ticket' : `"${wanted}" that closes a ticket`;
  throw new KindError('config', `Board ${board?.name ?? ''} has no active status ${what}.`, {
    fix: `Name one as alerts.withdrawnStatus. There are: ${closing.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

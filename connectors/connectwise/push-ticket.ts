/** Low-balance tickets, found again by `externalXRef`. */
import { z } from 'zod';
import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { oneLine, shortened } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { companyNumbers, isOneOf } from './conditions.ts';
import { findByKey, getIfThere, type Search, settleFilter } from './look-up.ts';
import { idOfName } from './names.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

/** https://developer.connectwise.com: the service refuses a longer summary. */
const summaryLengthMax = 100;

const KeyedTicket = z.object({ id: Id, externalXRef: z.string().nullish() });
type KeyedTicket = z.infer<typeof KeyedTicket>;

const OpenTicket = z.object({ id: Id, closedFlag: z.boolean().nullish() });

export interface NewTicket {
  key: string;
  clientId: string;
  /** Name of the service board. */
  board: string;
  type?: string | undefined;
  status?: string | undefined;
  subject: string;
  body: string;
}

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  const toTicket = (message: PushMessages['alert-ticket']): NewTicket => {
    const { key, clientId, subject, body } = message;
    return { key, clientId, subject, body, ...api.config.alerts };
  };
  return {
    find: async (message, signal) => findTicket(api, message, signal),
    create: async (message, signal) => createTicket(api, toTicket(message), signal),
    async inspect(_, ticketId, signal) {
      const path = `/service/tickets/${ticketId}`;
      const ticket = await getIfThere(api, path, 'id,closedFlag', OpenTicket, signal);
      return ticket === null ? null : { isClosed: ticket.closedFlag === true };
    },
    withdraw: (message, withdrawal, signal) => withdrawTicket(api, message, withdrawal, signal),
  };
}

export async function findTicket(
  api: Api,
  ticket: { key: string; clientId: string },
  signal: AbortSignal,
): Promise<Delivered | null> {
  const found = await findByKey(api, searchFor(ticket), signal);
  return found === null ? null : { remoteId: found.id };
}

export async function createTicket(
  api: Api,
  ticket: NewTicket,
  signal: AbortSignal,
): Promise<Delivered> {
  const boardId = await idOfName(api, 'board', ticket.board, signal);
  const { type, status } = ticket;
  const named = async (kind: 'type' | 'status', name: string | undefined) =>
    name === undefined
      ? {}
      : { [kind]: { id: Number(await idOfName(api, kind, name, signal, boardId)) } };
  const body = {
    summary: shortened(oneLine(ticket.subject), summaryLengthMax),
    company: { id: Number(ticket.clientId) },
    board: { id: Number(boardId) },
    ...(await named('type', type)),
    ...(await named('status', status)),
    externalXRef: ticket.key,
    // Internal: the ticket is about a client, who is told in a note of its own where that is wanted.
    initialInternalAnalysis: ticket.body,
    processNotifications: false,
  };
  const created = await api.post('/service/tickets', body, z.object({ id: Id }), signal);
  await settleFilter(api, searchFor(ticket), signal);
  return { remoteId: created.id };
}

export function searchFor(ticket: { key: string; clientId: string }): Search<KeyedTicket> {
  return {
    path: '/service/tickets',
    fields: 'id,externalXRef',
    schema: KeyedTicket,
    keyField: 'externalXRef',
    key: ticket.key,
    fact: 'conditions-external-xref',
    otherwise: isOneOf('company/id', companyNumbers([ticket.clientId])),
    isWanted: (wire) => wire.externalXRef === ticket.key,
  };
}

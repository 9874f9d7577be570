/** Low-balance tickets, found again by the key at the end of their subject. */
import { z } from 'zod';
import type { Delivered, Push, PushMessages, Standing } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { Id, UtcInstant } from '../http/wire.ts';
import { hasMarker, markedLine } from '../kit/marker.ts';
import type { Api, List } from './api.ts';
import { createTicket, ticketList } from './documents.ts';
import { readFact, refuseIfFalse, verifyFact, verifyKept } from './facts.ts';
import { findRow, readTicket } from './look-up.ts';
import { isAmong } from './mapping.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

/** No length is published; a database's usual one. */
const subjectLengthMax = 255;

/** Until a search by subject is seen to work, tickets made within so many days are looked through. */
const lookBackDays = 92;

/** Their clock and ours may differ by so much; a zone differs by more. */
const clockMsMax = 10 * 60_000;

const Keyed = z.object({
  ticketId: Id,
  displayId: Id.nullish(),
  subject: z.string().nullish(),
  createdTime: UtcInstant.nullish(),
});
type Keyed = z.infer<typeof Keyed>;

const Listed = Keyed.extend({ createdTime: UtcInstant });

export type NewTicket = Pick<PushMessages['alert-ticket'], 'key' | 'clientId' | 'subject' | 'body'>;

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  return {
    find: ({ key }, signal) => findTicket(api, key, signal),
    create: (message, signal) => writeTicket(api, message, signal),
    inspect: (_, ticketId, signal) => standingOf(api, ticketId, signal),
    withdraw: (message, withdrawal, signal) => withdrawTicket(api, message, withdrawal, signal),
  };
}

export async function writeTicket(
  api: Api,
  { key, clientId, subject, body }: NewTicket,
  signal: AbortSignal,
): Promise<Delivered> {
  const { context, config } = api;
  await refuseIfFalse(context, 'schema-alert', 'ticket-key');
  const { status, priority, techGroup } = config.alerts;
  const input = {
    subject: markedLine(subject, key, subjectLengthMax),
    client: { accountId: clientId },
    source: 'INTEGRATION',
    status,
    description: body,
    ...(priority === undefined ? {} : { priority }),
    ...(techGroup === undefined ? {} : { techGroup: { groupId: techGroup } }),
  };
  const answer = z.object({ createTicket: Keyed });
  const { createTicket: ticket } = await api.send(createTicket, { input }, answer, signal);
  await verifyKept(context, 'ticket-key', hasMarker(ticket.subject, key), async () => false);
  if (ticket.createdTime != null) {
    const offMs = Math.abs(context.now() - msFromInstant(ticket.createdTime));
    await verifyFact(context, 'dates-utc', offMs < clockMsMax);
  }
  if ((await readFact(context, 'subject-filter')) === null) {
    const found = await findInList(api, ticketsWith(key), key, signal);
    await verifyKept(context, 'subject-filter', false, async () => found !== null);
  }
  return delivered(ticket);
}

/** Compared exactly in code, whatever the search makes of the key. */
export async function findTicket(
  api: Api,
  key: string,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const isFiltered = (await readFact(api.context, 'subject-filter')) === 'yes';
  const list = isFiltered ? ticketsWith(key) : newestTickets;
  const found = await findInList(api, list, key, signal);
  return found === null ? null : delivered(found);
}

const newestTickets: List = { operation: ticketList, rows: 'tickets', sort: ['createdTime'] };

function ticketsWith(key: string): List {
  const condition = { attribute: 'subject', operator: 'contains', value: key };
  return { ...newestTickets, condition };
}

function findInList(api: Api, list: List, key: string, signal: AbortSignal): Promise<Keyed | null> {
  const from = addSeconds(instantFromMs(api.context.now()), -lookBackDays * 86_400);
  const wanted = {
    ...{ schema: Listed, key, from },
    idOf: ({ ticketId }: Keyed) => ticketId,
    isWanted: ({ subject }: Keyed) => hasMarker(subject, key),
    timeOf: ({ createdTime }: z.infer<typeof Listed>) => createdTime,
  };
  return findRow(api, list, wanted, signal);
}

export async function standingOf(
  api: Api,
  ticketId: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const ticket = await readTicket(api, ticketId, signal);
  if (ticket === null) return null;
  return {
    isClosed: isAmong(api.config.closedStatuses, ticket.status),
    updatedAt: ticket.updatedTime,
  };
}

function delivered({ ticketId, displayId }: Keyed): Delivered {
  return { remoteId: ticketId, ...(displayId == null ? {} : { label: `#${displayId}` }) };
}

/** Low-balance tickets, found again by a tag that is their key. */
import { z } from 'zod';
import type {
  Delivered,
  Push,
  PushMessages,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { explainWithdrawal } from '../kit/undo-note.ts';
import { type Api, believeRows, clientNumbers, type List } from './api.ts';
import { refuseIfFalse, verifyKept } from './facts.ts';
import { createNotePush } from './push-note.ts';
import { KeyedTicket, NumberId, TicketDetail } from './schema.ts';

type Message = PushMessages['alert-ticket'];

const Created = z.object({ ticket: z.object({ id: NumberId }) });

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  const { closedStatuses } = api.config;
  return {
    find: (message, signal) => findTicket(api, message, signal),
    async create(message, signal) {
      await refuseIfFalse(api.context, 'ticket-key');
      return createTicket(api, message, signal);
    },
    async inspect(_, ticketId, signal) {
      const found = await api.getIfThere(ticketPath(ticketId), TicketDetail, signal);
      if (found === null) return null;
      const { status, updated_at: updatedAt } = found.ticket;
      return { isClosed: closedStatuses.includes(status), updatedAt };
    },
    withdraw: (message, withdrawal, signal) => withdrawTicket(api, message, withdrawal, signal),
  };
}

/** Written for technicians: hidden, and mailed to nobody. */
export async function createTicket(
  api: Api,
  message: Message,
  signal: AbortSignal,
): Promise<Delivered> {
  const { status, issueType, priority } = api.config.alerts;
  const subject = message.subject.replace(/\s+/g, ' ').trim();
  const comment = { subject, body: message.body, hidden: true, do_not_email: true };
  const body = {
    customer_id: Number(clientNumbers([message.clientId])[0]),
    subject,
    status,
    problem_type: issueType,
    ...(priority === undefined ? {} : { priority }),
    tag_list: [message.key],
    comments_attributes: [comment],
  };
  const { ticket } = await api.write('POST', '/tickets', body, Created, signal);
  const listed = await findTicket(api, message, signal);
  await verifyKept(api.context, 'ticket-key', false, async () => listed !== null);
  if (listed !== null) return listed;
  api.context.log.warn('A new ticket is not listed with its tag.', { ticket: ticket.id });
  return { remoteId: ticket.id };
}

/**
 * How far back a ticket of ours is looked for: no message waits as long, and no backup that is restored is
 * as old.
 */
const lookBackDays = 90;

/** The client's late tickets, compared here: the search of Syncro says nowhere what it looks at. */
export async function findTicket(
  api: Api,
  { key, clientId }: Pick<Message, 'key' | 'clientId'>,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const [customer_id] = clientNumbers([clientId]);
  const created_after = instantFromMs(api.context.now() - lookBackDays * 86_400_000);
  const list: List = { path: '/tickets', rows: 'tickets', query: { customer_id, created_after } };
  for await (const { rows } of api.pages(list, signal)) {
    for (const ticket of believeRows(list.path, rows, KeyedTicket)) {
      const { id, number, customer_id: owner, tag_list } = ticket;
      if (owner !== customer_id) {
        throw new KindError(
          'contract',
          `GET /tickets answered with customer ${owner}: a filter was ignored.`,
        );
      }
      if (tag_list?.includes(key)) return { remoteId: id, label: `#${number}` };
    }
  }
  return null;
}

/** Null: the ticket does not bear our key any more, or Syncro took the status and did not close it. */
async function withdrawTicket(
  api: Api,
  message: Message,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { key } = message;
  const { remoteId } = withdrawal;
  const { alerts, closedStatuses } = api.config;
  const path = ticketPath(remoteId);
  const found = await api.getIfThere(path, TicketDetail, signal);
  if (found === null) return { remoteId };
  const { ticket } = found;
  if (!ticket.tag_list?.includes(key)) return null;
  if (closedStatuses.includes(ticket.status)) return { remoteId };
  await explainWithdrawal(createNotePush(api), message, withdrawal, signal);
  await api.write('PUT', path, { status: alerts.withdrawnStatus }, z.unknown(), signal);
  const after = await api.getIfThere(path, TicketDetail, signal);
  return after === null || closedStatuses.includes(after.ticket.status) ? { remoteId } : null;
}

function ticketPath(id: string): string {
  return `/tickets/${encodeURIComponent(id)}`;
}

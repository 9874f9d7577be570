/** Notes on tickets, hidden or for the client, found again by the key at the end of their text. */
import { z } from 'zod';
import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import { type Api, believeRows, type List } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { CommentWire } from './schema.ts';

type Message = PushMessages['ticket-note'];

const Created = z.object({ comment: CommentWire });

/** Comments are ten to a page unless told; so many are asked for. */
const commentsPerPage = 100;

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    find: (message, signal) => findNote(api, message, signal),
    async create(message, signal) {
      await refuseIfFalse(api.context, 'note-audience');
      return writeNote(api, message, signal);
    },
  };
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
export async function writeNote(
  api: Api,
  message: Message,
  signal: AbortSignal,
): Promise<Delivered> {
  const { subject, email } = api.config.notes;
  const hidden = message.audience === 'internal';
  const body = {
    subject,
    body: withMarker(message.body, message.key),
    hidden,
    do_not_email: hidden || !email,
  };
  const path = `${pathOf(message)}/comment`;
  const { comment } = await api.write('POST', path, body, Created, signal);
  const isKept = comment.hidden === hidden;
  await verifyFact(api.context, 'note-audience', isKept);
  if (!isKept) {
    api.context.log.warn('A note did not keep its audience; look at it now.', {
      ticket: message.ticketId,
      note: comment.id,
      wanted: message.audience,
    });
  }
  return delivered(message, comment.id);
}

export async function findNote(
  api: Api,
  message: Message,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const path = `${pathOf(message)}/comments`;
  const list: List = { path, rows: 'comments', query: { per_page: commentsPerPage } };
  for await (const { rows } of api.pages(list, signal)) {
    for (const { id, body } of believeRows(path, rows, CommentWire)) {
      if (hasMarker(body, message.key)) return delivered(message, id);
    }
  }
  return null;
}

function pathOf({ ticketId }: Pick<Message, 'ticketId'>): string {
  return `/tickets/${encodeURIComponent(ticketId)}`;
}

function delivered({ ticketId }: Message, id: string): Delivered {
  return { remoteId: id, label: `comment ${id} on ticket ${ticketId}` };
}

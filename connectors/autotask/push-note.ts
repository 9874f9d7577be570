/** Notes on tickets, internal or for the client, found again by the key in their title. */
import { z } from 'zod';
import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import { hasMarker, markerOf, shortened } from '../kit/marker.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { findInList } from './look-up.ts';
import { isOneOf } from './query.ts';
import type { Rooms } from './rooms.ts';

const descriptionLengthMax = 32_000;

const Note = z.object({ id: Id, title: z.string().nullish(), publish: z.int().nullish() });
type Note = z.infer<typeof Note>;

type NewNote = Pick<PushMessages['ticket-note'], 'key' | 'ticketId' | 'audience' | 'body'>;

export function createNotePush(rooms: Rooms): Push<'ticket-note'> {
  return {
    async find(message, signal) {
      const query = {
        entity: 'TicketNotes',
        filter: [isOneOf('ticketID', [message.ticketId])],
        fields: ['id', 'title', 'publish'],
      };
      const isWanted = (note: Note) => hasMarker(note.title, message.key);
      const found = await findInList(rooms.api, query, Note, isWanted, signal);
      return found === null ? null : { remoteId: found.id };
    },
    create: (message, signal) => writeNote(rooms, message, signal),
  };
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
export async function writeNote(
  { api, directory }: Rooms,
  { key, ticketId, audience, body }: NewNote,
  signal: AbortSignal,
): Promise<{ remoteId: string }> {
  const { context, config } = api;
  await refuseIfFalse(context, 'note-publish');
  const publish = await directory.valueOf('TicketNotes', 'publish', config.notes[audience], signal);
  const note = {
    ticketID: Number(ticketId),
    title: `Prepaid hours ${markerOf(key)}`,
    description: shortened(body, descriptionLengthMax),
    noteType: await noteType({ api, directory }, signal),
    publish,
  };
  const id = await api.create(`Tickets/${encodeURIComponent(ticketId)}/Notes`, note, signal);
  const made = await api.item('TicketNotes', id, Note, signal);
  const isKept = made === null ? null : made.publish === publish;
  await verifyFact(context, 'note-publish', isKept);
  if (isKept === false) {
    context.log.warn('A note did not keep its audience; look at it now.', {
      ...{ ticket: ticketId, note: id, wanted: audience },
    });
  }
  return { remoteId: id };
}

export async function noteType(
  { api, directory }: Pick<Rooms, 'api' | 'directory'>,
  signal: AbortSignal,
): Promise<number> {
  const { type } = api.config.notes;
  if (type !== undefined) return directory.valueOf('TicketNotes', 'noteType', type, signal);
  const fields = await directory.fields('TicketNotes', signal);
  const values = fields.find(({ name }) => name === 'noteType')?.picklistValues ?? [];
  const first = values.find(({ isActive }) => isActive !== false);
  if (first !== undefined) return Number(first.value);
  throw new KindError('config', 'Autotask shows no active note type for ticket notes.', {
    fix: 'Add one there, or let the API user see it; then name it as notes.type.',
  });
}

/** Notes on tickets, internal or for the client, found again by the key at the end of their text. */
import { z } from 'zod';
import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { createTicketNote, noteList } from './documents.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { NoteWire } from './schema.ts';

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    async find({ ticketId, key }, signal) {
      const answer = z.object({ getTicketNoteList: z.array(NoteWire) });
      const data = await api.send(noteList, { input: { ticketId } }, answer, signal);
      const found = data.getTicketNoteList.find(({ content }) => hasMarker(content, key));
      return found === undefined ? null : { remoteId: found.noteId };
    },
    async create(message, signal) {
      await refuseIfFalse(api.context, 'schema-note', 'note-audience');
      const note = await writeNote(api, message, signal);
      return { remoteId: note.noteId };
    },
  };
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
async function writeNote(
  api: Api,
  { ticketId, audience, body, key }: PushMessages['ticket-note'],
  signal: AbortSignal,
): Promise<NoteWire> {
  const privacyType = audience === 'client' ? 'PUBLIC' : 'PRIVATE';
  const content = withMarker(body, key);
  const input = { ticket: { ticketId }, content, privacyType };
  const answer = z.object({ createTicketNote: NoteWire });
  const { createTicketNote: note } = await api.send(createTicketNote, { input }, answer, signal);
  const isKept = note.privacyType === privacyType;
  await verifyFact(api.context, 'note-audience', isKept);
  if (!isKept) {
    api.context.log.warn('A note did not keep its audience; look at it now.', {
      ticket: ticketId,
      note: note.noteId,
      wanted: audience,
    });
  }
  return note;
}

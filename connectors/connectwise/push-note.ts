/** Notes on tickets, internal or for the client, found again by the key at the end of their text. */
import { z } from 'zod';
import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { findInList } from './look-up.ts';

const Note = z.object({
  id: Id,
  text: z.string().nullish(),
  internalAnalysisFlag: z.boolean().nullish(),
  detailDescriptionFlag: z.boolean().nullish(),
});
type Note = z.infer<typeof Note>;

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    async find(message, signal) {
      const list = { path: notesPath(message.ticketId), fields: 'id,text' };
      const isWanted = (note: Note) => hasMarker(note.text, message.key);
      const found = await findInList(api, list, { schema: Note, isWanted }, signal);
      return found === null ? null : { remoteId: found.id };
    },
    async create(message, signal) {
      await refuseIfFalse(api.context, 'note-flags');
      const isAnnounced = message.audience === 'client';
      const note = await writeNote(api, { ...message, isAnnounced }, signal);
      return { remoteId: note.id };
    },
  };
}

export interface NewNote
  extends Pick<PushMessages['ticket-note'], 'key' | 'ticketId' | 'audience' | 'body'> {
  /** Whether ConnectWise may send its notifications about the note. */
  isAnnounced: boolean;
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
export async function writeNote(api: Api, message: NewNote, signal: AbortSignal): Promise<Note> {
  const isForClient = message.audience === 'client';
  const note = await api.post(
    notesPath(message.ticketId),
    {
      text: withMarker(message.body, message.key),
      detailDescriptionFlag: isForClient,
      internalAnalysisFlag: !isForClient,
      resolutionFlag: false,
      processNotifications: message.isAnnounced,
    },
    Note,
    signal,
  );
  const isKept =
    note.detailDescriptionFlag === isForClient && note.internalAnalysisFlag === !isForClient;
  await verifyFact(api.context, 'note-flags', isKept);
  if (!isKept) {
    api.context.log.warn('A note did not keep its audience; look at it now.', {
      ticket: message.ticketId,
      note: note.id,
      wanted: message.audience,
    });
  }
  return note;
}

export function notesPath(ticketId: string): string {
  return `/service/tickets/${encodeURIComponent(ticketId)}/notes`;
}

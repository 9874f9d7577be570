/** Notes on tickets, internal or for the client, found again by the key at the end of their text. */

import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import { type Api, eachRow } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { momentText } from './moments.ts';
import { ticketsPath } from './push-ticket.ts';
import { NoteWire } from './schema.ts';

type NewNote = Pick<PushMessages['ticket-note'], 'key' | 'ticketId' | 'audience' | 'body'>;

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    async find({ key, ticketId }, signal) {
      const list = { path: notesPath(ticketId) };
      for await (const { id, details } of eachRow(api, list, NoteWire, signal)) {
        if (hasMarker(details, key)) return { remoteId: id };
      }
      return null;
    },
    async create(message, signal) {
      await refuseIfFalse(api.context, 'note-audience');
      return { remoteId: (await writeNote(api, message, signal)).id };
    },
  };
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
export async function writeNote(
  api: Api,
  { key, ticketId, audience, body }: NewNote,
  signal: AbortSignal,
): Promise<NoteWire> {
  const { context, config, zones } = api;
  const note = {
    Details: withMarker(body, key),
    IsInternal: audience === 'internal',
    TypeId: config.notes.typeId,
    NoteDate: momentText(instantFromMs(context.now()), zones.moments),
    // Nobody named: where it is left out, BMS might choose for itself who gets a mail.
    EmailNotification: { ContactIds: '', ResourcesIds: '', OtherEmails: [] },
  };
  const made = await api.write('POST', notesPath(ticketId), note, NoteWire, signal);
  const isKept = made.isinternal === note.IsInternal;
  await verifyFact(context, 'note-audience', isKept);
  if (!isKept) {
    context.log.warn('A note did not keep its audience; look at it now.', {
      ...{ ticket: ticketId, note: made.id, wanted: audience },
    });
  }
  return made;
}

export function notesPath(ticketId: string): string {
  return `${ticketsPath}/${encodeURIComponent(ticketId)}/notes`;
}

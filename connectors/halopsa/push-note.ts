/** Notes on tickets, internal or for the client, found again by the key at the end of their text. */
import { z } from 'zod';
import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { describeIssue } from '../http/issues.ts';
import { Id } from '../http/wire.ts';
import { hasMarker, withMarker } from '../text/marker.ts';
import type { Api } from './api.ts';
import { refuseIfNot, settleFact } from './facts.ts';
import { actionId } from './mapping.ts';
import { toHtml } from './text.ts';
import { actionList } from './ticket-time.ts';

const Note = z.object({
  id: Id,
  ticket_id: Id,
  note: z.string().nullish(),
  note_html: z.string().nullish(),
  hiddenfromuser: z.boolean().nullish(),
});
type Note = z.infer<typeof Note>;

type Message = Pick<PushMessages['ticket-note'], 'key' | 'ticketId' | 'audience' | 'body'>;

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    async find(message, signal) {
      const note = await findNote(api, message, signal);
      return note === null ? null : delivered(note);
    },
    async create(message, signal) {
      await refuseIfNot(api.context, 'note-audience');
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
  const { notes } = api.config;
  const isForClient = message.audience === 'client';
  const body = {
    ticket_id: Number(message.ticketId),
    outcome: isForClient ? notes.client : notes.internal,
    note_html: toHtml(withMarker(message.body, message.key)),
    hiddenfromuser: !isForClient,
    sendemail: isForClient && notes.email,
    timetaken: 0,
  };
  await api.post('/Actions', body, z.unknown(), signal);
  const note = await readBack(api, message, signal);
  const isKept = note.hiddenfromuser === !isForClient;
  await settleFact(api.context, 'note-audience', isKept);
  if (!isKept) {
    api.context.log.warn('A note did not keep its audience; look at it now.', {
      ticket: message.ticketId,
      note: note.id,
      wanted: message.audience,
    });
  }
  return delivered(note);
}

/** The answer to a write need not show the note. It stands; not seeing it leaves the outcome open. */
async function readBack(api: Api, message: Message, signal: AbortSignal): Promise<Note> {
  const note = await findNote(api, message, signal);
  if (note !== null) return note;
  throw new KindError(
    'unknown-outcome',
    `The note on ticket ${message.ticketId} was accepted but is not listed yet.`,
  );
}

async function findNote(api: Api, message: Message, signal: AbortSignal): Promise<Note | null> {
  const list = actionList(message.ticketId);
  const query = { ...list.query, includehtmlnote: true };
  for (const row of (await api.whole({ ...list, query }, signal)).rows) {
    const note = Note.safeParse(row);
    // An unreadable row might be the wanted one: taking it for another would write twice.
    if (!note.success)
      throw new KindError('contract', `GET /Actions: ${describeIssue(note.error)}.`);
    const isOurs =
      hasMarker(note.data.note, message.key) || hasMarker(note.data.note_html, message.key);
    if (isOurs && note.data.ticket_id === message.ticketId) return note.data;
  }
  return null;
}

function delivered(note: Note): Delivered {
  return { remoteId: actionId(note), label: `note ${note.id} on #${note.ticket_id}` };
}

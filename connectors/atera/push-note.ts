/** Comments on tickets, internal or for the client, found again by the key at the end of their text. */

import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import { type Api, believeRow } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { CommentWire } from './schema.ts';

type Note = PushMessages['ticket-note'];

export function createNotePush(api: Api): Push<'ticket-note'> {
  return {
    async find(note, signal) {
      return (await findNote(api, note, signal)) === null ? null : delivered(note);
    },
    async create(note, signal) {
      await refuseIfFalse(api.context, 'note-audience');
      return writeNote(api, note, signal);
    },
  };
}

/** Writes one note and settles whether its audience was kept; a leak is loud and stops the next. */
async function writeNote(api: Api, note: Note, signal: AbortSignal): Promise<Delivered> {
  const isInternal = note.audience === 'internal';
  const body = {
    CommentText: withMarker(note.body, note.key),
    TechnicianCommentDetails: { TechnicianId: technicianOf(api), IsInternal: isInternal },
  };
  await api.write('POST', commentsPath(note), body, signal);
  const written = await findNote(api, note, signal);
  if (written === null) {
    throw new KindError(
      'unknown-outcome',
      `The note on ticket ${note.ticketId} was accepted but is not listed yet.`,
    );
  }
  const isKept = written.IsInternal === isInternal;
  await verifyFact(api.context, 'note-audience', isKept);
  if (!isKept) {
    api.context.log.warn('A note did not keep its audience; look at it now.', {
      ticket: note.ticketId,
      wanted: note.audience,
    });
  }
  return delivered(note);
}

function technicianOf({ config, context }: Api): number {
  if (config.technicianId !== undefined) return config.technicianId;
  throw new KindError('config', `Connection "${context.connection}" has no technicianId.`, {
    fix: 'Set it to the TechnicianContactID in whose name notes are written; `check` lists those seen.',
  });
}

async function findNote(
  api: Api,
  note: Pick<Note, 'key' | 'ticketId'>,
  signal: AbortSignal,
): Promise<CommentWire | null> {
  const path = commentsPath(note);
  for await (const { rows } of api.pages({ path }, signal)) {
    for (const row of rows) {
      const comment = believeRow(path, row, CommentWire);
      const isOurs =
        hasMarker(comment.Comment, note.key) || hasMarker(comment.CommentHtml, note.key);
      if (isOurs) return comment;
    }
  }
  return null;
}

function commentsPath({ ticketId }: Pick<Note, 'ticketId'>): string {
  return `/tickets/${encodeURIComponent(ticketId)}/comments`;
}

/** Comments show no ids: the key stands for one. */
function delivered({ ticketId, key }: Note): Delivered {
  return { remoteId: `${ticketId}/${key}`, label: `note on #${ticketId}` };
}

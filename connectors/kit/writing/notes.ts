/** Notes on tickets, internal or for the client, found again by the key in their text. */
import type {
  ConnectorContext,
  Delivered,
  Push,
  PushMessages,
} from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import type { OpenCall } from '../call.ts';
import type { FactBook } from '../checking/facts.ts';

export type Note = PushMessages['ticket-note'];

export interface NoteRecord<C> {
  find(call: C, note: Note): Promise<Delivered | null>;
  /** Writes one note. */
  write(call: C, note: Note): Promise<Delivered>;
}

/** Refuses to write notes if one of `needs` was verified false; also for withdrawal notes. */
export function guardedNotes<C extends { context: ConnectorContext }, Id extends string>(
  { refuseIfFalse }: FactBook<Id>,
  needs: readonly Id[],
  { find, write }: NoteRecord<C>,
): NoteRecord<C> {
  return {
    find,
    async write(call, note) {
      await refuseIfFalse(call.context, ...needs);
      return write(call, note);
    },
  };
}

interface ReadBack<C, Row> {
  send(call: C, note: Note): Promise<unknown>;
  read(call: C, note: Note): Promise<Row | null>;
  isInternal(row: Row): boolean | null | undefined;
  delivered(row: Row, note: Note): Delivered;
}

/**
 * For responses that need not show the note: it is read back, and without seeing it the outcome is unknown. `fact`: a
 * note keeps its audience.
 */
export function readBackNotes<C extends { context: ConnectorContext }, Row, Id extends string>(
  book: FactBook<Id>,
  fact: Id,
  { send, read, isInternal, delivered }: ReadBack<C, Row>,
): NoteRecord<C> {
  return guardedNotes(book, [fact], {
    async find(call, note) {
      const row = await read(call, note);
      return row === null ? null : delivered(row, note);
    },
    async write(call, note) {
      await send(call, note);
      const row = await read(call, note);
      if (row === null) {
        const message = `The note on ticket ${note.ticketId} was accepted but is not listed yet.`;
        throw new KindError('unknown-outcome', message);
      }
      const made = delivered(row, note);
      const written = { id: made.remoteId, isInternal: isInternal(row) };
      await verifyAudience(call, book, fact, note, written);
      return made;
    },
  });
}

export function notePush<C>({ find, write }: NoteRecord<C>) {
  return (open: OpenCall<C>): Push<'ticket-note'> => ({
    find: (note, signal) => find(open(signal), note),
    create: (note, signal) => write(open(signal), note),
  });
}

/** Verifies whether a note kept its audience; a leak is logged and blocks the next note. */
export async function verifyAudience<Id extends string>(
  { context }: { context: ConnectorContext },
  { verifyFact }: FactBook<Id>,
  fact: Id,
  { ticketId, audience }: Pick<Note, 'ticketId' | 'audience'>,
  written: { id: string; isInternal: boolean | null | undefined },
): Promise<void> {
  const isKept = written.isInternal === (audience === 'internal');
  await verifyFact(context, fact, isKept);
  if (isKept) return;
  context.log.warn('A note did not keep its audience; review it now.', {
    ticket: ticketId,
    note: written.id,
    wanted: audience,
  });
}

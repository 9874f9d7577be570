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

/** A note as it was written. `isInternal`: as it is shown; left out if the vendor cannot show it. */
interface WrittenNote extends Delivered {
  isInternal?: boolean | null | undefined;
}

interface GuardedNotes<C> extends Pick<NoteRecord<C>, 'find'> {
  write(call: C, note: Note): Promise<WrittenNote>;
}

/**
 * Refuses to write notes if `fact` or one of `others` was verified false; also for withdrawal notes. Verifies `fact`, that
 * a note keeps its audience: a leak is logged and blocks the next note.
 */
export function guardedNotes<C extends { context: ConnectorContext }, Id extends string>(
  { refuseIfFalse, verifyFact }: FactBook<Id>,
  fact: Id,
  { find, write }: GuardedNotes<C>,
  ...others: readonly Id[]
): NoteRecord<C> {
  return {
    find,
    async write(call, note) {
      const { context } = call;
      const { ticketId, audience } = note;
      await refuseIfFalse(context, ...others, fact);
      const written = await write(call, note);
      const { isInternal, ...made } = written;
      if (!('isInternal' in written)) return made;
      const isKept = isInternal === (audience === 'internal');
      await verifyFact(context, fact, isKept);
      if (isKept) return made;
      context.log.warn('A note did not keep its audience; review it now.', {
        ticket: ticketId,
        note: made.remoteId,
        wanted: audience,
      });
      return made;
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
  return guardedNotes(book, fact, {
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
      return { ...delivered(row, note), isInternal: isInternal(row) };
    },
  });
}

export function notePush<C>({ find, write }: NoteRecord<C>) {
  return (open: OpenCall<C>): Push<'ticket-note'> => ({
    find: (note, signal) => find(open(signal), note),
    create: (note, signal) => write(open(signal), note),
  });
}

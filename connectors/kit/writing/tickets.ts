/** Alert tickets: reading the state of one, and withdrawing it. */
import type {
  PushMessages,
  RemoteState,
  SourceId,
  Withdrawal,
  Withdrawn,
} from '../../../src/contract/connector.ts';
import type { NoteRecord } from './notes.ts';

/** What a ticket of ours says, of an alert or a sale. */
export type TicketText = Pick<
  PushMessages['alert-ticket'],
  'key' | 'clientId' | 'subject' | 'body' | 'hasClientNote'
>;

export type Keyed = Pick<TicketText, 'key' | 'clientId'>;

/** A ticket of ours, read by its ID. */
export interface TicketView {
  bearsKey(key: string): boolean;
  isClosed: boolean;
  /** Whether we withdrew it before, if that is visible: then people did not close it. */
  isWithdrawn?(): boolean | Promise<boolean>;
  updatedAt?: RemoteState['updatedAt'];
}

export interface ClosableTicket<C, View extends TicketView = TicketView> {
  /** Null: it no longer exists. */
  read(call: C, id: SourceId): Promise<View | null>;
  /** Checks whatever could fail, then returns the write. Null: the vendor does not show what it needs. */
  close(
    call: C,
    id: SourceId,
    ticket: View,
  ): Promise<((reason: string) => Promise<unknown>) | null>;
  /** Adds the reason as an internal note. Absent: the closing write carries the reason. */
  note?: Pick<NoteRecord<C>, 'find' | 'write'>;
  /** Result for one that is gone, or that people closed. Default: withdrawn. */
  whenGone?: 'withdrawn' | 'by hand';
  whenClosed?: 'withdrawn' | 'by hand';
}

export async function inspectTicket<C>(
  { read }: Pick<ClosableTicket<C>, 'read'>,
  call: C,
  id: SourceId,
): Promise<RemoteState | null> {
  const ticket = await read(call, id);
  if (ticket === null) return null;
  const { isClosed, updatedAt } = ticket;
  return updatedAt === undefined ? { isClosed } : { isClosed, updatedAt };
}

/**
 * Adds a note with the reason, sets a closing status, then checks that it is closed. Null (left to an admin): the
 * ticket no longer has our key or cannot be closed, or the vendor accepted the status and did not close it.
 */
export async function withdrawTicket<C, View extends TicketView>(
  ticket: ClosableTicket<C, View>,
  call: C,
  { key, clientId }: Keyed,
  { remoteId, reason }: Withdrawal,
): Promise<Withdrawn | null> {
  const orByHand = (how: 'withdrawn' | 'by hand' = 'withdrawn'): Withdrawn | null =>
    how === 'withdrawn' ? { remoteId } : null;
  const before = await ticket.read(call, remoteId);
  if (before === null) return orByHand(ticket.whenGone);
  if (!before.bearsKey(key)) return null;
  if (before.isClosed) {
    return (await before.isWithdrawn?.()) === true ? { remoteId } : orByHand(ticket.whenClosed);
  }
  const close = await ticket.close(call, remoteId, before);
  if (close === null) return null;
  const audience = 'internal' as const;
  const note = { key: `undo:${key}`, clientId, ticketId: remoteId, body: reason, audience };
  if ((await ticket.note?.find(call, note)) === null) await ticket.note?.write(call, note);
  await close(reason);
  const after = await ticket.read(call, remoteId);
  if (after === null) return orByHand(ticket.whenGone);
  return after.isClosed ? { remoteId } : null;
}

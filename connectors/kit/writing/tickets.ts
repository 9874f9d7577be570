/** Alert tickets: how one is now, and taking it back. */
import type {
  PushMessages,
  SourceId,
  Standing,
  Withdrawal,
  Withdrawn,
} from '../../../src/contract/connector.ts';
import type { NoteRecord } from './notes.ts';

type Keyed = Pick<PushMessages['alert-ticket'], 'key' | 'clientId'>;

/** A ticket of ours, as the vendor shows it by its id. */
export interface TicketView {
  bearsKey(key: string): boolean;
  isClosed: boolean;
  /** Whether it was taken back before, where that shows: then it was not people who closed it. */
  isWithdrawn?(): boolean | Promise<boolean>;
  updatedAt?: Standing['updatedAt'];
}

export interface ClosableTicket<C, View extends TicketView = TicketView> {
  /** Null: it is not there any more. */
  read(call: C, id: SourceId): Promise<View | null>;
  /** Asks whatever could fail, and gives the write. Null: the vendor does not show what the write needs. */
  close(
    call: C,
    id: SourceId,
    ticket: View,
  ): Promise<((reason: string) => Promise<unknown>) | null>;
  /** Says on the ticket why, internally. Absent: the write that closes it says so itself. */
  note?: Pick<NoteRecord<C>, 'find' | 'write'>;
  /** What one that is gone, or that people closed, counts as. Default: withdrawn. */
  whenGone?: 'withdrawn' | 'by hand';
  whenClosed?: 'withdrawn' | 'by hand';
}

export async function inspectTicket<C>(
  { read }: Pick<ClosableTicket<C>, 'read'>,
  call: C,
  id: SourceId,
): Promise<Standing | null> {
  const ticket = await read(call, id);
  if (ticket === null) return null;
  const { isClosed, updatedAt } = ticket;
  return updatedAt === undefined ? { isClosed } : { isClosed, updatedAt };
}

/**
 * A note that says why, then a closing status, then a look whether it is closed. Null, for a person: the ticket
 * does not bear our key any more or cannot be closed, or the vendor took the status and did not close it.
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

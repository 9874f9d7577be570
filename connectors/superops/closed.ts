/**
 * When tickets were closed. SuperOps does not say; the first change at which a ticket is seen closed stands
 * for it, and is remembered, since every later change moves the ticket's `updatedTime` on.
 */
import { z } from 'zod';
import type { ConnectorMemory, SourceId } from '../../src/contract/connector.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { TicketWire } from './schema.ts';

const Month = z.record(z.string(), z.string());

export interface ClosedTickets {
  /** The moment of closing, remembered; null, and forgotten, for an open one. */
  closedAt(ticket: TicketWire, isClosed: boolean): Promise<Instant | null>;
  /** Keeps what was learnt since. */
  store(): Promise<void>;
}

/** One text for the tickets of each month: neither one for each ticket, nor one for all. */
export function rememberClosed(memory: ConnectorMemory): ClosedTickets {
  const months = new Map<string, Map<SourceId, Instant>>();
  const changed = new Set<string>();

  async function monthOf({ createdTime }: TicketWire): Promise<[string, Map<SourceId, Instant>]> {
    const key = `closed.${createdTime.slice(0, 7)}`;
    const known = months.get(key);
    if (known !== undefined) return [key, known];
    const stored = Month.parse(JSON.parse((await memory.get(key)) ?? '{}'));
    const month = new Map(Object.entries(stored));
    months.set(key, month);
    return [key, month];
  }

  return {
    async closedAt(ticket, isClosed) {
      const [key, month] = await monthOf(ticket);
      const known = month.get(ticket.ticketId);
      if (isClosed && known !== undefined) return known;
      if (isClosed) month.set(ticket.ticketId, ticket.updatedTime);
      else if (known !== undefined) month.delete(ticket.ticketId);
      if (isClosed || known !== undefined) changed.add(key);
      return isClosed ? ticket.updatedTime : null;
    },
    async store() {
      for (const key of changed) {
        await memory.set(key, JSON.stringify(Object.fromEntries(months.get(key) ?? [])));
      }
      changed.clear();
    },
  };
}

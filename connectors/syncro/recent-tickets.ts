/**
 * Whose the tickets are that changed lately: timers name no customer. The stream of tickets, which is read
 * just before that of time, has seen them, so that time asks for the same list only where it must.
 */
import { z } from 'zod';
import type { PullRequest, SourceId } from '../../src/contract/connector.ts';
import type { Instant } from '../../src/domain/time.ts';
import { WireInstant } from '../http/wire.ts';
import type { Api } from './api.ts';
import { changedTickets } from './lists.ts';
import { idOf, NumberId, TicketDetail } from './schema.ts';

export interface RecentTicket {
  /** Null where the row could not be read: the stream of tickets has set it aside. */
  clientId: SourceId | null;
  createdAt: Instant | null;
  updatedAt: Instant | null;
}

export type RecentById = Map<SourceId, RecentTicket>;

type Asked = Pick<PullRequest, 'since' | 'until'>;

export interface RecentTickets {
  keep(asked: Asked, tickets: RecentById): void;
  /** What the stream of tickets saw in the same run, once; null where it did not reach back as far. */
  take(asked: Asked): RecentById | null;
}

export function createRecentTickets(): RecentTickets {
  let kept: (Asked & { tickets: RecentById }) | null = null;
  return {
    keep({ since, until }, tickets) {
      kept = { since, until, tickets };
    },
    take({ since, until }) {
      const last = kept;
      kept = null;
      return last !== null && last.until === until && last.since <= since ? last.tickets : null;
    },
  };
}

const Recent = z.object({
  customer_id: NumberId.nullable().catch(null),
  created_at: WireInstant.nullable().catch(null),
  updated_at: WireInstant.nullable().catch(null),
});

export function addRecent(tickets: RecentById, rows: readonly unknown[]): void {
  for (const raw of rows) {
    const id = idOf(raw);
    const row = Recent.safeParse(raw).data;
    if (id === null || row === undefined) continue;
    const { customer_id: clientId, created_at: createdAt, updated_at: updatedAt } = row;
    tickets.set(id, { clientId, createdAt, updatedAt });
  }
}

export async function listRecent(
  api: Api,
  since: Instant,
  signal: AbortSignal,
): Promise<RecentById> {
  const tickets: RecentById = new Map();
  for await (const { rows } of api.pages(changedTickets(since), signal)) addRecent(tickets, rows);
  return tickets;
}

export interface Owners {
  /** Null: no such ticket is shown to us. */
  of(ticketId: SourceId): Promise<SourceId | null>;
  see(ticketId: SourceId, clientId: SourceId): void;
}

/** A ticket that has not changed since although time was logged on it is asked for by itself, once. */
export function createOwners(api: Api, tickets: RecentById, signal: AbortSignal): Owners {
  const owners = new Map<SourceId, SourceId | null>();
  for (const [id, { clientId }] of tickets) if (clientId !== null) owners.set(id, clientId);
  return {
    async of(ticketId) {
      const known = owners.get(ticketId);
      if (known !== undefined) return known;
      const found = await api.getIfThere(`/tickets/${ticketId}`, TicketDetail, signal);
      const owner = found?.ticket.customer_id ?? null;
      owners.set(ticketId, owner);
      return owner;
    },
    see: (ticketId, clientId) => void owners.set(ticketId, clientId),
  };
}

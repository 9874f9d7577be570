/**
 * When tickets were closed. SuperOps does not report it, so the change at which a ticket is first seen closed is
 * used and remembered: every later change moves the ticket's `updatedTime`.
 */
import { z } from 'zod';
import type { ConnectorMemory, TicketRow } from '../../src/contract/connector.ts';

const Month = z
  .record(z.string(), z.string())
  .transform((closed) => new Map(Object.entries(closed)));

/** One memory entry per month of tickets, as a compromise between one per ticket and one for all. Reopened ones are dropped. */
export async function withClosing(
  memory: ConnectorMemory,
  tickets: readonly Omit<TicketRow, 'closedAt'>[],
): Promise<TicketRow[]> {
  const months = new Map<string, z.infer<typeof Month>>();
  const changed = new Set<string>();
  const rows: TicketRow[] = [];
  for (const ticket of tickets) {
    const { sourceId: id, createdAt, updatedAt, isClosed } = ticket;
    const key = `closed.${(createdAt ?? updatedAt).slice(0, 7)}`;
    const month = months.get(key) ?? Month.parse(JSON.parse((await memory.get(key)) ?? '{}'));
    months.set(key, month);
    const known = month.get(id) ?? null;
    const closedAt = isClosed ? (known ?? updatedAt) : null;
    if (closedAt !== known) changed.add(key);
    if (closedAt === null) month.delete(id);
    else month.set(id, closedAt);
    rows.push({ ...ticket, closedAt });
  }
  for (const key of changed) {
    await memory.set(key, JSON.stringify(Object.fromEntries(months.get(key) ?? [])));
  }
  return rows;
}

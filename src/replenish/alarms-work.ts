import { familyOf } from '../domain/agreements/shares.ts';
import type { Client } from '../domain/agreements/terms.ts';
import { applyCorrections } from '../domain/charges/corrections.ts';
import { decideCoverage, isCovered } from '../domain/charges/coverage.ts';
import { rootTicket, rowKey } from '../domain/records/merged.ts';
import { namesOfEntry } from '../domain/records/names.ts';
import type { WorkedTime } from '../domain/thresholds/alarms.ts';
import type { Instant } from '../domain/time.ts';
import { type ChargeGroup, readNameBook, type Work } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';

/** Work that began before a window may reach into it, for this long. */
export const longestWorkSeconds = 24 * 3600;

/** Work that was charged or is pending, with what an alert says of it. */
export interface Worked extends WorkedTime {
  technician: string;
  /** Of the ticket; null: without one. */
  number: string | null;
  summary: string;
  isClosed: boolean;
  /** The ticket that it was logged on, before any merge. */
  loggedOn: string | null;
}

/**
 * By payer: all work on the tickets that were worked on since, and time without a ticket since
 * then. Work that the agreement does not charge is not the client's prepaid time.
 */
export async function readWorked(
  { store, clients }: Pick<ReplenishContext, 'store' | 'clients'>,
  payers: readonly Client[],
  since: Instant,
): Promise<Map<string, Worked[]>> {
  const payerIds = new Map(
    payers.flatMap((payer) => familyOf(payer, clients).map(({ id }) => [id, payer.id])),
  );
  const subjects = await store.readRecentWork([...payerIds.keys()], since);
  const worked = new Map<string, Worked[]>();
  if (subjects.length === 0) return worked;
  const work = await store.readWork(subjects);
  const names = await readNameBook(store, clients);
  const groups = new Map(work.groups.map((group) => [group.groupKey, group]));
  for (const { entry, seconds, shown } of corrected(work)) {
    const clientId = clientOf(groups.get(entry.groupKey ?? ''));
    const client = clients.find(({ id }) => id === clientId);
    const payerId = payerIds.get(client?.id ?? '');
    if (client === undefined || payerId === undefined || seconds === 0) continue;
    const ruled = { ...entry, ...namesOfEntry(entry, names) };
    if (!isCovered(decideCoverage(ruled, client.agreement))) continue;
    const { startedAt, endedAt, technician } = entry;
    const one = { startedAt, endedAt, technician, seconds, ...shown };
    const own = worked.get(payerId) ?? [];
    own.push(one);
    worked.set(payerId, own);
  }
  return worked;
}

/** Null where the work is nobody's, or outside the agreement. */
function clientOf(group: ChargeGroup | undefined): string | null {
  const isCounted = group?.status === 'posted' || group?.status === 'pending';
  return isCounted ? group.clientId : null;
}

function corrected({ entries, tickets }: Work) {
  const known = new Map(tickets.map((ticket) => [rowKey(ticket), ticket]));
  const living = entries.filter(({ deletedAt }) => deletedAt === null);
  const byTicket = Map.groupBy(living, (entry) => {
    const root = rootTicket(entry, known);
    return root ? idOf(root) : `entry ${entry.connection} ${entry.sourceId}`;
  });
  return [...byTicket.values()].flatMap((own) =>
    applyCorrections(own).entries.map(({ entry, seconds }) => {
      const root = rootTicket(entry, known);
      const { connection, ticketId } = entry;
      const shown = {
        ticket: root ? idOf(root) : null,
        number: root?.number ?? null,
        summary: root?.summary ?? '',
        isClosed: root?.isClosed ?? false,
        loggedOn: ticketId === null ? null : idOf({ connection, sourceId: ticketId }),
      };
      return { entry, seconds, shown };
    }),
  );
}

/** `psa 1001`, as in a threshold. */
function idOf({ connection, sourceId }: { connection: string; sourceId: string }): string {
  return `${connection} ${sourceId}`;
}

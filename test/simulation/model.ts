/** What should be debited, by the PSAs' own state and the simplest reading of the terms. */
import { type Psa, type PsaEntry, type PsaTicket, rootOf } from './psa.ts';
import { freeWorkType, type Terms } from './terms.ts';

export interface Work {
  connection: string;
  entry: PsaEntry;
  /** The ticket that it counts on. */
  root: PsaTicket;
  isDue: boolean;
}

/** All time of the clients that anybody has configured. */
export function listWork(systems: readonly Psa[], isKnown: (place: string) => boolean): Work[] {
  return systems.flatMap((psa) => {
    const { tickets, entries } = psa.state();
    return entries.flatMap((entry) => {
      const root = rootOf(tickets, entry.ticketId);
      if (root === null || !isKnown(`${psa.name} ${root.client}`)) return [];
      return [{ connection: psa.name, entry, root, isDue: root.isClosed }];
    });
  });
}

/** Seconds that work which is charged as one costs. */
export function costOf(entries: readonly PsaEntry[], terms: Terms): number {
  const charged = entries.filter(({ workType }) => workType !== freeWorkType);
  const worked = sum(charged.map(({ seconds }) => seconds));
  if (worked === 0) return 0;
  const factors = charged.map(({ workType }) => {
    return workType === 'On-site' ? terms.onSiteThousandths : 1000;
  });
  let rounded = 0;
  while (rounded < worked) rounded += terms.incrementSeconds;
  const whole = rounded - terms.incrementSeconds;
  if (rounded > worked && whole > 0 && worked - whole <= terms.graceSeconds) rounded = whole;
  rounded = Math.max(rounded, terms.minimumSeconds);
  const dear = sum(charged.map(({ seconds }, index) => seconds * (factors[index] ?? 1000)));
  // What is added is added at the lowest rate, what is forgiven is forgiven at the highest.
  const factor = rounded > worked ? Math.min(...factors) : Math.max(...factors);
  return Math.round((dear + (rounded - worked) * factor) / 1000);
}

/** Where the work is charged under these terms: what has the same name is rounded as one. */
export function groupOf({ connection, entry, root }: Work, per: Terms['per']): string {
  if (per === 'entry') return `${connection} entry ${entry.id}`;
  if (per === 'ticket') return `${connection} ticket ${root.id}`;
  // Clients bear the same names wherever they are; all work is done at hours that share a date with UTC.
  return `day ${clientName(root.client)} ${new Date(entry.startMs).toISOString().slice(0, 10)}`;
}

/** Ids in one system end as they do in another. */
export function clientName(id: string): string {
  return id.slice(-1);
}

/** What the work that is not yet due would add, by client name. */
export function pendingOf(work: readonly Work[], terms: Terms): Map<string, number> {
  const pending = new Map<string, number>();
  for (const group of Map.groupBy(work, (one) => groupOf(one, terms.per)).values()) {
    const due = group.filter(({ isDue }) => isDue);
    if (due.length === group.length) continue;
    const added = costOf(entriesOf(group), terms) - costOf(entriesOf(due), terms);
    const name = clientName(group[0]?.root.client ?? '');
    pending.set(name, (pending.get(name) ?? 0) + Math.max(0, added));
  }
  return pending;
}

function entriesOf(work: readonly Work[]): PsaEntry[] {
  return work.map(({ entry }) => entry);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

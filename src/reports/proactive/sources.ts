import type { Client } from '../../domain/agreements/terms.ts';
import { isListed } from '../../domain/charges/coverage.ts';
import { sum } from '../../domain/statistics.ts';
import { addDays, type DateText, dateInZone, type Instant, startOfDay } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';

/** Where tickets came from that were worked on lately, for choosing `ticketSources`. */
export interface SourcesReport {
  since: DateText;
  sources: SourceCount[];
}

interface SourceCount {
  connection: string;
  /** Null: the vendor does not say. */
  source: string | null;
  tickets: number;
  seconds: number;
  /**
   * By the agreements' `ticketSources` alone; `mixed`: they disagree; null: none of them says what is
   * proactive.
   */
  class: 'proactive' | 'reactive' | 'mixed' | null;
}

const days = 90;

export async function countSources(
  store: Pick<Store, 'countTicketSources'>,
  clients: readonly Client[],
  { asOf, timezone }: { asOf: Instant; timezone: string },
): Promise<SourcesReport> {
  const since = addDays(dateInZone(asOf, timezone), -days);
  const bySource = new Map(
    clients.flatMap((client) =>
      [...client.formerIds, ...client.sourceIds].map(([connection, id]) => [
        `${connection}\n${id}`,
        client,
      ]),
    ),
  );
  const counts = (await store.countTicketSources(startOfDay(since, timezone))).flatMap((count) => {
    const client = bySource.get(`${count.connection}\n${count.clientId}`);
    return client === undefined ? [] : [{ ...count, client }];
  });
  const groups = Map.groupBy(counts, (one) => JSON.stringify([one.connection, one.source]));
  const sources = [...groups.values()].flatMap((group): SourceCount[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { connection, source } = first;
    const clientsOf = group.map(({ client }) => client);
    const [tickets, seconds] = [
      sum(group.map((one) => one.tickets)),
      sum(group.map((one) => one.seconds)),
    ];
    return [{ connection, source, class: classOf(source, clientsOf), tickets, seconds }];
  });
  return { since, sources: sources.sort((a, b) => b.tickets - a.tickets) };
}

function classOf(source: string | null, clients: readonly Client[]): SourceCount['class'] {
  const found = new Set(
    clients.flatMap(({ agreement: { proactive } }) =>
      proactive === null ? [] : isListed(source, proactive.ticketSources),
    ),
  );
  if (found.size === 0) return null;
  if (found.size === 2) return 'mixed';
  return found.has(true) ? 'proactive' : 'reactive';
}

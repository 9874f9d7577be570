import { payerOf } from '../../domain/agreements/terms.ts';
import { blankRow, LeakRows } from './leak-rows.ts';
import {
  type ClientLeaks,
  type LeakMonth,
  type LeakReason,
  type LeakReport,
  type LeakRow,
  type LeakSum,
  type LeakTotal,
  sectionOf,
} from './leak-shape.ts';
import type { ClientWork, WorkEntry, WorkHistory } from './work-history.ts';

interface Period {
  /** First and last month of work; null: no limit. */
  from: string | null;
  to: string | null;
}

/**
 * What was worked and not billed, in hours and money; and what was charged and perhaps should not have
 * been. `shown`: only these clients.
 */
export function buildLeaks(
  history: WorkHistory,
  period: Period,
  shown: ReadonlySet<string> | null,
): LeakReport {
  const { asOf, mode } = history;
  const isIn = ({ month }: { month: string }) =>
    month >= (period.from ?? '') && month <= (period.to ?? '9999-99');
  const clients = history.clients
    .filter(({ client }) => shown === null || shown.has(client.id))
    .map((work) => leaksOf(work, mode === 'observe', isIn));
  const withoutClient = shown === null ? unclaimed(history.withoutClient).filter(isIn) : [];
  return { asOf, mode, ...period, clients, withoutClient, totals: totalsOf(clients) };
}

function leaksOf(
  work: ClientWork,
  isObserved: boolean,
  isIn: (row: { month: string }) => boolean,
): ClientLeaks {
  const { client, startOn, current } = work;
  const hasPast = payerOf(client).pastBlocks.length > 0;
  const past = hasPast ? work.past : { ...work.past, entries: [] };
  const both = [
    new LeakRows(client, past, { isPast: true }),
    new LeakRows(client, current, { isObserved }),
  ];
  const order = Object.keys(sectionOf);
  const rows = both
    .flatMap((one) => one.collect())
    .filter(isIn)
    .sort(
      (a, b) =>
        order.indexOf(a.reason) - order.indexOf(b.reason) ||
        (a.month < b.month ? -1 : a.month > b.month ? 1 : 0),
    );
  return {
    client: client.name,
    ...{ currency: client.currency, startOn, hasPast },
    months: monthsOf([...past.entries, ...current.entries]).filter(isIn),
    sums: sumsOf(rows),
    rows,
    uncomparedSeconds: both.reduce((sum, { uncomparedSeconds }) => sum + uncomparedSeconds, 0),
  };
}

const stateFields = {
  charged: 'chargedSeconds',
  free: 'freeSeconds',
  open: 'openSeconds',
  'set-aside': 'setAsideSeconds',
  outside: 'outsideSeconds',
} as const;

function monthsOf(entries: readonly WorkEntry[]): LeakMonth[] {
  const months = new Map<string, LeakMonth>();
  for (const { workedOn, state, seconds, isDeleted } of entries) {
    if (isDeleted) continue;
    const month = workedOn.slice(0, 7);
    const sums = months.get(month) ?? {
      month,
      ...{ workedSeconds: 0, chargedSeconds: 0, freeSeconds: 0, openSeconds: 0 },
      ...{ setAsideSeconds: 0, outsideSeconds: 0 },
    };
    sums[stateFields[state]] += seconds;
    if (state !== 'outside') sums.workedSeconds += seconds;
    months.set(month, sums);
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

/** Work of an unknown client: no agreement says what an hour costs. */
function unclaimed(entries: readonly WorkEntry[]): LeakRow[] {
  const rows = new Map<string, LeakRow>();
  for (const entry of entries) {
    const { connection, id, seconds, workedOn, reason, ticket, summary, clientName } = entry;
    const month = workedOn.slice(0, 7);
    const key = [month, reason, connection, ticket ?? id].join('\n');
    const row = rows.get(key) ?? {
      ...blankRow(reason as LeakReason, month, true),
      ...{ ticket, summary, explain: id, detail: clientName },
    };
    row.workedSeconds += seconds;
    row.seconds += seconds;
    row.entries.push({ connection, id, seconds });
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}

/** One per reason and currency, in the order of the rows. */
function sumsOf(rows: readonly LeakRow[]): LeakSum[] {
  const sums = new Map<string, LeakSum>();
  for (const { section, reason, isLeak, workedSeconds, seconds, minor, rate } of rows) {
    const currency = rate?.currency ?? null;
    const key = [reason, isLeak, currency].join('\n');
    const known = sums.get(key);
    const sum = known ?? {
      ...{ section, reason, isLeak, rows: 0, workedSeconds: 0, seconds: 0, currency },
      minor: minor === null ? null : 0,
    };
    sum.rows += 1;
    sum.workedSeconds += workedSeconds;
    sum.seconds += seconds;
    if (sum.minor !== null) sum.minor += minor ?? 0;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** Amounts of different currencies are never added. */
function totalsOf(clients: readonly Pick<ClientLeaks, 'sums'>[]): LeakTotal[] {
  const totals = new Map<string, LeakTotal>();
  for (const { section, isLeak, minor, currency } of clients.flatMap(({ sums }) => sums)) {
    if (currency === null || minor === null) continue;
    const total = totals.get(currency) ?? {
      currency,
      ...{ unbilledMinor: 0, addedMinor: 0, leakMinor: 0, overMinor: 0 },
    };
    if (section === 'unbilled') total.unbilledMinor += minor;
    if (section === 'added') total.addedMinor += minor;
    if (section === 'over') total.overMinor += minor;
    if (isLeak) total.leakMinor += minor;
    totals.set(currency, total);
  }
  return [...totals.values()];
}

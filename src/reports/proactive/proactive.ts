import type { Client } from '../../domain/agreements/terms.ts';
import { classesOf, type WorkClass } from '../../domain/charges/work-class.ts';
import { sum } from '../../domain/statistics.ts';
import { addMonths, type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';
import type { ProactiveShare } from '../statement/statement-shape.ts';
import {
  type ClassMonth,
  monthsUpTo,
  readClassMonths,
  shareOf,
  trendOf,
} from '../statement/work-classes.ts';

/** Time worked for what was charged in each month, by class. */
export interface ProactiveReport {
  asOf: Instant;
  from: string;
  to: string;
  clients: ClientClasses[];
  /** Names of clients whose agreement does not say what is proactive. */
  withoutRules: string[];
}

export interface ClientClasses {
  client: string;
  months: ({ month: string } & ClassSums)[];
  total: ClassSums;
  /** The last three complete months against the three before. */
  trend: ProactiveShare['trend'];
  /** Alerts that hours were idle, and the first proactive work before the next one. */
  idleAlerts: { on: DateText; followedOn: DateText | null }[];
}

export interface ClassSums {
  seconds: Record<WorkClass, number>;
  unknownSeconds: number;
  /** Null: nothing was charged, or the class of some of it is unknown. */
  proactivePercent: number | null;
}

interface ProactiveRequest {
  clients: readonly Client[];
  /** Null: eleven months before the last. */
  from: string | null;
  /** Null: the current month. */
  to: string | null;
  asOf: Instant;
}

export async function buildProactive(
  store: Store,
  { clients, asOf, ...asked }: ProactiveRequest,
): Promise<ProactiveReport> {
  const to = asked.to ?? asOf.slice(0, 7);
  const from = asked.from ?? monthsUpTo(to, 12)[0] ?? to;
  const alerts = Map.groupBy(
    await store.readIdleAlerts(clients.map(({ id }) => id)),
    ({ clientId }) => clientId,
  );
  const report: ProactiveReport = { asOf, from, to, clients: [], withoutRules: [] };
  for (const client of clients) {
    const found = await readClient(store, client, { from, to, asOf });
    const isKnown = found.some(({ seconds }) => Object.values(seconds).some((one) => one > 0));
    if (client.agreement.proactive === null && !isKnown) report.withoutRules.push(client.name);
    else {
      const on = (alerts.get(client.id) ?? []).map(({ at }) => dateInZone(at, client.timezone));
      report.clients.push(toClient(client, found, on, report));
    }
  }
  return report;
}

/** With the months before `from` that the trend takes. */
async function readClient(
  store: Store,
  client: Client,
  { from, to, asOf }: { from: string; to: string; asOf: Instant },
): Promise<ClassMonth[]> {
  const current = dateInZone(asOf, client.timezone).slice(0, 7);
  const last = to < current ? to : current;
  const first = [from, monthsUpTo(last, 7)[0] ?? from].sort()[0] ?? from;
  const months: string[] = [];
  for (let month = first; month <= last; month = addMonths(`${month}-01`, 1).slice(0, 7)) {
    months.push(month);
  }
  return await readClassMonths(store, client, months, (part) => classesOf(part, client.agreement));
}

function toClient(
  { name, timezone }: Client,
  found: readonly ClassMonth[],
  alertedOn: readonly DateText[],
  { from, to, asOf }: Pick<ProactiveReport, 'from' | 'to' | 'asOf'>,
): ClientClasses {
  const shown = found.filter(({ month }) => month >= from);
  const current = dateInZone(asOf, timezone).slice(0, 7);
  const worked = found.flatMap(({ proactiveOn }) => proactiveOn).sort();
  return {
    client: name,
    months: shown.map((one) => ({ month: one.month, ...sumsOf([one]) })),
    total: sumsOf(shown),
    trend: trendOf(found.filter(({ month }) => month < current)),
    idleAlerts: alertedOn.flatMap((on, index) => {
      const next = alertedOn[index + 1] ?? '~';
      if (on.slice(0, 7) < from || on.slice(0, 7) > to) return [];
      return [{ on, followedOn: worked.find((day) => day >= on && day < next) ?? null }];
    }),
  };
}

function sumsOf(months: readonly ClassMonth[]): ClassSums {
  const of = (kind: WorkClass) => sum(months.map(({ seconds }) => seconds[kind]));
  return {
    seconds: { proactive: of('proactive'), reactive: of('reactive'), emergency: of('emergency') },
    unknownSeconds: sum(months.map(({ unknownSeconds }) => unknownSeconds)),
    proactivePercent: shareOf(months),
  };
}

import type { Client } from '../../domain/agreements/terms.ts';
import type { ChargeFacts, PartFacts } from '../../domain/charges/charge-facts.ts';
import { type ClassSeconds, sumOf, type WorkClass } from '../../domain/charges/work-class.ts';
import { addMonths, type DateText, dateInZone } from '../../domain/time.ts';
import type { PostedCharge, Store } from '../../store/port.ts';
import { isWithdrawn } from './charge-changes.ts';
import { factsOf } from './statement-lines.ts';
import { periodOfMonth } from './statement-period.ts';
import type { ProactiveShare } from './statement-shape.ts';

/** The time worked for a month's lines of work, before rounding and multipliers, by class. */
export interface ClassMonth {
  month: string;
  seconds: Record<WorkClass, number>;
  /** Charged before the agreement said what is proactive. */
  unknownSeconds: number;
  /** Days of proactive work. */
  proactiveOn: DateText[];
}

type Classify = (part: PartFacts) => ClassSeconds | null;

/**
 * Months in a row, oldest first. A charge belongs to the month whose statement has it as work: a
 * later correction moves nothing. Only the client's own work, whoever pays.
 */
export async function readClassMonths(
  store: Pick<Store, 'streamCharges' | 'readChargesBefore'>,
  { id, timezone }: Pick<Client, 'id' | 'timezone'>,
  months: readonly string[],
  classify: Classify,
): Promise<ClassMonth[]> {
  const found = new Map(months.map((month) => [month, emptyMonth(month)]));
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { from } = periodOfMonth(first, timezone);
  const groups = new Map<string, PostedCharge[]>();
  for await (const page of store.streamCharges(id, from, periodOfMonth(last, timezone).to)) {
    for (const charge of page) {
      groups.set(charge.groupKey, [...(groups.get(charge.groupKey) ?? []), charge]);
    }
  }
  const before = await store.readChargesBefore([...groups.keys()], from);
  const standing = new Set(
    before
      .filter((charge) => charge.clientId === id && !isWithdrawn(factsOf(charge)))
      .map(({ groupKey }) => groupKey),
  );
  for (const [groupKey, charges] of groups) {
    let isStanding = standing.has(groupKey);
    const byMonth = Map.groupBy(charges, ({ postedAt }) =>
      dateInZone(postedAt, timezone).slice(0, 7),
    );
    for (const [month, ofMonth] of byMonth) {
      const final = ofMonth.reduce((a, b) => (b.revision > a.revision ? b : a));
      const facts = factsOf(final);
      const sums = found.get(month);
      if (!isStanding && sums !== undefined) addTo(sums, facts, classify);
      isStanding = !isWithdrawn(facts);
    }
  }
  return [...found.values()];
}

function emptyMonth(month: string): ClassMonth {
  const seconds = { proactive: 0, reactive: 0, emergency: 0 };
  return { month, seconds, unknownSeconds: 0, proactiveOn: [] };
}

function addTo(sums: ClassMonth, { parts }: ChargeFacts, classify: Classify): void {
  for (const part of parts) {
    const classes = classify(part);
    if (classes === null) sums.unknownSeconds += sumOf(part.pieces);
    for (const [name, seconds] of Object.entries(classes ?? {}) as [WorkClass, number][]) {
      sums.seconds[name] += seconds;
      if (name === 'proactive') sums.proactiveOn.push(part.workedOn);
    }
  }
}

/** Null: nothing was charged, or the class of some of it is unknown. */
export function shareOf(
  months: readonly Pick<ClassMonth, 'seconds' | 'unknownSeconds'>[],
): number | null {
  const all = months.flatMap(({ seconds }) => Object.values(seconds));
  const total = all.reduce((sum, seconds) => sum + seconds, 0);
  if (total === 0 || months.some(({ unknownSeconds }) => unknownSeconds > 0)) return null;
  const proactive = months.reduce((sum, { seconds }) => sum + seconds.proactive, 0);
  return Math.round((100 * proactive) / total);
}

/** The last three months against the three before; null where one of both is not known. */
export function trendOf(months: readonly ClassMonth[]): ProactiveShare['trend'] {
  if (months.length < 6) return null;
  const [percentBefore, percent] = [shareOf(months.slice(-6, -3)), shareOf(months.slice(-3))];
  return percent === null || percentBefore === null ? null : { percent, percentBefore };
}

/** The months up to this one, oldest first. */
export function monthsUpTo(month: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    addMonths(`${month}-01`, index + 1 - count).slice(0, 7),
  );
}

/**
 * Of a statement's month. From what was stored with its charges alone, so that a closed month stays
 * as it is when the agreement changes.
 */
export async function readProactiveShare(
  store: Store,
  client: Client,
  month: string,
  posted: readonly PostedCharge[],
): Promise<{ proactive?: ProactiveShare }> {
  if (!posted.some(({ facts }) => facts.includes('"classes":'))) return {};
  const stored: Classify = ({ classes, pieces }) => classes ?? (pieces.length === 0 ? {} : null);
  const months = await readClassMonths(store, client, monthsUpTo(month, 6), stored);
  const percent = shareOf(months.slice(-1));
  if (percent === null) return {};
  const seconds = months.at(-1)?.seconds ?? emptyMonth(month).seconds;
  return { proactive: { percent, seconds, trend: trendOf(months) } };
}

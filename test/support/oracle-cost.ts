import type { TimeEntryRow } from '../../src/contract/connector.ts';
import type { Agreement, BusinessHours, Multiplier } from '../../src/domain/agreements/terms.ts';

/** What work comes to that is rounded as one. */
export interface Cost {
  seconds: number;
  /** One for each work type that is not free, in the order of the work. */
  asked: Asked[];
  /** First day of the work that is not free, or of all of it where none is left. */
  day: string;
}

export interface Asked {
  /** In lower case; empty text for work without one. */
  workType: string;
  /** More than none. */
  seconds: number;
  /** Of all these seconds; null: no money can pay for them. */
  price: Price | null;
}

export interface Price {
  minor: number;
  currency: string;
}

/** Time at one factor (thousandths) and one rate (minor units an hour). */
interface Stretch {
  seconds: number;
  factor: number;
  rate: number;
  workType: string;
}

/**
 * Counts the work minute by minute, each at the dearest rule that holds in it (or at all of them,
 * where they stack), puts to it what minimums and rounding add, and rounds the sum once.
 */
export function costOf(entries: readonly TimeEntryRow[], terms: Agreement, zone: string): Cost {
  const charged = entries.filter((entry) => isCharged(entry, terms)).sort(byEnd);
  const counted = charged.length > 0 ? charged : entries;
  const day = counted.map(({ startedAt }) => dayIn(zone, startedAt)).sort()[0] ?? '';
  const worked = charged.flatMap((entry) => stretchesOf(entry, terms, zone));
  const all = [...worked, ...addedByMinimums(worked, terms)];
  all.push(...addedByRounding(all, worked.at(-1)?.workType ?? '', terms));
  const asked = askedFor(all, terms);
  return { seconds: secondsIn(asked), asked, day };
}

export function byEnd(a: TimeEntryRow, b: TimeEntryRow): number {
  return Date.parse(a.endedAt) - Date.parse(b.endedAt) || Number(a.sourceId) - Number(b.sourceId);
}

/** The whole is rounded once, and so is what all work up to each type comes to. Something costs something. */
function askedFor(all: readonly Stretch[], { rates }: Agreement): Asked[] {
  const workTypes = [...new Set(all.map(({ workType }) => workType))];
  const sumsOf = (worth: (one: Stretch) => number) =>
    workTypes.map((name) =>
      all.filter(({ workType }) => workType === name).reduce((sum, one) => sum + worth(one), 0),
    );
  const seconds = stepsUp(
    sumsOf((one) => one.seconds * one.factor),
    1000,
  );
  const worth = sumsOf((one) => one.seconds * one.factor * one.rate);
  const minor = stepsUp(
    worth.map((sum, at) => (seconds[at] === 0 ? 0 : sum)),
    3_600_000,
  );
  const priceAt = (at: number) =>
    rates && { minor: Math.max(1, minor[at] ?? 0), currency: rates.currency };
  return workTypes
    .map((workType, at) => ({ workType, seconds: seconds[at] ?? 0, price: priceAt(at) }))
    .filter((one) => one.seconds > 0);
}

/** Where one is below nothing, the ones before it make up for it, else those after, the last one first. */
function stepsUp(sums: readonly number[], unit: number): number[] {
  const [...kept] = sums;
  for (const [low, sum] of kept.entries()) {
    for (let at = kept.length - 1; at >= 0 && (kept[low] ?? 0) < 0; at -= 1) {
      if (at === low) continue;
      const given = Math.max(0, Math.min(kept[at] ?? 0, -(kept[low] ?? 0)));
      kept[at] = (kept[at] ?? 0) - given;
      kept[low] = (kept[low] ?? sum) + given;
    }
    kept[low] = Math.max(0, kept[low] ?? 0);
  }
  const reached = kept.map((_, at) =>
    Math.round(kept.slice(0, at + 1).reduce((all, one) => all + one, 0) / unit),
  );
  return reached.map((one, at) => one - (reached[at - 1] ?? 0));
}

function isCharged(entry: TimeEntryRow, { workTypes, roles, ...terms }: Agreement): boolean {
  const { workType, role, technician } = entry;
  if (entry.isBillable === false || entry.seconds === 0) return false;
  if (isIn(terms.excludedTechnicians, technician) || isIn(workTypes.excluded, workType))
    return false;
  if (isIn(roles.excluded, role) || (roles.covered.length > 0 && !isIn(roles.covered, role))) {
    return false;
  }
  return workTypes.unlisted === 'covered' || isIn(workTypes.covered, workType);
}

function isIn(list: readonly string[], name: string | null): boolean {
  return list.map(plain).includes(plain(name));
}

/** Names are compared as people do. */
export function plain(name: string | null): string {
  return (name ?? '').trim().toLowerCase();
}

/** Stretches of the entry's time in which the same rules hold. */
function stretchesOf(entry: TimeEntryRow, terms: Agreement, zone: string): Stretch[] {
  const workType = plain(entry.workType);
  const rate = rateOf(workType, terms);
  const parts: { seconds: number; rules: string; factor: number }[] = [];
  for (const { ms, seconds } of minutesOf(entry)) {
    const clock = wallClockIn(zone, ms);
    const holding = terms.multipliers.filter((rule) => holds(rule, entry, clock));
    const rules = holding.map((rule) => terms.multipliers.indexOf(rule)).join();
    const last = parts.at(-1);
    if (last?.rules === rules) last.seconds += seconds;
    else parts.push({ seconds, rules, factor: factorOf(holding, terms.stackMultipliers) });
  }
  return inProportion(parts, entry.seconds)
    .filter(({ seconds }) => seconds > 0)
    .map(({ seconds, factor }) => ({ seconds, factor, rate, workType }));
}

/** Where only a length is known, it is taken to begin at the start. */
function minutesOf({ startedAt, endedAt, seconds }: TimeEntryRow) {
  const minutes: { ms: number; seconds: number }[] = [];
  const startMs = Date.parse(startedAt);
  const endMs = endedAt === startedAt ? startMs + seconds * 1000 : Date.parse(endedAt);
  for (let ms = startMs; ms < endMs; ) {
    const nextMs = Math.min(endMs, (Math.floor(ms / 60_000) + 1) * 60_000);
    minutes.push({ ms, seconds: (nextMs - ms) / 1000 });
    ms = nextMs;
  }
  return minutes;
}

/** Breaks are taken off all parts alike; seconds that cannot be divided go to what lost most by it. */
function inProportion<Part extends { seconds: number }>(parts: Part[], seconds: number): Part[] {
  const whole = secondsIn(parts);
  const cut = parts.map((part) => {
    const product = part.seconds * seconds;
    return { part, lost: product % whole, seconds: (product - (product % whole)) / whole };
  });
  const byLoss = [...cut].sort((a, b) => b.lost - a.lost);
  for (const one of byLoss.slice(0, seconds - secondsIn(cut))) one.seconds += 1;
  return cut.map(({ part, seconds: own }) => ({ ...part, seconds: own }));
}

function rateOf(workType: string, { rates }: Agreement): number {
  const own = rates?.workTypes.find((one) => plain(one.workType) === workType);
  return own?.rateMinor ?? rates?.rateMinor ?? 0;
}

function holds(rule: Multiplier, entry: TimeEntryRow, clock: Date): boolean {
  if (rule.outside !== null) return !isOpen(rule.outside, clock);
  if (rule.role !== null) return plain(rule.role) === plain(entry.role);
  return plain(rule.workType) === plain(entry.workType);
}

function isOpen({ week, isHoliday }: BusinessHours, clock: Date): boolean {
  if (isHoliday(clock.toISOString().slice(0, 10))) return false;
  const minute = clock.getUTCHours() * 60 + clock.getUTCMinutes();
  const spans = week[(clock.getUTCDay() + 6) % 7] ?? [];
  return spans.some(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute);
}

function factorOf(rules: readonly Multiplier[], isStacked: boolean): number {
  if (rules.length === 0) return 1000;
  const factors = rules.map(({ factorThousandths }) => factorThousandths);
  if (!isStacked) return Math.max(...factors);
  return Math.round(factors.reduce((a, b) => a * b) / 1000 ** (factors.length - 1));
}

/** What is missing to the least of a work type, as its cheapest minute. */
function addedByMinimums(worked: readonly Stretch[], terms: Agreement): Stretch[] {
  return terms.workTypeMinimums.flatMap(({ workType, seconds }) => {
    const own = worked.filter((one) => one.workType === plain(workType));
    const [cheapest] = [...own].sort((a, b) => a.factor - b.factor);
    const missing = seconds - secondsIn(own);
    return cheapest === undefined || missing <= 0 ? [] : [{ ...cheapest, seconds: missing }];
  });
}

/** To the last work: what rounding adds as cheap as the cheapest, what it forgives as dear as the dearest. */
function addedByRounding(all: readonly Stretch[], lastType: string, terms: Agreement): Stretch[] {
  if (all.length === 0) return [];
  const seconds = roundedOf(all, terms) - secondsIn(all);
  const byFactor = all.map(({ factor }) => factor).sort((a, b) => a - b);
  const byRate = all.map(({ rate }) => rate).sort((a, b) => a - b);
  const place = seconds < 0 ? -1 : 0;
  const [factor = 0, rate = 0] = [byFactor.at(place), byRate.at(place)];
  return [{ seconds, factor, rate, workType: lastType }];
}

function roundedOf(all: readonly Stretch[], { rounding, workTypeMinimums }: Agreement): number {
  const { incrementSeconds, graceSeconds, minimumSeconds } = rounding;
  const seconds = secondsIn(all);
  const whole = seconds - (seconds % incrementSeconds);
  const begun = seconds - whole;
  const isLetGo = begun === 0 || (begun <= graceSeconds && whole > 0);
  const least = workTypeMinimums
    .filter((one) => all.some(({ workType }) => workType === plain(one.workType)))
    .reduce((sum, one) => sum + one.seconds, 0);
  return Math.max(whole + (isLetGo ? 0 : incrementSeconds), minimumSeconds, least);
}

function secondsIn(all: readonly { seconds: number }[]): number {
  return all.reduce((sum, { seconds }) => sum + seconds, 0);
}

const quarterMs = 900_000;
const clocks = new Map<string, Intl.DateTimeFormat>();
/** Asking `Intl` anew for each minute would take most of a night. */
const offsets = new Map<string, number>();

/** What the clocks of the zone show, written as if it were UTC; none is changed within a quarter of an hour. */
function wallClockIn(zone: string, ms: number): Date {
  const quarter = Math.floor(ms / quarterMs) * quarterMs;
  const key = `${zone} ${quarter}`;
  const offset = offsets.get(key) ?? Date.parse(`${shownAt(zone, quarter)}Z`) - quarter;
  offsets.set(key, offset);
  return new Date(ms + offset);
}

/** `2026-03-29T01:45:00`. */
function shownAt(zone: string, ms: number): string {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(zone, clock);
  return clock.format(ms).replace(' ', 'T');
}

export function dayIn(zone: string, instant: string): string {
  return wallClockIn(zone, Date.parse(instant)).toISOString().slice(0, 10);
}

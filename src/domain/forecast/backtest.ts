import { Temporal } from 'temporal-polyfill';
import { addDays, type DateText, daysBetween } from '../time.ts';
import { usageSince } from './burn-history.ts';
import { forecastRunOut } from './forecast.ts';

export interface PastBook {
  /** Seconds of work by date of work, as known now. */
  usedByDay: ReadonlyMap<DateText, number>;
  /** Seconds bought, adjusted, ended (below zero): all but work, by the day on which it counts. */
  otherByDay: ReadonlyMap<DateText, number>;
  startedOn: DateText;
  today: DateText;
}

/** How often the hours were used up within the stated 80 % interval. */
export interface Score {
  judged: number;
  held: number;
  /** Used up before the interval, or after it. */
  early: number;
  late: number;
}

// A forecast from less data than this is a guess, shown only by its wide interval.
const daysBefore = 28;

/** Which Mondays are looked at: one in so many, the first after so many. */
export interface Sample {
  oneIn: number;
  offset: number;
}

const everyMonday: Sample = { oneIn: 1, offset: 0 };

/** Past Mondays with enough data before them. */
export function countMondays({ startedOn, today }: Pick<PastBook, 'startedOn' | 'today'>): number {
  return Math.max(0, Math.ceil(daysBetween(firstMonday(startedOn), today) / 7));
}

/**
 * Forecasts from past Mondays, with the hours left then and the work done before it, and compares
 * with when that much work was really done, as if nothing had been bought or expired in between.
 *
 * A forecast is only judged once its whole interval is past, whatever happened meanwhile: judging
 * as soon as the hours are used up would only count early outcomes.
 */
export function backtest(book: PastBook, { oneIn, offset }: Sample = everyMonday): Score {
  const score: Score = { judged: 0, held: 0, early: 0, late: 0 };
  const used = totalsOf(book.usedByDay);
  const other = totalsOf(book.otherByDay);
  let day = addDays(firstMonday(book.startedOn), 7 * offset);
  for (; day < book.today; day = addDays(day, 7 * oneIn)) {
    const leftSeconds = sumBefore(other, day) - sumBefore(used, day);
    if (leftSeconds <= 0) continue;
    const from = usageSince(day);
    const known = new Map(used.slice(placeOf(used, from), placeOf(used, day)).map(toUse));
    const history = { usedByDay: known, startedOn: book.startedOn, today: day };
    const lots = [{ seconds: leftSeconds, expiresOn: null }];
    const forecast = forecastRunOut(history, { lots, owedSeconds: 0 });
    if (forecast?.latestOn == null || forecast.latestOn >= book.today) continue;
    const usedUpOn = dayOfUse(used, book.today, day, leftSeconds);
    score.judged += 1;
    if (usedUpOn !== null && usedUpOn < forecast.earliestOn) score.early += 1;
    else if (usedUpOn === null || usedUpOn > forecast.latestOn) score.late += 1;
    else score.held += 1;
  }
  return score;
}

function firstMonday(startedOn: DateText): DateText {
  const day = addDays(startedOn, daysBefore);
  return addDays(day, (8 - Temporal.PlainDate.from(day).dayOfWeek) % 7);
}

interface DayTotal {
  day: DateText;
  seconds: number;
  /** All before this day. */
  before: number;
}

function totalsOf(byDay: ReadonlyMap<DateText, number>): DayTotal[] {
  let before = 0;
  return [...byDay.keys()].sort().map((day) => {
    const seconds = byDay.get(day) ?? 0;
    const total = { day, seconds, before };
    before += seconds;
    return total;
  });
}

function toUse({ day, seconds }: DayTotal): [DateText, number] {
  return [day, seconds];
}

/** Index of the first total of this day or a later one. */
function placeOf(totals: readonly DayTotal[], day: DateText): number {
  let [low, high] = [0, totals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((totals[middle]?.day ?? '') < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sumBefore(totals: readonly DayTotal[], day: DateText): number {
  const place = placeOf(totals, day);
  const last = totals[place - 1];
  return last === undefined ? 0 : last.before + last.seconds;
}

/** Null: not yet. */
function dayOfUse(
  totals: readonly DayTotal[],
  today: DateText,
  from: DateText,
  seconds: number,
): DateText | null {
  let left = seconds;
  for (let place = placeOf(totals, from); place < totals.length; place += 1) {
    const total = totals[place];
    if (total === undefined || total.day >= today) return null;
    left -= total.seconds;
    if (left <= 0) return total.day;
  }
  return null;
}

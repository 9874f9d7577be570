import { Temporal } from 'temporal-polyfill';
import { addDays, type DateText } from '../time.ts';
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

/**
 * Forecasts from each past Monday, with the hours left then and the work done before it, and
 * compares with when that much work was really done, as if nothing had been bought or expired in
 * between.
 *
 * A forecast is only judged once its whole interval is past, whatever happened meanwhile: judging
 * as soon as the hours are used up would only count early outcomes.
 */
export function backtest(book: PastBook): Score {
  const score: Score = { judged: 0, held: 0, early: 0, late: 0 };
  let day = firstMonday(addDays(book.startedOn, daysBefore));
  for (; day < book.today; day = addDays(day, 7)) {
    const leftSeconds = sumBefore(book.otherByDay, day) - sumBefore(book.usedByDay, day);
    if (leftSeconds <= 0) continue;
    const known = new Map([...book.usedByDay].filter(([workedOn]) => workedOn < day));
    const history = { usedByDay: known, startedOn: book.startedOn, today: day };
    const lots = [{ seconds: leftSeconds, expiresOn: null }];
    const forecast = forecastRunOut(history, { lots, owedSeconds: 0 });
    if (forecast?.latestOn == null || forecast.latestOn >= book.today) continue;
    const usedUpOn = dayOfUse(book, day, leftSeconds);
    score.judged += 1;
    if (usedUpOn !== null && usedUpOn < forecast.earliestOn) score.early += 1;
    else if (usedUpOn === null || usedUpOn > forecast.latestOn) score.late += 1;
    else score.held += 1;
  }
  return score;
}

function firstMonday(day: DateText): DateText {
  return addDays(day, (8 - Temporal.PlainDate.from(day).dayOfWeek) % 7);
}

function sumBefore(byDay: ReadonlyMap<DateText, number>, before: DateText): number {
  let sum = 0;
  for (const [day, seconds] of byDay) if (day < before) sum += seconds;
  return sum;
}

/** Null: not yet. */
function dayOfUse(
  { usedByDay, today }: PastBook,
  from: DateText,
  seconds: number,
): DateText | null {
  let left = seconds;
  for (const day of [...usedByDay.keys()].filter((one) => one >= from && one < today).sort()) {
    left -= usedByDay.get(day) ?? 0;
    if (left <= 0) return day;
  }
  return null;
}

import { addDays, type DateText, daysBetween } from '../time.ts';
import { type BurnHistory, type Future, paceFrom } from './pace.ts';
import { randomFrom } from './random.ts';

/** Hours that expire together, in the order in which they are used. */
export interface Lot {
  seconds: number;
  /** Last day on which they may be used; null: they never expire. */
  expiresOn: DateText | null;
}

interface Holding {
  lots: readonly Lot[];
  /** Subtracted from the lots first: overage, and pending work for the projected balance. */
  owedSeconds: number;
}

/** When the hours are used up: the median, and the 80 % interval around it. */
export interface RunOut {
  runOutOn: DateText;
  earliestOn: DateText;
  /** Null: beyond the forecast horizon. */
  latestOn: DateText | null;
}

/** Dates further away than this are meaningless. */
const horizonDays = 728;

const futures = 200;
// One in ten ends before the interval, one in ten after it.
const earliest = futures / 10 - 1;
const middle = futures / 2 - 1;
const latest = futures - futures / 10 - 1;

/**
 * Forecasts the day on which the hours are used up or expired, from the client's own last weeks.
 * Many futures are drawn from those weeks (deterministically), and hours are taken from the lots in
 * order, up to the end of their last day.
 *
 * Null if nothing was used in those weeks, or if the median is beyond the horizon; today if nothing
 * is left.
 */
export function forecastRunOut(history: BurnHistory, holding: Holding): RunOut | null {
  const { today } = history;
  const startFuture = paceFrom(history);
  if (startFuture === null) return null;
  const lots = lotsLeft(holding, today);
  if (lots.length === 0) return { runOutOn: today, earliestOn: today, latestOn: today };
  const usedToday = Math.max(0, history.usedByDay.get(today) ?? 0);
  const days: number[] = [];
  for (let future = 1; future <= futures; future += 1) {
    days.push(runOutDay(startFuture(randomFrom(future)), lots, usedToday));
  }
  days.sort((a, b) => a - b);
  const dayAt = (rank: number): DateText | null => {
    const day = days[rank] ?? horizonDays;
    return day >= horizonDays ? null : addDays(today, day);
  };
  const runOutOn = dayAt(middle);
  if (runOutOn === null) return null;
  return { runOutOn, earliestOn: dayAt(earliest) ?? runOutOn, latestOn: dayAt(latest) };
}

/** A lot with its last day counted from today. */
interface DatedLot {
  seconds: number;
  lastDay: number;
}

function lotsLeft({ lots, owedSeconds }: Holding, today: DateText): DatedLot[] {
  const dated = lots.map(({ seconds, expiresOn }) => ({
    seconds,
    lastDay: expiresOn === null ? horizonDays : daysBetween(today, expiresOn),
  }));
  const left = dated.filter((lot) => lot.seconds > 0 && lot.lastDay >= 0);
  takeFrom(left, owedSeconds);
  return left;
}

/** Takes from the first lots and drops those that are used up. */
function takeFrom(lots: DatedLot[], seconds: number): void {
  let due = seconds;
  while (due > 0) {
    const [first] = lots;
    if (first === undefined) return;
    const taken = Math.min(first.seconds, due);
    first.seconds -= taken;
    due -= taken;
    if (first.seconds <= 0) lots.shift();
  }
}

/**
 * The day, counted from today, on which nothing is left in this future; the horizon if there is
 * none.
 */
function runOutDay(future: Future, lots: readonly DatedLot[], usedToday: number): number {
  let left = lots.map((lot) => ({ ...lot }));
  let leftSeconds = left.reduce((sum, { seconds }) => sum + seconds, 0);
  const firstEnd = Math.min(...left.map(({ lastDay }) => lastDay));
  for (let week = 0; week * 7 < horizonDays; week += 1) {
    const { days, total, factor } = future(week);
    const isPlain = week > 0 && firstEnd > week * 7 + 6;
    if (isPlain && total * factor < leftSeconds) {
      takeFrom(left, total * factor);
      leftSeconds -= total * factor;
      continue;
    }
    for (let weekday = 0; weekday < 7; weekday += 1) {
      const day = week * 7 + weekday;
      const used = (days[weekday] ?? 0) * factor;
      takeFrom(left, day === 0 ? Math.max(0, used - usedToday) : used);
      left = left.filter(({ lastDay }) => lastDay > day);
      if (left.length === 0) return day;
    }
    leftSeconds = left.reduce((sum, { seconds }) => sum + seconds, 0);
  }
  return horizonDays;
}

import { createTask, parse, type ScheduledTask } from 'node-cron';
import { msFromWallClock, wallClockAt, type ZoneName } from '../../domain/zone.ts';

export interface CronRule {
  hours: ReadonlySet<number>;
  minutes: ReadonlySet<number>;
  seconds: readonly number[];
  /** Used for days, months and weekdays; never started. */
  task: ScheduledTask;
}

const minuteMs = 60_000;
/** Nothing is scheduled further ahead. */
const lookAheadMs = 400 * 24 * 3_600_000;

export function readRule(expression: string): CronRule {
  const { hour, minute, second } = parse(expression);
  const task = createTask(expression, () => {}, { timezone: 'UTC' });
  return { hours: new Set(hour), minutes: new Set(minute), seconds: second, task };
}

/**
 * The next times after `fromMs` at which the expression is due in the zone; fewer if there are
 * none.
 */
export async function nextSlots(
  expression: string,
  zone: ZoneName,
  fromMs: number,
  count: number,
): Promise<number[]> {
  const rule = readRule(expression);
  const byWallClock = isDaily(rule);
  const slots: number[] = [];
  let from = byWallClock ? wallClockAt(fromMs, zone) : fromMs;
  const until = from + lookAheadMs;
  while (slots.length < count) {
    const slot = firstSlot(rule, from, until, byWallClock ? null : zone);
    if (slot === null) break;
    slots.push(byWallClock ? msFromWallClock(slot, zone) : slot);
    from = slot;
  }
  await rule.task.destroy();
  return slots;
}

/** A job at fixed hours follows the wall clock, an hourly job real time. */
export function isDaily({ hours }: Pick<CronRule, 'hours'>): boolean {
  return hours.size < 24;
}

/**
 * Finds the first slot after `from`, up to `to`; both are wall-clock times unless a zone is given.
 */
export function firstSlot(
  { hours, minutes, seconds, task }: CronRule,
  from: number,
  to: number,
  zone: ZoneName | null,
): number | null {
  for (let at = Math.floor(from / minuteMs) * minuteMs; at <= to; at += minuteMs) {
    const wall = zone === null ? at : wallClockAt(at, zone);
    const minuteOfDay = Math.floor(wall / minuteMs) % 1440;
    if (!minutes.has(minuteOfDay % 60) || !hours.has(Math.floor(minuteOfDay / 60))) continue;
    for (const second of seconds) {
      const slot = at + second * 1000;
      if (slot > from && slot <= to && task.match(new Date(wall + second * 1000))) return slot;
    }
  }
  return null;
}

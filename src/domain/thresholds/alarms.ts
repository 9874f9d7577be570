/** Work that goes fast: much of it within some hours, or on one ticket. */

import type { UsageAlarm, UsageLevel } from '../agreements/terms.ts';
import { sum } from '../statistics.ts';
import { addSeconds, type Instant, secondsBetween } from '../time.ts';

/** A time entry, after corrections. */
export interface WorkedTime {
  /** Null: without a ticket. */
  ticket: string | null;
  startedAt: Instant;
  endedAt: Instant;
  seconds: number;
}

/** `used>=18000 in 86400`, `ticket>=21600`, which the ticket follows. Alarms of one level share an episode. */
export function alarmKey(level: UsageLevel): string {
  return 'usedSeconds' in level
    ? `used>=${level.usedSeconds} in ${level.withinSeconds}`
    : `ticket>=${level.ticketSeconds}`;
}

export function isAlarmKey(threshold: string): boolean {
  return /^(used|ticket)>=/.test(threshold);
}

/** What of the work was done since, by its own times: hours on a clock, whatever the calendar does. */
export function secondsSince(work: readonly WorkedTime[], since: Instant): number {
  return sum(work.map((one) => partSince(one, since)));
}

function partSince({ startedAt, endedAt, seconds }: WorkedTime, since: Instant): number {
  if (startedAt >= since) return seconds;
  return Math.max(0, Math.min(seconds, secondsBetween(since, endedAt)));
}

/**
 * How often these alarms would have gone off in a history: once per burst, until the work of the
 * window has fallen below the level, and once per ticket and level.
 */
export function countAlarms(alarms: readonly UsageAlarm[], work: readonly WorkedTime[]): number {
  const levels = new Map(alarms.map((alarm) => [alarmKey(alarm), alarm]));
  const tickets = Map.groupBy(work, ({ ticket }) => ticket);
  tickets.delete(null);
  const totals = [...tickets.values()].map((own) => sum(own.map(({ seconds }) => seconds)));
  return sum(
    [...levels.values()].map((level) =>
      'usedSeconds' in level
        ? countBursts(level.usedSeconds, level.withinSeconds, work)
        : totals.filter((seconds) => seconds >= level.ticketSeconds).length,
    ),
  );
}

/** The work in the window only begins to rise or fall where an entry enters or leaves it. */
function countBursts(level: number, within: number, work: readonly WorkedTime[]): number {
  const ordered = work.toSorted((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
  const ends = ordered.map(({ endedAt }) => endedAt);
  const leaving = ordered.flatMap(({ startedAt, endedAt }) => {
    return [addSeconds(startedAt, within), addSeconds(endedAt, within)];
  });
  const [times, last] = [[...new Set([...ends, ...leaving])].sort(), ends.at(-1) ?? ''];
  let [first, next, count, isAbove] = [0, 0, 0, false];
  for (const at of times.filter((one) => one <= last)) {
    const since = addSeconds(at, -within);
    while ((ordered[next]?.endedAt ?? '~') <= at) next += 1;
    while (first < next && (ordered[first]?.endedAt ?? '') <= since) first += 1;
    const isReached = secondsSince(ordered.slice(first, next), since) >= level;
    if (isReached && !isAbove) count += 1;
    isAbove = isReached;
  }
  return count;
}

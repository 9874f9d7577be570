/** Pieces of RT's query language (TicketSQL, TransactionSQL) and of its JSON searches. */
import { type Instant, instantFromMs, msFromInstant } from '../../src/domain/time.ts';

/**
 * Half of it because RT calculates a relative time in local time, which daylight saving shifts by an
 * hour; the rest for clocks that differ.
 */
const marginSeconds = 2 * 3600;

/** A text within a query. https://docs.bestpractical.com/rt/5.0.3/query_builder.html */
export function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/**
 * A time up to two hours before the given one, for a `>` in a query. RT reads `2026-11-23 03:00:00`
 * in the zone of the user or of the server, whatever zone the text carries, and takes the `3600` in
 * `3600 seconds ago` for a year; `-3600 seconds` alone means the same everywhere. Rows from before
 * the timestamp itself are left out afterwards, by the UTC timestamp in the answer.
 */
export function timeBefore(since: Instant, nowMs: number): string {
  const seconds = Math.ceil((nowMs - msFromInstant(since)) / 1000);
  return quoted(`-${Math.max(seconds, 0) + marginSeconds} seconds`);
}

/** RT's timestamps are cut to the second: what happened half a second after `since` may carry less than it. */
export function wholeSecond(since: Instant): Instant {
  return instantFromMs(Math.floor(msFromInstant(since) / 1000) * 1000);
}

/** `(id = 1 OR id = 2)` */
export function anyOf(field: string, values: readonly string[]): string {
  return `(${values.map((value) => `${field} = ${quoted(value)}`).join(' OR ')})`;
}

export type Condition = readonly [field: string, operator: '=' | '!=' | '>', value: string];

/** A JSON search that goes straight to the columns: `=` on one field are joined by OR, all others by AND. */
export function jsonQuery(conditions: readonly Condition[]): string {
  const joined = conditions.map(([field, operator, value]) => {
    return { field, operator, value, entry_aggregator: operator === '=' ? 'OR' : 'AND' };
  });
  return JSON.stringify(joined);
}

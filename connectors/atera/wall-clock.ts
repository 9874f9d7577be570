/**
 * Atera's work hours come as the account's wall clock shows them, without a zone. A wall clock skips an
 * hour in spring and shows one twice in autumn: such a text then means no moment, or two.
 */
import { KindError } from '../../src/domain/errors.ts';
import { type Instant, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { momentOf, wallClockAt, type ZoneName } from '../../src/domain/zone.ts';

const dayMs = 86_400_000;

const shape = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The moments that the text may mean, the earlier first; what is finer than a second is cut off. Throws
 * `contract` for a text that is no moment, or that the zone's clocks never showed.
 */
export function readingsOf(text: string, zone: ZoneName): [Instant, ...Instant[]] {
  const [, date = '', time = '', offset] = shape.exec(text) ?? [];
  const wallMs = Date.parse(`${date}T${time}Z`);
  // A 31st of February is moved on by some parsers.
  if (Number.isNaN(wallMs) || instantFromMs(wallMs).slice(0, 10) !== date) {
    throw new KindError('contract', `"${text}" is not a date and time.`);
  }
  if (offset !== undefined) return [instantFromMs(Date.parse(`${date}T${time}${offset}`))];
  const first = momentOf(wallMs, zone);
  if (wallClockAt(first, zone) !== wallMs) {
    throw new KindError('contract', `Clocks in ${zone} skipped ${text}: they were put forward.`, {
      fix: 'Correct the entry in Atera; if it is right, the connection’s timezone is not the account’s.',
    });
  }
  // By the offset of the day after: where the clocks were put back in between, the same is shown again.
  const offsetAfter = wallClockAt(first + dayMs, zone) - (first + dayMs);
  const second = wallMs - offsetAfter;
  const isShownTwice = second > first && wallClockAt(second, zone) === wallMs;
  return isShownTwice ? [instantFromMs(first), instantFromMs(second)] : [instantFromMs(first)];
}

export interface Span {
  startedAt: Instant;
  endedAt: Instant;
  seconds: number;
}

/**
 * What start and end may mean together, one span for each duration, the earliest start first. Throws
 * `contract` where every reading ends before it starts.
 */
export function spansOf(start: string, end: string, zone: ZoneName): [Span, ...Span[]] {
  const spans = new Map<number, Span>();
  for (const startedAt of readingsOf(start, zone)) {
    for (const endedAt of readingsOf(end, zone)) {
      const seconds = (msFromInstant(endedAt) - msFromInstant(startedAt)) / 1000;
      if (seconds >= 0 && !spans.has(seconds)) spans.set(seconds, { startedAt, endedAt, seconds });
    }
  }
  const [first, ...others] = spans.values();
  if (first === undefined) {
    throw new KindError('contract', `The entry ends at ${end}, before its start at ${start}.`);
  }
  return [first, ...others];
}

/** As filters want it: `2026-03-02T09:00:00`. */
export function localText(instant: Instant, zone: ZoneName): string {
  return instantFromMs(wallClockAt(msFromInstant(instant), zone)).slice(0, 19);
}

/** Moments of tickets are taken for UTC where they carry no zone. */
export function utcMoment(text: string): Instant {
  return readingsOf(text, 'UTC')[0];
}

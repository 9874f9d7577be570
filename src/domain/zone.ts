import { Temporal } from 'temporal-polyfill';

/** IANA zone name, `Europe/Paris`. */
export type ZoneName = string;

/** A period with a constant UTC offset: from one clock change to the next. */
interface Steady {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  offsetMs: number;
}

/** No clock change is larger than a day. */
const changeMsMax = 24 * 3_600_000;

/**
 * Every debited entry needs its offset several times, and calling Temporal each time took half of a
 * backfill. There are about two such periods per year and zone.
 */
const steadyByZone = new Map<ZoneName, Steady[]>();

/** The zone's wall-clock time at this timestamp, written as if it were UTC. */
export function wallClockAt(ms: number, zone: ZoneName): number {
  return ms + steadyAt(ms, zone).offsetMs;
}

/**
 * The timestamp of a wall-clock time in the zone (written as if it were UTC). A time skipped by a
 * clock change is moved forward by as much; an ambiguous one is the first of the two.
 */
export function msFromWallClock(wallClockMs: number, zone: ZoneName): number {
  const { fromMs, toMs, offsetMs } = steadyAt(wallClockMs, zone);
  const ms = wallClockMs - offsetMs;
  if (ms - fromMs >= changeMsMax && toMs - ms > changeMsMax) return ms;
  const shown = Temporal.Instant.fromEpochMilliseconds(wallClockMs).toZonedDateTimeISO('UTC');
  return shown.toPlainDateTime().toZonedDateTime(zone).epochMilliseconds;
}

function steadyAt(ms: number, zone: ZoneName): Steady {
  let known = steadyByZone.get(zone);
  if (known === undefined) {
    known = [];
    steadyByZone.set(zone, known);
  }
  const found = known.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  if (found !== undefined) return found;
  const steady = readSteady(ms, zone);
  known.push(steady);
  return steady;
}

function readSteady(ms: number, zone: ZoneName): Steady {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  // "Previous" looks before the timestamp; a change exactly at the timestamp starts the requested
  // period.
  const previous = at.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = at.getTimeZoneTransition('next');
  return {
    fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    toMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: at.offsetNanoseconds / 1e6,
  };
}

import { Temporal } from 'temporal-polyfill';

/** IANA zone name, `Europe/Paris`. */
export type ZoneName = string;

/** A time in which a zone's clocks kept one offset: from one change of the clocks to the next. */
interface Steady {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  offsetMs: number;
}

/** No change of the clocks moves them by more than a day. */
const changeMsMax = 24 * 3_600_000;

/**
 * Every debited entry asks for its offset several times, and asking Temporal each time took half of
 * a backfill. There are at most two such times a year and zone, over the years that were worked in.
 */
const steadyByZone = new Map<ZoneName, Steady[]>();

/** What the zone's wall clock shows at the moment, written as if it were UTC. */
export function wallClockAt(ms: number, zone: ZoneName): number {
  return ms + steadyAt(ms, zone).offsetMs;
}

/**
 * The moment at which the zone's wall clock shows this (written as if it were UTC). A time that the
 * clocks skip is moved on by as much as they skip; one that they show twice is the first of the two.
 */
export function momentOf(wallClockMs: number, zone: ZoneName): number {
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
  const moment = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  // "Previous" looks before the moment; a change at the moment itself begins the time asked for.
  const previous = moment.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = moment.getTimeZoneTransition('next');
  return {
    fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    toMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: moment.offsetNanoseconds / 1e6,
  };
}

import type { Instant } from '../time.ts';

export interface Correctable {
  sourceId: string;
  endedAt: Instant;
  kind: 'work' | 'correction';
  seconds: number;
}

interface CorrectedEntries<Entry> {
  /** Work after corrections, in order of time; entries corrected away keep 0 seconds. */
  entries: { entry: Entry; seconds: number; correctedSeconds: number }[];
  /** Seconds that corrections removed beyond all logged time; 0 unless the source is wrong. */
  excessSeconds: number;
}

/**
 * Subtracts negative corrections of one ticket from the work logged before them, latest first: a
 * system that never edits an entry writes "-10 min" instead, possibly by another technician. If the
 * earlier work is not enough, later work is reduced; the rest is excess. Accepted work with a
 * negative length is subtracted in the same way.
 */
export function applyCorrections<Entry extends Correctable>(
  entries: readonly Entry[],
): CorrectedEntries<Entry> {
  const ordered = [...entries].sort(compareByStart);
  const work = ordered
    .filter((entry) => !takesOff(entry))
    .map((entry) => ({ entry, seconds: entry.seconds, correctedSeconds: 0 }));
  let excessSeconds = 0;
  for (const correction of ordered.filter(takesOff)) {
    let left = -correction.seconds;
    const before = work.filter((one) => compareByStart(one.entry, correction) < 0).reverse();
    const after = work.filter((one) => compareByStart(one.entry, correction) > 0);
    for (const target of [...before, ...after]) {
      const taken = Math.min(left, target.seconds);
      target.seconds -= taken;
      target.correctedSeconds += taken;
      left -= taken;
    }
    excessSeconds += left;
  }
  return { entries: work, excessSeconds };
}

function takesOff(entry: Correctable): boolean {
  return entry.kind === 'correction' || entry.seconds < 0;
}

/** By start, then by ID in numeric order: 9 before 10. */
export function compareByStart(a: Correctable, b: Correctable): number {
  if (a.endedAt !== b.endedAt) return a.endedAt < b.endedAt ? -1 : 1;
  if (a.sourceId.length !== b.sourceId.length) return a.sourceId.length - b.sourceId.length;
  return a.sourceId < b.sourceId ? -1 : a.sourceId > b.sourceId ? 1 : 0;
}

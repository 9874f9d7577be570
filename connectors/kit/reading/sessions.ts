/** Pairs the recorded starts and ends of remote sessions. Unpaired ones are reported, never guessed. */
import { addSeconds, type Instant, secondsBetween } from '../../../src/domain/time.ts';

/** A recorded start or end. */
export interface SessionMark {
  id: string;
  kind: 'start' | 'end';
  at: Instant;
  /** Device and technician; only marks with the same pair up. Null: it does not name both. */
  who: string | null;
  /** An end that may be that of an attempt: without a start, it is nothing. */
  isAttempt?: boolean;
}

/** A session, or a mark that belongs to none. */
export type FoundSession<Mark> = { start: Mark; end: Mark } | { mark: Mark; reason: string };

/** Maximum length of a session; marks are read this far before the window. */
export const longestSessionSeconds = 24 * 3600;

/**
 * Pairs one tool's marks, newest first. An end belongs to the start directly before it, of the same device and
 * technician, with nothing of theirs in between and no more than a day apart. A pair counts in the window in which it
 * ended; something unpaired in the window in which that became certain: a start without an end a day later, or with
 * the next start.
 */
export function createPairing<Mark extends SessionMark>(window: {
  since: Instant;
  until: Instant;
}) {
  /** The next newer mark of the same device and technician. */
  const newer = new Map<string, Mark>();

  function inWindow(at: Instant, mark: Mark, reason: string): FoundSession<Mark>[] {
    return at >= window.since && at <= window.until ? [{ mark, reason }] : [];
  }

  function lonelyEnd(mark: Mark): FoundSession<Mark>[] {
    if (mark.at < window.since || mark.isAttempt === true) return [];
    return [{ mark, reason: 'Session end without a start within a day before it.' }];
  }

  function lonelyStart(mark: Mark, next: Mark | undefined): FoundSession<Mark>[] {
    const waitEndsAt = addSeconds(mark.at, longestSessionSeconds);
    const nextAt = next?.at ?? waitEndsAt;
    const certainAt = nextAt < waitEndsAt ? nextAt : waitEndsAt;
    return inWindow(certainAt, mark, 'Session without end: it was never recorded.');
  }

  return {
    /** Takes the next older mark; returns what is now certain. */
    add(mark: Mark): FoundSession<Mark>[] {
      if (mark.who === null) {
        return inWindow(mark.at, mark, 'The session names no device, or no technician.');
      }
      const next = newer.get(mark.who);
      newer.set(mark.who, mark);
      if (mark.kind === 'end') return next?.kind === 'end' ? lonelyEnd(next) : [];
      if (next?.kind !== 'end') return lonelyStart(mark, next);
      const seconds = secondsBetween(mark.at, next.at);
      if (seconds < 0) return inWindow(next.at, next, 'The session ends before it starts.');
      if (seconds > longestSessionSeconds) {
        return [...lonelyEnd(next), ...lonelyStart(mark, undefined)];
      }
      return next.at >= window.since ? [{ start: mark, end: next }] : [];
    },
    /** What is left once there is nothing older to read. */
    finish(): FoundSession<Mark>[] {
      const left = [...newer.values()].filter(({ kind }) => kind === 'end');
      newer.clear();
      return left.flatMap(lonelyEnd);
    },
  };
}

/** Remote sessions from their recorded ends. Pure: what it cannot pair it reports, never guesses. */
import { addSeconds, type Instant, msFromInstant } from '../../src/domain/time.ts';
import type { RemoteTool } from './config.ts';
import type { Activity } from './schema.ts';

/** The codes of both ends. Ninja Remote and RDP have none for an end, so they are not here. */
export const toolCodes: Record<RemoteTool, { type: string; start: string; end: string }> = {
  splashtop: {
    type: 'SPLASHTOP',
    start: 'SPLASHTOP_CONNECTION_ESTABLISHED',
    end: 'SPLASHTOP_CONNECTION_TERMINATED',
  },
  teamviewer: {
    type: 'TEAMVIEWER',
    start: 'TEAMVIEWER_CONNECTION_ESTABLISHED',
    end: 'TEAMVIEWER_CONNECTION_TERMINATED',
  },
  'quick-connect': {
    type: 'NINJA_QUICK_CONNECT',
    start: 'QC_SESSION_STARTED',
    end: 'QC_SESSION_TERMINATED',
  },
};

/** No session is believed to be longer; so far before `since` the activities are read. */
export const longestSessionSeconds = 24 * 3600;

export interface SessionPair {
  start: Activity;
  end: Activity;
}

export interface Unpaired {
  activity: Activity;
  reason: string;
}

export interface Pairing {
  /** Takes the next older activity; returns what it settles. */
  add(activity: Activity): { pairs: SessionPair[]; unpaired: Unpaired[] };
  /** Settles what is left once there is nothing older to read. */
  finish(): { pairs: SessionPair[]; unpaired: Unpaired[] };
}

/**
 * Pairs one tool's activities, newest first. An end belongs to the start directly before it, of the
 * same device and technician, with nothing of theirs in between and no more than a day apart.
 * A pair counts in the window in which it ended; something unpaired in the window in which that
 * became certain: a start without an end a day later, or with the next start.
 */
export function createPairing(
  codes: { start: string; end: string },
  window: { since: Instant; until: Instant },
): Pairing {
  /** The next newer activity of the same device and technician. */
  const newer = new Map<string, Activity>();

  function isInWindow(at: Instant): boolean {
    return at >= window.since && at <= window.until;
  }

  function lonelyEnd(end: Activity): Unpaired[] {
    if (end.activityTime < window.since) return [];
    return [{ activity: end, reason: 'Session end without a start within a day before it.' }];
  }

  function lonelyStart(start: Activity, next: Activity | undefined): Unpaired[] {
    const waitEndsAt = addSeconds(start.activityTime, longestSessionSeconds);
    const settledAt =
      next !== undefined && next.activityTime < waitEndsAt ? next.activityTime : waitEndsAt;
    if (!isInWindow(settledAt)) return [];
    return [{ activity: start, reason: 'Session without end: it was never recorded.' }];
  }

  return {
    add(activity) {
      const { statusCode } = activity;
      if (statusCode !== codes.start && statusCode !== codes.end)
        return { pairs: [], unpaired: [] };
      const missing = whatIsMissing(activity);
      if (missing !== null) {
        const unpaired = isInWindow(activity.activityTime) ? [{ activity, reason: missing }] : [];
        return { pairs: [], unpaired };
      }
      const key = `${activity.deviceId} ${activity.userId}`;
      const next = newer.get(key);
      newer.set(key, activity);
      if (statusCode === codes.end) {
        const isNextEnd = next?.statusCode === codes.end;
        return { pairs: [], unpaired: isNextEnd ? lonelyEnd(next) : [] };
      }
      if (next?.statusCode !== codes.end) {
        return { pairs: [], unpaired: lonelyStart(activity, next) };
      }
      const seconds = secondsBetween(activity, next);
      if (seconds < 0) {
        const reason = 'activityTime: the session ends before it starts.';
        const unpaired = isInWindow(next.activityTime) ? [{ activity: next, reason }] : [];
        return { pairs: [], unpaired };
      }
      if (seconds > longestSessionSeconds) {
        return { pairs: [], unpaired: [...lonelyEnd(next), ...lonelyStart(activity, undefined)] };
      }
      const isOurs = next.activityTime >= window.since;
      return { pairs: isOurs ? [{ start: activity, end: next }] : [], unpaired: [] };
    },
    finish() {
      const left = [...newer.values()].filter(({ statusCode }) => statusCode === codes.end);
      newer.clear();
      return { pairs: [], unpaired: left.flatMap(lonelyEnd) };
    },
  };
}

function whatIsMissing(activity: Activity): string | null {
  if (activity.deviceId == null) return 'deviceId: the session names no device, so no client.';
  if (activity.userId == null) return 'userId: the session names no technician.';
  return null;
}

function secondsBetween(start: Activity, end: Activity): number {
  return (msFromInstant(end.activityTime) - msFromInstant(start.activityTime)) / 1000;
}

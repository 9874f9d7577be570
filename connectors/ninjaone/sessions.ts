/** Remote sessions, paired from recorded starts and ends: unpaired ones are reported, never guessed. */

import type {
  PullRequest,
  RejectedRow,
  SessionRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { addSeconds, type Instant, secondsBetween } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { Answer } from '../http/types.ts';
import { quarantined, type Rows } from '../kit/reading/lists.ts';
import { idOf, type Ninja } from './call.ts';
import type { RemoteTool } from './config.ts';
import { facts } from './facts.ts';
import { findTechnician } from './lists.ts';
import { fromSession } from './mapping.ts';
import { Activity, ActivityPage } from './schema.ts';

/**
 * Sessions that ended at or after `since`. The activities come newest first and only that order is
 * certain, so each tool's are read back to a day before `since`: there lies the start of whatever
 * ended in the window. An end is held until its start is read, so `resume` is always null.
 */
export async function* pullSessions(ninja: Ninja, request: PullRequest): Rows<SessionRow> {
  await facts.refuseIfFalse(ninja.context, 'activity-type');
  for (const tool of ninja.config.remoteTools) yield* pullTool(ninja, request, tool);
}

export function readActivities(
  { config, send }: Ninja,
  type: string | null,
  olderThan: string | null,
): Promise<Answer<{ activities: unknown[] }>> {
  const query = {
    ...(type === null ? {} : { type }),
    ...(olderThan === null ? {} : { olderThan }),
    pageSize: config.pageSize,
  };
  return send({ method: 'GET', path: '/v2/activities', query }, ActivityPage);
}

async function* pullTool(ninja: Ninja, request: PullRequest, tool: RemoteTool): Rows<SessionRow> {
  const codes = toolCodes[tool];
  const readBackTo = addSeconds(request.since, -longestSessionSeconds);
  const pairing = createPairing(codes, request);
  let oldestId: bigint | null = null;
  let isPast = false;
  const pages = pagesByCursor({
    send: (olderThan) => readActivities(ninja, codes.type, olderThan),
    next: ({ data }) => (data.activities.length === 0 || isPast ? null : String(oldestId)),
  });
  for await (const { data } of pages) {
    const page = parseRows(data.activities, Activity, (activity) => activity);
    // A page may repeat rows of the one before, and a repeated end would look like a second one.
    const before: bigint | null = oldestId;
    const older = page.rows
      .filter(({ id }) => before === null || BigInt(id) < before)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    const found = older.flatMap((activity) => pairing.add(activity));
    isPast = older.some(({ activityTime }) => activityTime < readBackTo);
    oldestId = oldestOf(data.activities, oldestId);
    const believed = await believeAll(ninja, request, found);
    const rejected = [...page.rejected, ...believed.rejected];
    if (believed.rows.length + rejected.length > 0) {
      yield { rows: believed.rows, rejected, resume: null };
    }
  }
  const left = await believeAll(ninja, request, pairing.finish());
  if (left.rows.length + left.rejected.length > 0) yield { ...left, resume: null };
}

/** `lastActivityId` of the answer is the account's newest; only the page's own ids lead back. */
function oldestOf(activities: readonly unknown[], before: bigint | null): bigint | null {
  let oldest = before;
  for (const activity of activities) {
    const text = idOf(activity);
    if (text === null || !/^\d+$/.test(text)) continue;
    const id = BigInt(text);
    if (oldest === null || id < oldest) oldest = id;
  }
  return oldest;
}

/** A session that cannot be assigned is quarantined for review. */
async function believeAll(
  ninja: Ninja,
  { clientIds }: PullRequest,
  found: readonly Found[],
): Promise<{ rows: SessionRow[]; rejected: RejectedRow[] }> {
  const rows: SessionRow[] = [];
  const rejected: RejectedRow[] = [];
  for (const one of found) {
    const activity = 'start' in one ? one.start : one.activity;
    const place = await placeSession(ninja, activity);
    if (place.clientId !== null && !clientIds.includes(place.clientId)) continue;
    if ('start' in one) {
      const technician = await findTechnician(ninja, activity.userId ?? null, null);
      rows.push(fromSession(one, { ...place, technician }));
    } else rejected.push(quarantined(activity.id, one.reason, activity));
  }
  return { rows, rejected };
}

async function placeSession(
  ninja: Ninja,
  { deviceId }: Activity,
): Promise<{ clientId: SourceId | null; device: string | null }> {
  if (deviceId == null) return { clientId: null, device: null };
  const device = await ninja.lists.devices.find(ninja, ({ id }) => id === deviceId);
  return { clientId: device?.organizationId ?? null, device: device?.name ?? null };
}

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

/** Maximum session length; activities are read this far before `since`. */
const longestSessionSeconds = 24 * 3600;

/** A session, or an activity that belongs to none. */
type Found = { start: Activity; end: Activity } | { activity: Activity; reason: string };

interface Pairing {
  /** Takes the next older activity; returns what is now certain. */
  add(activity: Activity): Found[];
  /** What is left once there is nothing older to read. */
  finish(): Found[];
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

  function unpaired(activity: Activity, reason: string, certainAt: Instant): Found[] {
    const isInWindow = certainAt >= window.since && certainAt <= window.until;
    return isInWindow ? [{ activity, reason }] : [];
  }

  function lonelyEnd(end: Activity): Found[] {
    if (end.activityTime < window.since) return [];
    return [{ activity: end, reason: 'Session end without a start within a day before it.' }];
  }

  function lonelyStart(start: Activity, next: Activity | undefined): Found[] {
    const waitEndsAt = addSeconds(start.activityTime, longestSessionSeconds);
    const nextAt = next?.activityTime ?? waitEndsAt;
    const certainAt = nextAt < waitEndsAt ? nextAt : waitEndsAt;
    return unpaired(start, 'Session without end: it was never recorded.', certainAt);
  }

  return {
    add(activity) {
      const isEnd = activity.statusCode === codes.end;
      if (!isEnd && activity.statusCode !== codes.start) return [];
      const missing = whatIsMissing(activity);
      if (missing !== null) return unpaired(activity, missing, activity.activityTime);
      const key = `${activity.deviceId} ${activity.userId}`;
      const next = newer.get(key);
      newer.set(key, activity);
      if (isEnd) return next?.statusCode === codes.end ? lonelyEnd(next) : [];
      if (next?.statusCode !== codes.end) return lonelyStart(activity, next);
      const seconds = secondsBetween(activity.activityTime, next.activityTime);
      if (seconds < 0) {
        const reason = 'activityTime: the session ends before it starts.';
        return unpaired(next, reason, next.activityTime);
      }
      if (seconds > longestSessionSeconds) {
        return [...lonelyEnd(next), ...lonelyStart(activity, undefined)];
      }
      return next.activityTime >= window.since ? [{ start: activity, end: next }] : [];
    },
    finish() {
      const left = [...newer.values()].filter(({ statusCode }) => statusCode === codes.end);
      newer.clear();
      return left.flatMap(lonelyEnd);
    },
  };
}

function whatIsMissing(activity: Activity): string | null {
  if (activity.deviceId == null) return 'deviceId: the session names no device, so no client.';
  if (activity.userId == null) return 'userId: the session names no technician.';
  return null;
}

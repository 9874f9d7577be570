/** Remote sessions, paired from recorded starts and ends. */
import type {
  PullRequest,
  RejectedRow,
  SessionRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { parseRows, rawId } from '../http/answers/rows.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { Answer } from '../http/types.ts';
import type { Rows } from '../kit/reading/lists.ts';
import {
  createPairing,
  type FoundSession,
  longestSessionSeconds,
  type SessionMark,
} from '../kit/reading/sessions.ts';
import type { Ninja } from './call.ts';
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
  const pairing = createPairing<ActivityMark>(request);
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
    const found = older.flatMap((one) => toMarks(one, codes)).flatMap(pairing.add);
    isPast = older.some(({ activityTime }) => activityTime < readBackTo);
    oldestId = oldestOf(data.activities, oldestId);
    const believed = await believeAll(ninja, request, found);
    const rejected = [...page.rejected, ...believed.rejected];
    yield { rows: believed.rows, rejected, resume: null };
  }
  yield { ...(await believeAll(ninja, request, pairing.finish())), resume: null };
}

/** `lastActivityId` of the answer is the account's newest; only the page's own ids lead back. */
function oldestOf(activities: readonly unknown[], before: bigint | null): bigint | null {
  let oldest = before;
  for (const activity of activities) {
    const text = rawId(activity);
    if (text === null || !/^\d+$/.test(text)) continue;
    const id = BigInt(text);
    if (oldest === null || id < oldest) oldest = id;
  }
  return oldest;
}

interface ActivityMark extends SessionMark {
  activity: Activity;
}

/** None for an activity that is neither a start nor an end. */
function toMarks(activity: Activity, { start, end, cancelled }: ToolCodes): ActivityMark[] {
  const { id, statusCode, activityTime: at, deviceId, userId } = activity;
  if (statusCode == null || ![start, end, cancelled].includes(statusCode)) return [];
  const isAttempt = statusCode === cancelled;
  const who = deviceId == null || userId == null ? null : `${deviceId} ${userId}`;
  if (isAttempt && who === null) return [];
  return [{ id, kind: statusCode === start ? 'start' : 'end', at, who, isAttempt, activity }];
}

/** A session that cannot be assigned is quarantined for review. */
async function believeAll(
  ninja: Ninja,
  { clientIds }: PullRequest,
  found: readonly FoundSession<ActivityMark>[],
): Promise<{ rows: SessionRow[]; rejected: RejectedRow[] }> {
  const rows: SessionRow[] = [];
  const rejected: RejectedRow[] = [];
  for (const one of found) {
    const { activity } = 'start' in one ? one.start : one.mark;
    const place = await placeSession(ninja, activity);
    if (place.clientId !== null && !clientIds.includes(place.clientId)) continue;
    if ('start' in one) {
      const technician = await findTechnician(ninja, activity.userId);
      rows.push(fromSession(one, { ...place, technician }));
    } else rejected.push({ sourceId: activity.id, reason: one.reason, row: activity });
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

interface ToolCodes {
  type: string;
  /** Established: an initiated connection may fail. */
  start: string;
  end: string;
  /** Ends a connection too, or an attempt at one. */
  cancelled?: string;
}

/** The codes of both ends. Ninja Remote and RDP have none for an end, so they are not here. */
export const toolCodes: Record<RemoteTool, ToolCodes> = {
  splashtop: {
    type: 'SPLASHTOP',
    start: 'SPLASHTOP_CONNECTION_ESTABLISHED',
    end: 'SPLASHTOP_CONNECTION_TERMINATED',
  },
  teamviewer: {
    type: 'TEAMVIEWER',
    start: 'TEAMVIEWER_CONNECTION_ESTABLISHED',
    end: 'TEAMVIEWER_CONNECTION_TERMINATED',
    cancelled: 'TEAMVIEWER_CONNECTION_CANCELLED',
  },
  'quick-connect': {
    type: 'NINJA_QUICK_CONNECT',
    start: 'QC_SESSION_STARTED',
    end: 'QC_SESSION_TERMINATED',
  },
};

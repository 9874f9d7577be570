import type {
  ConnectorContext,
  Page,
  PullRequest,
  RejectedRow,
  SessionRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { pagesByCursor } from '../http/paging.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, idOf } from './api.ts';
import type { NinjaoneConfig, RemoteTool } from './config.ts';
import type { Directory } from './directory.ts';
import { refuseWhereNot } from './facts.ts';
import { fromSession } from './mapping.ts';
import { Activity } from './schema.ts';
import {
  createPairing,
  longestSessionSeconds,
  type SessionPair,
  toolCodes,
  type Unpaired,
} from './session-pairs.ts';

export interface SessionRooms {
  api: Api;
  config: NinjaoneConfig;
  context: ConnectorContext;
  directory: Directory;
}

/**
 * Sessions that ended at or after `since`. The activities come newest first and only that order is
 * certain, so each tool's are read back to a day before `since`: there lies the start of whatever
 * ended in the window. An end is held until its start is read, so `resume` is always null.
 */
export async function* pullSessions(
  rooms: SessionRooms,
  request: PullRequest,
): AsyncGenerator<Page<SessionRow>> {
  await refuseWhereNot(rooms.context.memory, ['activity-type'], 'reading sessions');
  for (const tool of rooms.config.remoteTools) yield* pullTool(rooms, request, tool);
}

async function* pullTool(
  rooms: SessionRooms,
  request: PullRequest,
  tool: RemoteTool,
): AsyncGenerator<Page<SessionRow>> {
  const codes = toolCodes[tool];
  const readBackTo = addSeconds(request.since, -longestSessionSeconds);
  const pairing = createPairing(codes, request);
  let oldestId: bigint | null = null;
  let isPast = false;
  const pages = pagesByCursor({
    send: (olderThan) => rooms.api.activities(codes.type, olderThan, request.signal),
    next: ({ data }) => (data.activities.length === 0 || isPast ? null : String(oldestId)),
  });
  for await (const { data } of pages) {
    const page = parseRows(data.activities, Activity, (activity) => activity);
    // A page may repeat rows of the one before, and a repeated end would look like a second one.
    const before: bigint | null = oldestId;
    const older = page.rows
      .filter(({ id }) => before === null || BigInt(id) < before)
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    const settled = older.map((activity) => pairing.add(activity));
    isPast = older.some(({ activityTime }) => activityTime < readBackTo);
    oldestId = oldestOf(data.activities, oldestId);
    const believed = await believeAll(rooms, request, settled);
    const rejected = [...page.rejected, ...believed.rejected];
    if (believed.rows.length + rejected.length > 0) {
      yield { rows: believed.rows, rejected, resume: null };
    }
  }
  const left = await believeAll(rooms, request, [pairing.finish()]);
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

async function believeAll(
  rooms: SessionRooms,
  request: PullRequest,
  settled: readonly { pairs: readonly SessionPair[]; unpaired: readonly Unpaired[] }[],
): Promise<{ rows: SessionRow[]; rejected: RejectedRow[] }> {
  const rows: SessionRow[] = [];
  const rejected: RejectedRow[] = [];
  for (const pair of settled.flatMap(({ pairs }) => pairs)) {
    const place = await placeOf(rooms, pair.start, request.signal);
    if (!isAskedFor(request, place.clientId)) continue;
    const { userId } = pair.start;
    const technician = await rooms.directory.technician(userId ?? null, null, request.signal);
    rows.push(fromSession(pair, { ...place, technician }));
  }
  for (const { activity, reason } of settled.flatMap(({ unpaired }) => unpaired)) {
    const { clientId } = await placeOf(rooms, activity, request.signal);
    if (!isAskedFor(request, clientId)) continue;
    rejected.push({ sourceId: activity.id, reason, row: activity });
  }
  return { rows, rejected };
}

async function placeOf(
  rooms: SessionRooms,
  { deviceId }: Activity,
  signal: AbortSignal,
): Promise<{ clientId: SourceId | null; device: string | null }> {
  if (deviceId == null) return { clientId: null, device: null };
  const device = await rooms.directory.device(deviceId, signal);
  return { clientId: device?.organizationId ?? null, device: device?.name ?? null };
}

/** What nobody can place is kept, for a person to see. */
function isAskedFor(request: PullRequest, clientId: SourceId | null): boolean {
  return clientId === null || request.clientIds.includes(clientId);
}

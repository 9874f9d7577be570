import type {
  ClientRow,
  PullRequest,
  RejectedRow,
  SessionRow,
  SourceId,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, type Instant, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { parseRows } from '../http/answers/rows.ts';
import type { Rows } from '../kit/reading/lists.ts';
import type { Account, MeshCall } from './call.ts';
import { facts } from './facts.ts';
import { findUser, readMeshes } from './lists.ts';
import { fromMesh, fromSession, nameInId } from './mapping.ts';
import { Mesh, Report, RowPlace, Session } from './schema.ts';

const daySeconds = 86_400;

/** When sessions were asked for that the server may have deleted. */
export const askedTooFar = 'sessions.asked-too-far';

/** All that the account sees; there is no list of changed ones. */
export async function* pullClients(mesh: MeshCall): Rows<ClientRow> {
  try {
    const { rows, rejected } = parseRows(await readMeshes(mesh), Mesh, fromMesh, idOfMesh);
    if (rows.length + rejected.length === 0) throw noGroup();
    yield { rows, rejected, resume: null };
  } finally {
    mesh.close();
  }
}

export async function listClients(mesh: MeshCall): Promise<ClientRow[]> {
  const all: ClientRow[] = [];
  for await (const { rows } of pullClients(mesh)) all.push(...rows);
  return all;
}

/**
 * Sessions that ended since the timestamp, less a day: the server may write down an end late, and its clock differs
 * from ours. A report is not paged, so that each covers a day; the last one what is left.
 */
export async function* pullSessions(mesh: MeshCall, request: PullRequest): Rows<SessionRow> {
  const { context } = mesh;
  try {
    await facts.refuseIfFalse(context, 'report-range');
    refuseUnseen(await mesh.account(), request.clientIds);
    await noteTooFar(mesh, request);
    for (const { start, end, isLast } of daysOf(request)) {
      const page = await readDay(mesh, { start, end }, request.clientIds);
      if (request.isStored) await mesh.lists.devices.keep(mesh);
      yield { ...page, resume: isLast ? null : end };
    }
  } finally {
    mesh.close();
  }
}

interface Span {
  start: Instant;
  end: Instant;
}

function daysOf({ since, until, resume }: PullRequest): (Span & { isLast: boolean })[] {
  const days: (Span & { isLast: boolean })[] = [];
  let start = resume ?? addSeconds(since, -daySeconds);
  // The first report of a quiet run covers the overlap and what is new.
  while (addSeconds(start, 2 * daySeconds) <= until) {
    const end = addSeconds(start, daySeconds);
    days.push({ start, end, isLast: false });
    start = end;
  }
  return [...days, { start, end: until, isLast: true }];
}

async function readDay(
  mesh: MeshCall,
  span: Span,
  clientIds: readonly SourceId[],
): Promise<{ rows: SessionRow[]; rejected: readonly RejectedRow[] }> {
  const ours: unknown[] = [];
  for (const row of await readReport(mesh, span)) {
    const place = RowPlace.safeParse(row).data;
    // Whoever was let in by a link is no technician.
    if (place?.guestname) continue;
    const clientId = await clientOf(mesh, place?.meshid ?? null, place?.nodeid ?? null);
    if (clientId === null || clientIds.includes(clientId)) ours.push(row);
  }
  const { rows: sessions, rejected } = parseRows(ours, Session, (session) => session);
  const rows: SessionRow[] = [];
  for (const session of sessions) {
    const clientId = await clientOf(mesh, session.meshid, session.nodeid);
    const device = (await mesh.lists.devices.find(mesh, session.nodeid))?.name ?? null;
    const technician = await findUser(mesh, session.userid);
    rows.push(fromSession(session, { clientId, device, technician }));
  }
  return { rows, rejected };
}

async function clientOf(
  mesh: MeshCall,
  meshId: string | null,
  nodeId: string | null,
): Promise<SourceId | null> {
  return meshId ?? (await mesh.lists.devices.find(mesh, nodeId))?.meshId ?? null;
}

/** What a report shows of sessions that ended within the span, of all groups that the account sees. */
export async function readReport(mesh: MeshCall, { start, end }: Span): Promise<unknown[]> {
  const { data } = await mesh.ask('report', Report, {
    type: 1,
    groupBy: 3,
    devGroup: null,
    start: Math.floor(msFromInstant(start) / 1000),
    end: Math.ceil(msFromInstant(end) / 1000),
    tz: 'UTC',
    tf: 0,
    l: 'en',
    showTraffic: false,
  });
  return Object.values(data.groups).flatMap(({ entries }) => entries);
}

/** An account with fewer rights is shown less, and nothing says so. */
function refuseUnseen(account: Account, clientIds: readonly SourceId[]): void {
  const unseen = unseenOf(account, clientIds);
  if (unseen.length === 0) return;
  const message = `The report shows ${account.id} no sessions of ${unseen.join(', ')}.`;
  throw new KindError('permission', message, { fix: seeAllFix(account) });
}

/** Of these groups the report shows nothing. */
export function unseenOf(
  { seesOthers, meshIds }: Account,
  clientIds: readonly SourceId[],
): readonly SourceId[] {
  if (!seesOthers) return clientIds;
  return meshIds === null ? [] : clientIds.filter((id) => !meshIds.includes(id));
}

export function seeAllFix({ id, seesOthers }: Account): string {
  const name = nameInId(id);
  const all = `make it a full administrator that "manageAllDeviceGroups" of its domain in config.json names ("${name}")`;
  if (!seesOthers) {
    return `Give the account the site permission "Manage Users", without which it is shown its own sessions only; then add it to the device groups, or ${all}.`;
  }
  return `Add the account itself to these device groups (a user group does not count for reports), or ${all}.`;
}

/** On the first run, and after a pause that was longer than events are kept. */
async function noteTooFar(mesh: MeshCall, { since, isStored }: PullRequest): Promise<void> {
  const { context, config } = mesh;
  const oldest = addSeconds(instantFromMs(context.now()), -config.eventsKeptDays * daySeconds);
  if (since >= oldest) return;
  const kept = `${config.eventsKeptDays} days`;
  context.log.warn(`Sessions since ${since} are read, and MeshCentral keeps events for ${kept}.`, {
    fix: 'Raise dbexpire.events in its config.json, and eventsKeptDays here; run at least weekly.',
  });
  if (isStored) await context.memory.set(askedTooFar, `${since} ${instantFromMs(context.now())}`);
}

function idOfMesh(raw: unknown): string | null {
  return Mesh.shape._id.safeParse((raw as { _id?: unknown } | null)?._id).data ?? null;
}

function noGroup(): KindError {
  return new KindError('permission', 'The account of this connection sees no device group.', {
    fix: 'Add it to the device groups of your clients, or let it manage all of them.',
  });
}

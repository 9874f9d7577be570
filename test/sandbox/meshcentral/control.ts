/** The control channel's answers, as the notes on MeshCentral 1.1.55 describe them. */
import { fullAdmin, type MeshEvent, type MeshState, type MeshUser } from './state.ts';

/** The messages that a report of sessions counts. */
const reported = [5, 10, 11, 12, 122, 123, 124, 125, 126, 144];

export function managesAll(state: MeshState, user: MeshUser): boolean {
  return user.siteadmin === fullAdmin && state.managers.has(user._id);
}

export function managesUsers(user: MeshUser): boolean {
  return ((user.siteadmin ?? 0) & 2) !== 0;
}

/** Two messages that nobody asked for. */
export function greeting(state: MeshState, user: MeshUser, now: number): unknown[] {
  const serverinfo = {
    domain: '',
    name: 'mesh.test',
    serverTime: now,
    languages: ['en', 'fr'],
    https: true,
    ...(managesAll(state, user) ? { manageAllDeviceGroups: true } : {}),
    ...(user.siteadmin === fullAdmin ? { certExpire: now + 90 * 86_400_000 } : {}),
  };
  return [
    { action: 'serverinfo', serverinfo },
    { action: 'userinfo', userinfo: user },
  ];
}

export function meshesFor(state: MeshState, user: MeshUser): unknown {
  const meshes = [...state.meshes.values()].filter(
    ({ _id }) => managesAll(state, user) || _id in user.links,
  );
  return { action: 'meshes', meshes };
}

/** With an id, that device alone; one that is not there leaves an empty answer. */
export function nodesFor(state: MeshState, id: unknown): unknown {
  const nodes: Record<string, unknown[]> = {};
  for (const { meshid, ...node } of state.nodes.values()) {
    if (id !== undefined && id !== node._id) continue;
    nodes[meshid] = [...(nodes[meshid] ?? []), { ...node, rname: node.name, host: '192.0.2.1' }];
  }
  return { action: 'nodes', responseid: 'r', nodes };
}

export function usersFor(state: MeshState, user: MeshUser, responseid: unknown): unknown {
  if (!managesUsers(user)) return { action: 'users', responseid, result: 'Access denied' };
  return { action: 'users', users: [...state.users.values()] };
}

/** Null for whatever the server does not like: it then says nothing. The answer does not repeat `responseid`. */
export function reportFor(
  state: MeshState,
  user: MeshUser,
  { type, groupBy, devGroup, start, end, l, tz }: Record<string, unknown>,
): { data: { groups: Record<string, { entries: Record<string, unknown>[] }> } } | null {
  if (type !== 1 || groupBy !== 3 || devGroup !== null) return null;
  if (typeof start !== 'number' || typeof end !== 'number' || start >= end) return null;
  const groups: Record<string, { entries: Record<string, unknown>[] }> = {};
  for (const event of state.events.toSorted((a, b) => a.timeMs - b.timeMs)) {
    if (!reported.includes(event.msgid) || !isShown(state, user, event)) continue;
    if (event.timeMs < start * 1000 || event.timeMs > end * 1000) continue;
    if (event.timeMs < Date.now() - state.keptDays * 86_400_000) continue;
    const day = new Date(event.timeMs).toLocaleDateString(String(l), { timeZone: String(tz) });
    groups[day] ??= { entries: [] };
    groups[day].entries.push(entryOf(state, event));
  }
  return { action: 'report', data: { columns: [{ id: 'time' }], groups } } as never;
}

/** Who may not manage users is shown his own sessions, and nothing says so. */
function isShown(state: MeshState, user: MeshUser, event: MeshEvent): boolean {
  if (event.userid === user._id) return true;
  if (!managesUsers(user)) return false;
  return managesAll(state, user) || (event.meshid ?? '') in user.links;
}

function entryOf(state: MeshState, event: MeshEvent): Record<string, unknown> {
  const { timeMs, msgid: _, ...rest } = event;
  return { time: state.isSql ? new Date(timeMs).toISOString() : timeMs, ...rest };
}

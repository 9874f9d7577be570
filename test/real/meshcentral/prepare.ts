/** A real MeshCentral with two clients, a device of each, and three technicians. */
import { setTimeout as sleep } from 'node:timers/promises';
import { holdSession, type Login, logIn, type Person } from './control.ts';
import { installMeshcentral } from './install.ts';
import { type Account, createInstance, type Instance } from './instance.ts';
import { type Middleman, startMiddleman } from './middleman.ts';

export interface Session {
  technician: 'tess' | 'rita' | 'nora';
  group: 'Dupont' | 'Martin';
  kind: 'terminal' | 'files';
  seconds: number;
}

/** As the server itself logged it. */
export interface LoggedSession {
  user: string;
  seconds: number;
  endedMs: number;
}

export interface RealMeshcentral extends Pick<Instance, 'start' | 'kill' | 'caFile'> {
  version: string;
  /** Through the middleman. */
  baseUrl: string;
  middleman: Middleman;
  /** The login token that the connection uses. */
  token: Login;
  groups: Readonly<Record<'Dupont' | 'Martin', string>>;
  /** All at once, to their ends. */
  holdSessions(sessions: readonly Session[]): Promise<void>;
  /** All that have ended so far, oldest first. */
  readLog(): Promise<LoggedSession[]>;
  dispose(): Promise<void>;
}

const service: Account = {
  user: 'prepaid-hours',
  password: 'Service-Pass-1',
  name: 'Prepaid hours',
  email: 'service@msp.test',
  isAdmin: true,
};
const technicians: readonly Account[] = [
  { user: 'tess', password: 'Tess-Pass-1', name: 'Tess Tech', email: 'tess@rt.test' },
  { user: 'rita', password: 'Rita-Pass-1', name: 'Rita Remote', email: 'rita@rt.test' },
  { user: 'nora', password: 'Nora-Pass-1', name: 'Nora Night', email: 'nora@rt.test' },
];

/** No desktop: without a screen the agent ends itself over it. */
const protocols = { terminal: 1, files: 5 };
/** May take remote control. */
const remoteControl = 8;
const connectMsMax = 60_000;

export async function prepareMeshcentral(): Promise<{ skipped: string } | RealMeshcentral> {
  const installed = await installMeshcentral();
  if ('skipped' in installed) return installed;
  const instance = await createInstance(installed, [service, ...technicians]);
  try {
    await instance.start();
    const admin = await logIn(instance, service);
    const groups = {
      Dupont: await makeGroup(admin, 'Dupont'),
      Martin: await makeGroup(admin, 'Martin'),
    };
    const asked = { action: 'createLoginToken', name: 'connector', expire: 0 };
    const { tokenUser, tokenPass } = await admin.ask(asked);
    for (const meshId of Object.values(groups)) await instance.startAgent(meshId);
    const devices = await waitForDevices(admin, Object.values(groups));
    admin.leave();
    const middleman = await startMiddleman(instance.port);
    return {
      version: installed.version,
      baseUrl: middleman.baseUrl,
      middleman,
      token: { user: String(tokenUser), password: String(tokenPass) },
      groups,
      caFile: instance.caFile,
      start: instance.start,
      kill: instance.kill,
      async holdSessions(sessions) {
        await Promise.all(
          sessions.map(async ({ technician, group, kind, seconds }) => {
            const login = technicians.find(({ user }) => user === technician) ?? service;
            const nodeId = devices.get(groups[group]) ?? '';
            await holdSession(instance, login, { nodeId, protocol: protocols[kind], seconds });
          }),
        );
        // The server logs an end once both sides have left.
        await sleep(1_000);
      },
      readLog: () => readLog(instance),
      async dispose() {
        await middleman.close();
        await instance.dispose();
      },
    };
  } catch (error) {
    await instance.dispose();
    throw error;
  }
}

async function makeGroup(admin: Person, meshname: string): Promise<string> {
  const { meshid } = await admin.ask({ action: 'createmesh', meshname, meshtype: 2 });
  const usernames = technicians.map(({ user }) => user);
  const rights = { usernames, meshadmin: remoteControl };
  await admin.ask({ action: 'addmeshuser', meshid, ...rights });
  return String(meshid);
}

interface Node {
  _id: string;
  conn?: number;
}

/** The device of each group, once it is connected. */
async function waitForDevices(
  admin: Person,
  meshIds: readonly string[],
): Promise<Map<string, string>> {
  const deadline = Date.now() + connectMsMax;
  while (Date.now() < deadline) {
    const { nodes } = (await admin.ask({ action: 'nodes' })) as { nodes: Record<string, Node[]> };
    const found = meshIds.flatMap((meshId) => {
      const node = nodes[meshId]?.find(({ conn = 0 }) => (conn & 1) === 1);
      return node === undefined ? [] : [[meshId, node._id] as const];
    });
    if (found.length === meshIds.length) return new Map(found);
    await sleep(250);
  }
  throw new Error('The agents did not connect to MeshCentral.');
}

/** Its events, which the connector does not read: the report is made of them. */
async function readLog(instance: Instance): Promise<LoggedSession[]> {
  const admin = await logIn(instance, service);
  const { events } = await admin.ask({ action: 'events', limit: 1000, filter: 'relaylog' });
  admin.leave();
  const ends = (events as Record<string, unknown>[]).filter(({ msgid }) =>
    [10, 11, 12].includes(Number(msgid)),
  );
  return ends
    .map(({ userid, msgArgs, time }) => ({
      user: String(userid),
      seconds: Number((msgArgs as unknown[])[3]),
      endedMs: new Date(time as string | number).getTime(),
    }))
    .sort((a, b) => a.endedMs - b.endedMs);
}

/** One MeshCentral with its data in a folder of its own, and the agents that are connected to it. */
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { run } from '../run.ts';
import { findFreePort, launch, type ServerProcess, waitFor } from '../server-process.ts';
import type { Login, Server } from './control.ts';
import type { Installed } from './install.ts';

const startMsMax = 90_000;
const commandMsMax = 60_000;

/** Nobody: an agent runs what it is told. */
const nobody = { uid: 65_534, gid: 65_534 };

export interface Account extends Login {
  name: string;
  email: string;
  isAdmin?: true;
}

export interface Instance extends Server {
  port: number;
  caFile: string;
  start(): Promise<void>;
  /** SIGKILL to the server; the agents stay, and come back. */
  kill(): Promise<void>;
  /** An agent of a device group, connected as a device of this name. */
  startAgent(meshId: string): Promise<void>;
  dispose(): Promise<void>;
}

/** The accounts are made before it starts for the first time. */
export async function createInstance(
  { folder: packageFolder }: Installed,
  accounts: readonly Account[],
): Promise<Instance> {
  const folder = await mkdtemp(join(tmpdir(), 'prepaid-hours-mesh-'));
  await chmod(folder, 0o755);
  const port = await findFreePort();
  const data = join(folder, 'data');
  const caFile = join(data, 'root-cert-public.crt');
  await mkdir(data);
  await writeFile(join(data, 'config.json'), JSON.stringify(configOf(port, accounts)));
  const places = ['--datapath', data, '--filespath', join(folder, 'files')];
  const command = (...args: string[]) =>
    run(process.execPath, [packageFolder, ...places, ...args], {
      timeoutMs: commandMsMax,
      cwd: folder,
    });
  for (const { user, password, name, email, isAdmin } of accounts) {
    const who = ['--pass', password, '--email', email, '--name', name];
    await command('--createaccount', user, ...who);
    if (isAdmin) await command('--adminaccount', user);
  }
  let server: ServerProcess | null = null;
  const agents: ServerProcess[] = [];
  const host = `127.0.0.1:${port}`;
  const instance = { host, ca: '' };

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = null;
    await ending?.end(signal);
  }

  return Object.assign(instance, {
    port,
    caFile,
    async start() {
      if (server !== null) throw new Error('This MeshCentral runs already.');
      const args = [packageFolder, ...places];
      const logFile = join(folder, 'server.log');
      server = await launch({ program: process.execPath, args, cwd: folder, logFile });
      await waitFor(`MeshCentral did not answer at ${host}`, server, startMsMax, async () => {
        instance.ca = await readFile(caFile, 'utf8').catch(() => '');
        return instance.ca !== '' && (await fetchText(instance, '/')) !== null;
      });
    },
    kill: () => end('SIGKILL'),
    async startAgent(meshId: string) {
      agents.push(await startAgent(instance, packageFolder, folder, meshId));
    },
    async dispose() {
      await Promise.all(agents.map((agent) => agent.end('SIGTERM')));
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function configOf(port: number, accounts: readonly Account[]): object {
  const managers = accounts.filter(({ isAdmin }) => isAdmin).map(({ user }) => user);
  return {
    settings: {
      cert: '127.0.0.1',
      WANonly: true,
      port,
      portBind: '127.0.0.1',
      aliasPort: port,
      exactPorts: true,
      redirPort: 0,
      mpsPort: 0,
      selfUpdate: false,
      autoBackup: false,
      agentTimeStampServer: false,
      agentCoreDump: false,
      plugins: { enabled: false },
    },
    domains: {
      '': {
        title: 'Test',
        newAccounts: false,
        geoLocation: false,
        manageAllDeviceGroups: managers,
      },
    },
  };
}

/** The agent's program comes with the package, its settings from the server. */
async function startAgent(
  server: Server,
  packageFolder: string,
  parent: string,
  meshId: string,
): Promise<ServerProcess> {
  const cwd = await mkdtemp(join(parent, 'agent-'));
  const program = join(cwd, 'meshagent');
  await copyFile(join(packageFolder, 'agents/meshagent_x86-64'), program);
  await chmod(program, 0o755);
  const id = encodeURIComponent(meshId.replace(/^mesh\/\//, ''));
  const settings = await fetchText(server, `/meshsettings?id=${id}`);
  if (settings === null) throw new Error('MeshCentral gives no settings for an agent.');
  await writeFile(join(cwd, 'meshagent.msh'), settings);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    for (const path of [cwd, program, join(cwd, 'meshagent.msh')]) {
      await chown(path, nobody.uid, nobody.gid);
    }
  }
  const as = isRoot ? nobody : {};
  const logFile = join(parent, `${meshId.slice(6, 12).replace(/\W/g, '_')}.log`);
  return launch({ program, args: ['connect'], cwd, env: { HOME: cwd }, logFile, ...as });
}

/** Null unless the server answers with 200. */
function fetchText({ host, ca }: Server, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(`https://${host}${path}`, { ca, timeout: 5_000 }, async (answer) => {
      const body = await text(answer).catch(() => null);
      resolve(answer.statusCode === 200 ? body : null);
    });
    request.on('error', () => resolve(null));
    request.on('timeout', () => request.destroy());
  });
}

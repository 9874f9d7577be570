/**
 * One Request Tracker with a database, a configuration and a port of its own, in a folder of its own:
 * the package's own configuration and database stay as they are.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serverProgram } from './install.ts';
import { run } from './run.ts';

const startMsMax = 60_000;
const stopMsMax = 10_000;
const libraries = '/usr/share/request-tracker5/lib';

export interface Instance {
  /** `http://127.0.0.1:PORT/rt` */
  baseUrl: string;
  folder: string;
  /** Runs a Perl script with RT's library and this configuration; standard input and output are text. */
  runPerl(script: string, input: string): Promise<string>;
  start(): Promise<void>;
  /** SIGKILL to the server and its workers, by the number of their process group. */
  kill(): Promise<void>;
  /** SIGTERM, then SIGKILL where that does not help in time. */
  stop(): Promise<void>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

export interface InstanceOptions {
  /** The zone in which RT reads moments; not UTC, so that nobody relies on it. */
  timezone?: string;
}

export async function createInstance(options: InstanceOptions = {}): Promise<Instance> {
  const owner = await findOwner();
  const folder = await mkdtemp(join(tmpdir(), 'prepaid-hours-rt-'));
  const port = await findFreePort();
  const env = {
    RT_SITE_CONFIG: join(folder, 'site-config.pm'),
    RT_SITE_CONFIG_DIR: join(folder, 'site-config.d'),
    TMPDIR: folder,
    HOME: folder,
  };
  await mkdir(env.RT_SITE_CONFIG_DIR);
  await writeFile(env.RT_SITE_CONFIG, '1;\n');
  await writeFile(
    join(env.RT_SITE_CONFIG_DIR, 'test.pm'),
    siteConfig(folder, port, options.timezone ?? 'America/New_York'),
  );
  await chown(folder, owner.uid, owner.gid);
  const as = { env, ...owner, cwd: folder };
  await run('rt-setup-database-5', ['--action', 'init', '--skip-create'], {
    ...as,
    timeoutMs: 2 * startMsMax,
  });
  const baseUrl = `http://127.0.0.1:${port}/rt`;
  const logFile = join(folder, 'server.log');
  let server: ChildProcess | null = null;

  const killAtExit = (): void => signalGroup(server, 'SIGKILL');
  process.once('exit', killAtExit);

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    if (ending === null) return;
    const ended = new Promise<boolean>((resolve) => ending.once('exit', () => resolve(true)));
    if (ending.exitCode === null && ending.signalCode === null) {
      signalGroup(ending, signal);
      const isEnded = await Promise.race([ended, sleep(stopMsMax, false, { ref: false })]);
      if (!isEnded) signalGroup(ending, 'SIGKILL');
      if (!isEnded) await ended;
    }
    // Workers may outlive the server itself.
    signalGroup(ending, 'SIGKILL');
    server = null;
  }

  const instance: Instance = {
    baseUrl,
    folder,
    runPerl: async (script, input) => {
      const file = fileURLToPath(new URL(script, import.meta.url));
      const source = await readFile(file, 'utf8');
      const args = [`-I${libraries}`, '-e', source];
      return (await run('perl', args, { ...as, input, timeoutMs: startMsMax })).output;
    },
    async start() {
      if (server !== null) throw new Error('This Request Tracker runs already.');
      server = await launch({ ...as, port, logFile });
      await waitUntilAnswering(server, baseUrl, logFile);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async dispose() {
      await end('SIGTERM');
      process.off('exit', killAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
  return instance;
}

interface Launch {
  env: Record<string, string>;
  uid: number;
  gid: number;
  cwd: string;
  port: number;
  logFile: string;
}

async function launch({ env, port, logFile, ...as }: Launch): Promise<ChildProcess> {
  const log = await open(logFile, 'a');
  const address = ['--host', '127.0.0.1', '--port', String(port), '--webpath', '/rt'];
  const server = spawn('perl', [serverProgram, ...address, '--max-workers', '3'], {
    ...as,
    env: { ...process.env, ...env },
    stdio: ['ignore', log.fd, log.fd],
    // A process group of its own, which its workers belong to.
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('spawn', resolve);
    server.once('error', reject);
  }).finally(() => log.close());
  return server;
}

function siteConfig(folder: string, port: number, timezone: string): string {
  const settings: Record<string, string | number> = {
    rtname: 'rt.test',
    Organization: 'rt.test',
    WebDomain: '127.0.0.1',
    WebPort: port,
    WebPath: '/rt',
    Timezone: timezone,
    DatabaseType: 'SQLite',
    DatabaseName: join(folder, 'rt.sqlite'),
    CorrespondAddress: 'rt@rt.test',
    CommentAddress: 'rt-comment@rt.test',
    MailCommand: 'testfile',
    LogToSyslog: '',
    LogToSTDERR: 'error',
  };
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`);
  return `${lines.join('\n')}\n1;\n`;
}

/** Any answer will do, also that a token is missing. */
async function waitUntilAnswering(
  server: ChildProcess,
  baseUrl: string,
  logFile: string,
): Promise<void> {
  const deadline = Date.now() + startMsMax;
  while (Date.now() < deadline) {
    if (server.exitCode !== null || server.signalCode !== null) break;
    const answer = await fetch(`${baseUrl}/REST/2.0/rt`).catch(() => null);
    if (answer?.status === 401) return;
    await sleep(100);
  }
  const log = (await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n');
  signalGroup(server, 'SIGKILL');
  throw new Error(`Request Tracker did not answer at ${baseUrl}. It said:\n${log}`);
}

function signalGroup(server: ChildProcess | null, signal: NodeJS.Signals): void {
  if (server?.pid === undefined) return;
  try {
    process.kill(-server.pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

async function findOwner(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) =>
      Number((await run('id', [flag, 'www-data'], { timeoutMs: 10_000 })).output),
    ),
  );
  if (uid === undefined || gid === undefined) throw new Error('There is no user www-data.');
  return { uid, gid };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('No free port was found.')),
      );
    });
  });
}

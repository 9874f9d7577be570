/**
 * One Request Tracker with a database, a configuration and a port of its own, in a folder of its own:
 * the package's own configuration and database stay as they are.
 */
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../run.ts';
import { findFreePort, launch, type ServerProcess, waitFor } from '../server-process.ts';
import { serverProgram } from './install.ts';

const startMsMax = 60_000;
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
  /** The zone in which RT reads timestamps; not UTC, so that nobody relies on it. */
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
  let server: ServerProcess | null = null;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = null;
    await ending?.end(signal);
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
      const address = ['--host', '127.0.0.1', '--port', String(port), '--webpath', '/rt'];
      const args = [serverProgram, ...address, '--max-workers', '3'];
      server = await launch({ ...as, program: 'perl', args, logFile });
      await waitUntilAnswering(server, baseUrl);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async dispose() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
  return instance;
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
function waitUntilAnswering(server: ServerProcess, baseUrl: string): Promise<void> {
  const what = `Request Tracker did not answer at ${baseUrl}`;
  return waitFor(what, server, startMsMax, async () => {
    const answer = await fetch(`${baseUrl}/REST/2.0/rt`).catch(() => null);
    return answer?.status === 401;
  });
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

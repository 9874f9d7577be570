/** A server, or an agent, of somebody else's: in a process group of its own, and for a while only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const stopMsMax = 10_000;

/** Even if this process is killed, the server ends. */
const lifeSeconds = 900;

export interface Launch {
  program: string;
  args: readonly string[];
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  cwd: string;
  logFile: string;
}

export interface ServerProcess {
  isEnded(): boolean;
  /** By the number of its process group, with SIGKILL where the signal does not help in time. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** The last lines that it wrote. */
  readLog(): Promise<string>;
}

export async function launch(options: Launch): Promise<ServerProcess> {
  const { program, args, env = {}, logFile, ...as } = options;
  const log = await open(logFile, 'a');
  const life = ['--signal=KILL', String(lifeSeconds)];
  const server = spawn('timeout', [...life, program, ...args], {
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
  const killAtExit = (): void => signalGroup(server, 'SIGKILL');
  process.once('exit', killAtExit);
  const isEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
  return {
    isEnded,
    async end(signal) {
      const ended = new Promise<boolean>((resolve) => server.once('exit', () => resolve(true)));
      if (!isEnded()) {
        signalGroup(server, signal);
        const isDone = await Promise.race([ended, sleep(stopMsMax, false, { ref: false })]);
        if (!isDone) signalGroup(server, 'SIGKILL');
        if (!isDone) await ended;
      }
      // Workers may outlive the server itself.
      signalGroup(server, 'SIGKILL');
      process.off('exit', killAtExit);
    },
    readLog: async () => (await readFile(logFile, 'utf8')).split('\n').slice(-20).join('\n'),
  };
}

/** Tries until it is true; throws with what the server said where it ends before, or takes too long. */
export async function waitFor(
  what: string,
  server: ServerProcess,
  timeoutMs: number,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && !server.isEnded()) {
    if (await isTrue()) return;
    await sleep(100);
  }
  const log = await server.readLog();
  await server.end('SIGKILL');
  throw new Error(`${what}. It said:\n${log}`);
}

function signalGroup(server: ChildProcess, signal: NodeJS.Signals): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}

export function findFreePort(): Promise<number> {
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

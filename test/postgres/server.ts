/** A PostgreSQL server of the tests' own, on the loopback address and in a folder that goes with it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';

/** Debian's folders, newest first, and PATH. */
function findPrograms(): string | null {
  const debian = globSync('/usr/lib/postgresql/*/bin/initdb').sort().reverse();
  const path = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'initdb'));
  const found = [...debian, ...path].find((program) => existsSync(program));
  return found === undefined ? null : dirname(found);
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (option: string) => {
    const { status, stdout } = spawnSync('id', [option, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : 65_534;
  };
  return { uid: idOf('-u'), gid: idOf('-g') };
}

export interface TestServer {
  /** Of a database that the role owns, which is no superuser. */
  url: string;
  /** Sends the signal to the server itself: SIGINT ends it at once, as a restart does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Null: there is no PostgreSQL on this machine. */
export async function openServer(): Promise<TestServer | null> {
  const programs = findPrograms();
  if (programs === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-postgres-'));
  const user = ordinaryUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const as = { cwd: folder, ...user };
  const data = join(folder, 'data');
  const encoding = ['--encoding=UTF8', '--locale=C.UTF-8'];
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'admin', ...encoding], {
    ...as,
    stdio: 'ignore',
  });
  const port = await freePort();
  // A test does not survive the machine; waiting for the disk is most of its time.
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=200',
  ];
  const options = settings.flatMap((setting) => ['-c', setting]);
  let server: ReturnType<typeof spawn> | null = null;
  const start = async () => {
    server = spawn(join(programs, 'postgres'), ['-D', data, ...options], {
      ...as,
      stdio: 'ignore',
    });
    await ready(`postgres://admin@127.0.0.1:${port}/postgres`);
  };
  const stop = async () => {
    if (server === null) return;
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
    server = null;
  };
  await start();
  await query(`postgres://admin@127.0.0.1:${port}/postgres`, 'CREATE ROLE hours LOGIN');
  await query(`postgres://admin@127.0.0.1:${port}/postgres`, 'CREATE DATABASE hours OWNER hours');
  return {
    url: `postgres://hours@127.0.0.1:${port}/hours`,
    stop,
    start,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function ready(url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await setTimeout(100);
    }
  }
}

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = socket.address();
  socket.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

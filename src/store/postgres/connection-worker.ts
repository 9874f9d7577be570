/**
 * The other end of a `Connection`: holds the socket, and answers each request while the main thread
 * waits for it.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import pg from 'pg';
import type { Answer, Request, WorkerStart } from './connection.ts';

const { port, signal, url, options } = workerData as WorkerStart & { port: MessagePort };

/** Numbers as such: no count, second or cent is above 2^53. Flags as SQLite has them. */
const parsers = new Map<number, (text: string) => unknown>([
  [20, Number],
  [1700, Number],
  [16, (text) => Number(text === 't')],
]);
const types = {
  getTypeParser: (id: number) => parsers.get(id) ?? pg.types.getTypeParser(id),
} as NonNullable<pg.ClientConfig['types']>;

let client: pg.Client | null = null;

async function connected(): Promise<pg.Client> {
  if (client !== null) return client;
  const opened = new pg.Client({
    connectionString: url,
    options,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  // Without a listener a lost connection would end the process; the next request finds it gone.
  opened.on('error', () => {
    if (client === opened) client = null;
  });
  await opened.connect();
  client = opened;
  return opened;
}

async function answer(request: Request): Promise<Answer> {
  if (!request.isConnecting && client === null)
    return { error: { code: '08006', message: 'the connection was lost' } };
  const on = await connected();
  if (request.name === null) {
    await on.query(request.sql);
    return { names: [], rows: [], count: 0 };
  }
  const { name, sql: text, values } = request;
  const result = await on.query({ name, text, values: [...values], rowMode: 'array' });
  const names = result.fields.map((field) => field.name);
  return { names, rows: result.rows, count: result.rowCount ?? 0 };
}

function toAnswer(error: unknown): Answer {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : String(error);
  return { error: { code: typeof code === 'string' ? code : null, message: text } };
}

port.on('message', async (request: Request | 'end') => {
  if (request === 'end') await client?.end().catch(() => {});
  const nothing: Answer = { names: [], rows: [], count: 0 };
  port.postMessage(request === 'end' ? nothing : await answer(request).catch(toAnswer));
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

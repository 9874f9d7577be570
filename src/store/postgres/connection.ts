import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { SqlValue } from '../sql/database.ts';

export interface Request {
  sql: string;
  values: readonly SqlValue[];
  /** Of the prepared statement; null: several statements, without values and without rows. */
  name: string | null;
  /** Connects again if the connection was lost; otherwise a lost one is an error. */
  isConnecting: boolean;
}

export interface Rows {
  names: string[];
  rows: unknown[][];
  /** Rows changed, or returned. */
  count: number;
}

export type Answer = Rows | { error: ServerError };

/** `code`: an SQLSTATE or a name such as ECONNREFUSED. */
interface ServerError {
  code: string | null;
  message: string;
}

export interface WorkerStart {
  signal: Int32Array;
  url: string;
  /** Of the session, as `psql` takes them in PGOPTIONS. */
  options: string;
}

/** Longer than any single statement takes: the server or the network has gone. */
const answerTimeoutMs = 120_000;

/** A statement that the server refused, or one whose answer never came. */
export class RefusedStatement extends Error {
  readonly code: string | null;
  /** The server's own words. */
  readonly reason: string;

  constructor({ code, message }: ServerError, sql: string) {
    super(`${message}, in: ${sql}`);
    this.code = code;
    this.reason = message;
  }
}

/**
 * One connection whose requests are answered before the call returns, as SQLite's are: a worker thread
 * holds the socket while this thread waits. So one transaction is one turn of the event loop on both
 * databases, and nothing else can get between its statements.
 */
export class Connection {
  readonly #worker: Worker;
  readonly #port: MessageChannel['port1'];
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  isOpen = true;

  constructor(url: string, options: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL(workerFile, import.meta.url), {
      workerData: { port: port2, signal: this.#signal, url, options } satisfies WorkerStart & {
        port: unknown;
      },
      transferList: [port2],
      execArgv: [],
    });
    this.#worker.unref();
    port1.unref();
  }

  send(request: Request): Rows {
    if (!this.isOpen)
      throw new RefusedStatement({ code: '08003', message: 'it is closed' }, request.sql);
    const answer = this.#await(request);
    if ('error' in answer) throw new RefusedStatement(answer.error, request.sql);
    return answer;
  }

  close(): void {
    if (!this.isOpen) return;
    this.#await('end');
    this.isOpen = false;
    void this.#worker.terminate();
  }

  #await(request: Request | 'end'): Answer {
    const giveUpAtMs = performance.now() + answerTimeoutMs;
    Atomics.store(this.#signal, 0, 0);
    this.#port.postMessage(request);
    // The last answer's own signal may wake us once more: only the value says that this one is there.
    while (Atomics.load(this.#signal, 0) === 0) {
      const leftMs = giveUpAtMs - performance.now();
      if (leftMs > 0) Atomics.wait(this.#signal, 0, 0, leftMs);
      else return this.#giveUp();
    }
    const received = receiveMessageOnPort(this.#port) as { message: Answer } | undefined;
    if (received === undefined) throw new Error('an answer was announced and is not there');
    return received.message;
  }

  #giveUp(): Answer {
    this.isOpen = false;
    void this.#worker.terminate();
    return { error: { code: '08006', message: 'the server did not answer' } };
  }
}

/** The built package has no TypeScript. */
const workerFile = `./connection-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`;

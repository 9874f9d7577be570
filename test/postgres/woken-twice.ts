/**
 * Asks a database many times while each answer's signal comes once more, as it may between two threads: the
 * second one arrives while the next answer is awaited. Prints how many statements got another's answer.
 */
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

const again = `
  const { notify } = Atomics;
  Atomics.notify = (...place) => {
    setTimeout(() => notify(...place), 1);
    return notify(...place);
  };`;
const preload = `data:text/javascript,${encodeURIComponent(again)}`;

class WokenTwice extends workerThreads.Worker {
  constructor(file: URL, options: WorkerOptions) {
    super(file, { ...options, execArgv: ['--import', preload] });
  }
}
workerThreads.Worker = WokenTwice as typeof workerThreads.Worker;
syncBuiltinESMExports();

const { openDatabase } = await import('../../src/store/open.ts');
const database = await openDatabase({ file: process.argv[2] ?? '', now: Date.now });
let wrong = 0;
for (let number = 0; number < 200; number += 1) {
  const sql = 'SELECT CAST(? AS INTEGER) AS number, pg_sleep(0.005)';
  if (database.row<{ number: number }>(sql, number)?.number !== number) wrong += 1;
}
database.close();
process.stdout.write(`${wrong}\n`);

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adjustBalance } from '../service/adjust.ts';
import { openApp } from '../service/app.ts';
import { runCheck } from '../service/check.ts';
import { addBlock, extendBlock, voidBlock } from '../service/manual.ts';
import { planConfig } from '../service/plan.ts';
import { runOnce } from '../service/run.ts';
import { startService } from '../service/start.ts';
import { listUndoable, undoRun } from '../service/undo.ts';
import { runCli } from './program.ts';

/** Runs the command line of this very process. */
export async function runProcess(): Promise<number> {
  const controller = new AbortController();
  // Asked once, we finish what is in hand; asked twice, the system's own way of ending applies.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => controller.abort());
  }
  process.stdout.on('error', endWithReader);
  return runCli(
    {
      service: {
        ...{ openApp, runOnce, runCheck, startService, planConfig },
        ...{ adjustBalance, addBlock, extendBlock, voidBlock, undoRun, listUndoable },
      },
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      isOutTerminal: process.stdout.isTTY === true,
      isErrTerminal: process.stderr.isTTY === true,
      columns: process.stdout.columns ?? process.stderr.columns ?? 100,
      env: process.env,
      signal: controller.signal,
      version: readVersion(import.meta.dirname),
    },
    process.argv.slice(2),
  );
}

/** `prepaid-hours balances | head`: whoever read us has enough, and that is no fault. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

/** Of the package that this file is in: sources and compiled files lie at different depths. */
function readVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return readVersion(dirname(folder));
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { SendNotice } from '../contract/notices.ts';
import type { VendorRegistry } from '../contract/registry.ts';
import { runCli } from './program.ts';
import { service } from './service.ts';
import type { Asker } from './setup/init/asker.ts';

/** Runs the command line of this process. */
export async function runProcess(vendors: VendorRegistry, send: SendNotice): Promise<number> {
  const controller = new AbortController();
  // The first signal lets the current page finish; the second one ends the process at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => controller.abort());
  }
  if (process.env.npm_lifecycle_event !== undefined) abortWithParent(controller);
  // A log that can no longer be written must not stop the work.
  process.stderr.on('error', () => {});
  let unwritten: string | null = null;
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // `prepaid-hours balances | head`: the reader has closed the pipe, which is not an error.
    if (code !== 'EPIPE') unwritten = code ?? 'unknown';
  });
  const exitCode = await runCli(
    {
      vendors,
      send,
      service,
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      isOutTerminal: process.stdout.isTTY === true,
      isErrTerminal: process.stderr.isTTY === true,
      ...(process.stdin.isTTY === true && process.stderr.isTTY === true && { openAsker }),
      columns: process.stdout.columns ?? process.stderr.columns ?? 100,
      env: process.env,
      signal: controller.signal,
      version: readVersion(import.meta.dirname),
    },
    process.argv.slice(2),
  );
  // If the last write fails, it has failed by the next turn of the event loop.
  await setImmediate();
  if (unwritten === null) return exitCode;
  process.stderr.write(
    `error: The answer could not be written to standard output (${unwritten}).\n`,
  );
  return exitCode === 0 ? 1 : exitCode;
}

/** Loaded where somebody is asked only: other commands start sooner. */
async function openAsker(): Promise<Asker> {
  const { createTerminalAsker } = await import('./setup/init/terminal-asker.ts');
  return createTerminalAsker(process.stdin, process.stderr);
}

/** npm sends a signal to the shell that started us; the shell exits and leaves us running. */
function abortWithParent(controller: AbortController): void {
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && controller.abort();
  setInterval(watch, 500).unref();
}

/** Reads the version of this package; sources and compiled files are at different depths. */
function readVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return readVersion(dirname(folder));
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

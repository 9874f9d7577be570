/** The command line as a process of its own, the way that people and cron start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CommandResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** Values that the process gets beside PATH and HOME; nothing else is handed on. */
  env?: Record<string, string>;
  /** The checkout unless told. */
  workingFolder?: string;
}

export interface StartedCommand {
  done: Promise<CommandResult>;
  /** What it has written to standard error so far. */
  stderr(): string;
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

export const checkout = join(import.meta.dirname, '../..');
export const program = join(checkout, 'src/cli/main.ts');
/** Node keeps compiled sources here: a started process then takes half the time until it works. */
export const compileCache = join(checkout, 'node_modules/.cache/node-compile');

export function startCommand(
  args: readonly string[],
  options: CommandOptions = {},
): StartedCommand {
  return startProgram(process.execPath, ['--no-warnings', program, ...args], options);
}

export function runCommand(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return startCommand(args, options).done;
}

const underWay = new Set<ChildProcess>();

/** So that a test that failed, or ran out of time, leaves no process behind. */
export function endCommands(): void {
  for (const child of underWay) child.kill('SIGKILL');
}

export function startProgram(
  file: string,
  args: readonly string[],
  { env = {}, workingFolder = checkout }: CommandOptions = {},
): StartedCommand {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(file, args, {
    cwd: workingFolder,
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  underWay.add(child);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const done = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      underWay.delete(child);
      resolve({ exitCode, ...written });
    });
  });
  return { done, stderr: () => written.stderr, kill: (signal) => void child.kill(signal) };
}

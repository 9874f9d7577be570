/**
 * Runs the command line's commands in processes of their own, and shows them as a person sees them. Where nobody looks
 * and the clock is the real one, they run in this process, which takes a tenth of the time.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import type { Instant } from '../../src/domain/time.ts';
import { type CommandResult, program, startProgram } from '../support/run-command.ts';
import { runHere } from '../support/run-here.ts';
import { RunDocument } from './documents.ts';

export interface Program {
  /** Prints a heading and what to look for; nothing where only a JSON document is wanted. */
  say(text: string): void;
  /** Runs a command and prints what it writes; throws when it fails. */
  show(args: readonly string[]): Promise<void>;
  /** Runs a command for its JSON document; throws when it fails. */
  ask<T>(args: readonly string[], schema: z.ZodType<T>): Promise<T>;
  /** Prints a command line only. */
  name(args: readonly string[]): void;
  /** Runs a command that may fail, and prints nothing. */
  attempt(args: readonly string[]): Promise<CommandResult>;
  /** A `run`, shown or not, and its result. */
  run(): Promise<RunDocument>;
}

export interface ProgramOptions {
  configFile: string;
  /** What stands in the printed command lines. */
  shownConfig: string;
  store: string;
  isQuiet: boolean;
  /** When the next command begins. Default: now. */
  clock?(): Instant;
  /** What the program writes to, in color. Default: as wide as this process's, and plain. */
  columns?: number;
}

const preload = join(import.meta.dirname, 'preload.ts');
const indent = 2;
/** Longer command lines are broken. */
const widthMax = 80;

export function createProgram({
  configFile,
  shownConfig,
  store,
  isQuiet,
  clock,
  columns: columnsGiven,
}: ProgramOptions): Program {
  const attempt: Program['attempt'] = (args) => {
    if (isQuiet && clock === undefined) return runHere(...args, '--config', configFile);
    const wide = process.stdout.columns;
    const columns = columnsGiven ?? (wide === undefined ? undefined : wide - indent);
    const env = {
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'pretty',
      ...(columnsGiven === undefined ? { NO_COLOR: '1' } : {}),
      ...(clock === undefined ? {} : { DEMO_CLOCK: clock() }),
      ...(columns === undefined ? {} : { DEMO_COLUMNS: String(columns) }),
    };
    const command = ['--no-warnings', '--import', preload, program, ...args];
    return startProgram(process.execPath, [...command, '--config', configFile], { env }).done;
  };
  const start = async (args: readonly string[]): Promise<CommandResult> => {
    const result = await attempt(args);
    if (result.exitCode === 0) return result;
    const written = result.stdout + result.stderr;
    throw new Error(`\`${args.join(' ')}\` ended with ${result.exitCode}:\n${written}`);
  };
  const say = (text: string) => {
    if (!isQuiet) process.stdout.write(`${text}\n`);
  };
  const name = (args: readonly string[]) => {
    const shown = args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ');
    const [command, option] = [`$ prepaid-hours ${shown}`, `--config ${shownConfig}`];
    const isLong = command.length + option.length + 1 > widthMax;
    say(`${command}${isLong ? ' \\\n    ' : ' '}${option}`);
  };
  const show = async (args: readonly string[]) => {
    name(args);
    const { stdout, stderr } = await start(args);
    say(indented(stdout + stderr));
  };
  const ask = async <T>(args: readonly string[], schema: z.ZodType<T>): Promise<T> => {
    const { stdout } = await start([...args, '--json']);
    return schema.parse(JSON.parse(stdout));
  };
  return {
    say,
    show,
    name,
    attempt,
    ask,
    async run() {
      if (isQuiet) return ask(['run'], RunDocument);
      await show(['run']);
      return lastRun(store);
    },
  };
}

function indented(text: string): string {
  const lines = text.trimEnd().split('\n');
  return `${lines.map((line) => `${' '.repeat(indent)}${line}`.trimEnd()).join('\n')}\n`;
}

/** The stored record of the run that was just shown: running it again would not be the same run. */
function lastRun(store: string): RunDocument {
  const database = new DatabaseSync(store, { readOnly: true });
  try {
    const row = database.prepare('SELECT result FROM run ORDER BY started_at DESC LIMIT 1').get();
    return RunDocument.parse(JSON.parse(String(row?.result)));
  } finally {
    database.close();
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { Logger as WinstonLogger } from 'winston';
import { KindError } from '../../domain/errors.ts';
import type { Redactor } from '../../domain/redaction.ts';
import { plainText } from '../../reports/format/plain-text.ts';

export type LogDetail = Record<string, unknown>;

/** Messages are static texts; variable values go into the detail. */
export interface Logger {
  debug(message: string, detail?: LogDetail): void;
  info(message: string, detail?: LogDetail): void;
  warn(message: string, detail?: LogDetail): void;
  error(message: string, detail?: LogDetail): void;
  /** Creates a logger that adds these fields to every line. */
  child(fields: LogDetail): Logger;
}

export interface LogOptions {
  /** `json` for machines, one object a line; `pretty` for a terminal. */
  format: 'json' | 'pretty';
  level: string;
  /** Redacts what must never appear. */
  redactor: Redactor;
  /** Default: standard error, since standard output is for a command's result. */
  stream?: NodeJS.WritableStream;
}

/** Fields with text written for or by a client: the log shows only its length. */
const clientTexts = new Set(['body', 'note', 'notes', 'content', 'summary']);

const levels = ['error', 'warn', 'info', 'debug'];

/** Reads `LOG_FORMAT` and `LOG_LEVEL`. An unknown level would silence the log. */
export function readLogSettings(
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): Pick<LogOptions, 'format' | 'level'> {
  const format = env.LOG_FORMAT || (isTerminal ? 'pretty' : 'json');
  if (format !== 'pretty' && format !== 'json') {
    throw new KindError('config', `LOG_FORMAT: "${format}" is not a valid format.`, {
      fix: 'Use json or pretty, or leave it empty.',
    });
  }
  const level = env.LOG_LEVEL || 'info';
  if (!levels.includes(level)) {
    throw new KindError('config', `LOG_LEVEL: "${level}" is not a valid level.`, {
      fix: `Use one of ${levels.join(', ')}, or leave it empty.`,
    });
  }
  return { format, level };
}

const lasting = new AsyncLocalStorage<LogDetail>();

/** Adds these fields to every line written during the work, by any logger. */
export function withLogFields<Result>(
  fields: LogDetail,
  work: () => Promise<Result>,
): Promise<Result> {
  return lasting.run(fields, work);
}

export function createLog(options: LogOptions): Logger {
  let opened: WinstonLogger | undefined;
  const isWanted = (level: string) => levels.indexOf(level) <= levels.indexOf(options.level);
  const write: WriteLine = (level, message, fields) => {
    if (!isWanted(level)) return;
    opened ??= openWinston(options);
    const redact = redactWith(options.redactor);
    const line = redact({ ...lasting.getStore(), ...fields }) as LogDetail;
    opened.log({ ...line, level, message: String(redact(message)), at: new Date().toISOString() });
  };
  return wrap(write, {});
}

/** Loaded with the first line: most commands write none. */
function openWinston({ level, format: name, stream }: LogOptions): WinstonLogger {
  const { createLogger, format, transports } = createRequire(import.meta.url)(
    'winston',
  ) as typeof import('winston');
  return createLogger({
    level,
    format: name === 'json' ? format.json() : format.printf(prettyLine),
    transports: [new transports.Stream({ stream: stream ?? process.stderr })],
  });
}

type WriteLine = (level: string, message: string, fields: LogDetail) => void;

function wrap(write: WriteLine, fields: LogDetail): Logger {
  const at = (level: string) => (message: string, detail?: LogDetail) =>
    write(level, message, { ...fields, ...detail });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => wrap(write, { ...fields, ...more }),
  };
}

function prettyLine({ level, message, at, ...rest }: Record<string, unknown>): string {
  const detail = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const time = String(at).slice(11, 19);
  // A reason may quote a vendor; the terminal must not interpret it.
  return plainText([time, String(level).toUpperCase().padEnd(5), message, ...detail].join(' '));
}

/** Redacts secrets from every text, at any depth, and clients' texts from known fields. */
function redactWith(redactor: Redactor): (value: unknown) => unknown {
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return redactor.redact(value);
    if (Array.isArray(value)) return value.map(redact);
    if (value instanceof Error) return redact(value.stack ?? value.message);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) =>
        clientTexts.has(key) && typeof one === 'string'
          ? [key, `[text of ${one.length} characters]`]
          : [key, redact(one)],
      ),
    );
  };
  return redact;
}

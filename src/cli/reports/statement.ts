import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { dateInZone, instantFromMs } from '../../domain/time.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import { buildOutlook } from '../../reports/statement/outlook.ts';
import type { PageExtras } from '../../reports/statement/page/page-view.ts';
import { buildStatement } from '../../reports/statement/statement.ts';
import { statementToCsv } from '../../reports/statement/statement-csv.ts';
import { statementToHtml } from '../../reports/statement/statement-html.ts';
import { statementToJson } from '../../reports/statement/statement-json.ts';
import type { Statement } from '../../reports/statement/statement-shape.ts';
import type { CliDeps } from '../deps.ts';
import { findClient } from '../input/find-client.ts';
import type { TableOptions } from '../output/table.ts';
import type { Cli } from '../scope.ts';
import { statementToText } from './statement-text.ts';

const plain: TableOptions = { paint: (_, text) => text, columns: null };
const writers = {
  html: (statement: Statement, extras: PageExtras) => statementToHtml(statement, extras),
  csv: statementToCsv,
  json: statementToJson,
  text: (statement: Statement) => statementToText(statement, plain),
};

interface StatementOptions {
  month?: string;
  format?: keyof typeof writers;
  out?: string;
}

export function addStatementCommand(program: Command, cli: Cli): void {
  cli
    .add(
      program,
      'statement <client>',
      'what a client had, bought and used in a month',
      'statement Dupont --month 2026-03 --out dupont-2026-03.html',
    )
    .option('--month <month>', 'such as 2026-03 (default: the current month, still provisional)')
    .addOption(
      new Option(
        '--format <format>',
        'default: text on a terminal, else html; json with --json',
      ).choices(Object.keys(writers)),
    )
    .option('--out <file>', 'write to the file instead of standard output')
    .action((query: string, options: StatementOptions, command: Command) =>
      cli.withApp(command, 'read', async ({ app, deps, isJson, answer, paint }) => {
        const { month: asked, out } = options;
        const format = options.format ?? usualFormat(out, isJson, deps);
        if (isJson && out === undefined && format !== 'json') {
          throw new KindError('config', `--json and --format ${format} contradict each other.`, {
            fix: 'Use only one of them, or write to a file with --out.',
          });
        }
        const client = findClient(app.clients, query);
        const now = instantFromMs(app.now());
        const month = asked ?? dateInZone(now, client.timezone).slice(0, 7);
        const { locale } = client;
        const statement = await buildStatement(app.store, { client, month, locale, now });
        if (out === undefined && format === 'text') {
          const columns = deps.isOutTerminal ? deps.columns : null;
          deps.out(statementToText(statement, { paint, columns }));
          const hint = `A page for ${plainText(client.name)}: add --out FILE`;
          if (deps.isOutTerminal) deps.out(`\n${paint('dim', hint)}\n`);
          return 0;
        }
        const { offers, sender } = app.config;
        // What lies ahead is shown while the month runs: a page of a month that is over never changes.
        const outlook =
          format === 'html' && statement.provisional !== null
            ? await buildOutlook(app.store, { client, all: app.clients, offers, now })
            : null;
        const text = writers[format](statement, { sender, outlook });
        if (out === undefined) deps.out(text);
        else {
          writeOut(out, text);
          const file = resolve(out);
          const isProvisional = statement.provisional !== null;
          answer(
            { client: client.name, month, format, file, isProvisional },
            () => `Statement of ${client.name} for ${month}: ${file}\n`,
          );
        }
        return 0;
      }),
    );
}

function usualFormat(
  out: string | undefined,
  isJson: boolean,
  { isOutTerminal }: CliDeps,
): keyof typeof writers {
  if (out !== undefined) return 'html';
  if (isJson) return 'json';
  return isOutTerminal ? 'text' : 'html';
}

/** Readable by its owner only: a statement is confidential. */
function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new KindError('config', `${resolve(file)} cannot be written (${code}).`, {
      fix: 'Choose a file in an existing, writable folder.',
      cause: error,
    });
  }
}

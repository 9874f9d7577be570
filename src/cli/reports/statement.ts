import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import {
  buildClientStatement,
  type StatementSource,
} from '../../reports/statement/client-statement.ts';
import { openPrinter } from '../../service/publish/print-pdf.ts';
import { findClient } from '../input/find-client.ts';
import { addFormatOptions, chooseFormat } from '../output/formats.ts';
import type { Cli, Scope } from '../scope.ts';
import {
  type StatementFile,
  type StatementFormat,
  spellStatement,
  statementFormats,
  writeAllStatements,
  writeStatements,
} from './statement-files.ts';
import { statementToText } from './statement-text.ts';

interface StatementOptions {
  month?: string;
  format?: StatementFormat;
  out?: string;
  all?: boolean;
}

export function defineStatement(statement: Command, cli: Cli): void {
  statement.option(
    '--month <month>',
    'such as 2026-03 (default: the current month, still provisional)',
  );
  addFormatOptions(statement, statementFormats, 'text on a terminal and html elsewhere')
    .option('--all', 'every client’s, into the folder that --out names')
    .action((query: string | undefined, options: StatementOptions, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const { app, deps } = scope;
        const { config, store, clients, now } = app;
        const source = { config, store, clients, now: instantFromMs(now()) };
        const { month = null, out } = options;
        const isPage = out !== undefined || !deps.isOutTerminal;
        const usual = isPage ? 'html' : 'text';
        const format = chooseFormat(options, statementFormats, { isJson: scope.isJson, usual });
        const openBrowser = () => openPrinter(config.file, deps.env);
        const request = { month, format, openBrowser };
        if (options.all === true) {
          const folder = readFolder(query, out);
          answerFiles(scope, await writeAllStatements(source, { ...request, folder }));
          return 0;
        }
        const client = readClient(clients, query);
        if (out === undefined) await printOut(scope, source, client, { month, format });
        else {
          const nameFile = () => out;
          const one = { ...request, clients: [client], nameFile };
          const [written] = await writeStatements(source, one);
          scope.answer(written, () => lineOf(written));
        }
        return 0;
      }),
    );
}

function readFolder(query: string | undefined, out: string | undefined): string {
  if (query !== undefined) {
    throw new KindError(
      'config',
      `--all and the client ${plainText(query)} contradict each other.`,
      {
        fix: 'Use only one of them.',
      },
    );
  }
  if (out === undefined) {
    throw new KindError('config', '--all needs a folder.', { fix: 'Add --out FOLDER.' });
  }
  return resolve(out);
}

function readClient(clients: readonly Client[], query: string | undefined): Client {
  if (query !== undefined) return findClient(clients, query);
  throw new KindError('config', 'Whose statement?', {
    fix: 'Name a client, or write every client’s: --all --out FOLDER.',
  });
}

async function printOut(
  { deps, paint }: Scope,
  source: StatementSource,
  client: Client,
  { month, format }: { month: string | null; format: StatementFormat },
): Promise<void> {
  const statement = await buildClientStatement(source, client, month);
  if (format !== 'text') {
    deps.out(await spellStatement(source, client, statement, format));
    return;
  }
  deps.out(
    statementToText(statement, { paint, columns: deps.isOutTerminal ? deps.columns : null }),
  );
  const hint = `A page for ${plainText(client.name)}: add --out FILE`;
  if (deps.isOutTerminal) deps.out(`\n${paint('dim', hint)}\n`);
}

function answerFiles({ answer }: Scope, statements: StatementFile[]): void {
  const [first] = statements;
  answer({ statements }, () =>
    first === undefined
      ? 'No clients yet: run `prepaid-hours run` first.\n'
      : statements.map(lineOf).join(''),
  );
}

function lineOf(written: StatementFile | undefined): string {
  if (written === undefined) return '';
  const { client, month, file } = written;
  return `Statement of ${plainText(client)} for ${month}: ${file}\n`;
}

import { join, resolve } from 'node:path';
import type { Client } from '../../domain/agreements/terms.ts';
import { foldName } from '../../domain/records/names.ts';
import {
  buildClientStatement,
  buildStatementOutlook,
  type StatementSource,
} from '../../reports/statement/client-statement.ts';
import { statementToCsv } from '../../reports/statement/statement-csv.ts';
import { statementToHtml } from '../../reports/statement/statement-html.ts';
import { statementToJson } from '../../reports/statement/statement-json.ts';
import type { Statement } from '../../reports/statement/statement-shape.ts';
import { createFolder } from '../../service/app/new-folder.ts';
import type { Printer } from '../../service/publish/print-pdf.ts';
import type { TableOptions } from '../output/table.ts';
import { withFileFix, writeFile } from '../output/write-file.ts';
import { statementToText } from './statement-text.ts';

export const statementFormats = ['html', 'pdf', 'csv', 'json', 'text'] as const;
export type StatementFormat = (typeof statementFormats)[number];

const plain: TableOptions = { paint: (_, text) => text, columns: null };

/** One statement as it goes to a file or a pipe; a PDF is made of its page. */
export async function spellStatement(
  source: StatementSource,
  client: Client,
  statement: Statement,
  format: StatementFormat,
): Promise<string> {
  if (format === 'csv') return statementToCsv(statement);
  if (format === 'json') return statementToJson(statement);
  if (format === 'text') return statementToText(statement, plain);
  const { sender } = source.config;
  const outlook = await buildStatementOutlook(source, client, statement);
  return statementToHtml(statement, { sender, outlook });
}

export interface StatementFile {
  client: string;
  month: string;
  format: StatementFormat;
  file: string;
  isProvisional: boolean;
}

interface FilesRequest {
  clients: readonly Client[];
  /** Null: the current one of each client. */
  month: string | null;
  format: StatementFormat;
  openBrowser(): Promise<Printer>;
  nameFile(client: Client, month: string): string;
}

/** Writes the statements one after the other; one browser prints all. */
export async function writeStatements(
  source: StatementSource,
  { clients, month, format, openBrowser, nameFile }: FilesRequest,
): Promise<StatementFile[]> {
  const printer = format === 'pdf' ? await openBrowser() : null;
  const written: StatementFile[] = [];
  try {
    for (const client of clients) {
      const statement = await buildClientStatement(source, client, month);
      const text = await spellStatement(source, client, statement, format);
      const file = resolve(nameFile(client, statement.month));
      writeFile(file, printer === null ? text : await print(printer, text, client));
      const isProvisional = statement.provisional !== null;
      written.push({
        client: client.name,
        month: statement.month,
        format,
        file,
        isProvisional,
      });
    }
  } finally {
    await printer?.close();
  }
  return written;
}

/** Writes every client's statement into a folder, under the client's name and the month. */
export async function writeAllStatements(
  source: StatementSource,
  { folder, ...request }: Omit<FilesRequest, 'clients' | 'nameFile'> & { folder: string },
): Promise<StatementFile[]> {
  withFileFix(folder, () => createFolder(folder, 0o700));
  const names = new Set<string>();
  const ending = request.format === 'text' ? 'txt' : request.format;
  const nameFile = (client: Client, month: string) => {
    const free = freeName(`${fileNameOf(client.name)}-${month}`, names);
    names.add(free);
    return join(folder, `${free}.${ending}`);
  };
  return await writeStatements(source, { ...request, clients: source.clients, nameFile });
}

/** `etablissements-dupont-fils`: what every file system takes. */
function fileNameOf(name: string): string {
  const words = foldName(name).match(/[\p{L}\p{N}]+/gu) ?? ['client'];
  return [...words.join('-')].slice(0, 60).join('').replace(/-$/, '');
}

function freeName(name: string, taken: ReadonlySet<string>, count = 1): string {
  const candidate = count === 1 ? name : `${name}-${count}`;
  return taken.has(candidate) ? freeName(name, taken, count + 1) : candidate;
}

export function print(printer: Printer, html: string, { locale }: Client): Promise<Buffer> {
  return printer.print(html, locale === 'en-US' ? 'Letter' : 'A4');
}

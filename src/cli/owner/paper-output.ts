import type { Command } from 'commander';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import { type Paper, paperToHtml } from '../../reports/page/paper.ts';
import { addFormatOptions, chooseFormat } from '../output/formats.ts';
import { writeFile } from '../output/write-file.ts';
import type { Scope } from '../scope.ts';

export const paperFormats = ['text', 'csv', 'json', 'html'] as const;
type PaperFormat = (typeof paperFormats)[number];

export interface PaperOptions {
  format?: PaperFormat;
  out?: string;
}

export function addPaperOptions(command: Command, without: PaperFormat | null = null): Command {
  return addFormatOptions(
    command,
    paperFormats.filter((format) => format !== without),
  );
}

interface Spelled {
  json: unknown;
  csv?(): string;
  paper(format: PaperFormat): Paper;
}

/** Prints the report or writes it to a file, in the requested form. */
export function answerPaper(scope: Scope, options: PaperOptions, spelled: Spelled): void {
  const { isJson } = scope;
  const format = chooseFormat(options, paperFormats, { isJson, usual: 'text' });
  writeAnswer(scope, options.out, spell(scope, format, spelled));
}

function spell(scope: Scope, format: PaperFormat, { json, csv, paper }: Spelled): string {
  if (format === 'json') return `${plainJson(json)}\n`;
  if (format === 'csv') return csv?.() ?? '';
  return format === 'html' ? paperToHtml(paper(format)) : paperToText(paper(format), scope);
}

export function writeAnswer({ deps, answer }: Scope, out: string | undefined, text: string): void {
  if (out === undefined) deps.out(text);
  else {
    writeFile(out, text);
    answer({ file: out }, () => `Wrote ${out}.\n`);
  }
}

function paperToText(paper: Paper, { table, paint, hang }: Scope): string {
  const head = [
    paint('bold', plainText(paper.title)),
    hang('', plainText(paper.subtitle)),
    ...paper.headlines.map(({ figure, rest }) => `${paint('bold', figure)} ${rest}`),
    ...(paper.notice === null ? [] : [paint('yellow', hang('', plainText(paper.notice)))]),
  ];
  const tables = paper.tables.map(({ heading, caption, columns, rows, foot }) => {
    const titles = [heading, caption].flatMap((one) => (one === null ? [] : [plainText(one)]));
    const shown = columns.map(({ title, place, isFigure }) => {
      return { title, isFigure, ...(place === 'what' ? { cut: 'name' as const } : {}) };
    });
    const flat = (row: (typeof rows)[number]) =>
      row.map(([first = '', ...more]) => [first, ...more.map((one) => `(${one})`)].join(' '));
    // A total names itself, also where each cell has a line of its own.
    const total = foot.map((row) => flat(row).map((text) => ({ text, style: 'bold' as const })));
    const lines = [...rows.map(flat), ...total];
    return `${titles.map((one) => `${paint('bold', one)}\n`).join('')}${table(shown, lines)}`;
  });
  const notes = paper.notes.map((note) => paint('dim', hang('', plainText(note))));
  return `${[head.join('\n'), ...tables, notes.join('\n')].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

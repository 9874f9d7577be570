import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import { type Paper, paperToHtml } from '../../reports/leaks/paper.ts';
import { writeFile } from '../output/write-file.ts';
import type { Scope } from '../scope.ts';

export type PaperFormat = 'text' | 'csv' | 'json' | 'html';

export function addPaperOptions(command: Command, formats: readonly PaperFormat[]): Command {
  return command
    .addOption(
      new Option(
        '--format <format>',
        'default: by the name of the file, else text; json with --json',
      ).choices(formats),
    )
    .option('--out <file>', 'write to the file instead of standard output');
}

interface Spelled {
  json: unknown;
  csv?(): string;
  paper(format: PaperFormat): Paper;
}

/** Prints the report or writes it to a file, in the requested form. */
export function answerPaper(
  scope: Scope,
  options: { format?: PaperFormat; out?: string },
  spelled: Spelled,
): void {
  const { isJson } = scope;
  const { out } = options;
  const format = options.format ?? formatOf(out, isJson);
  if (isJson && out === undefined && format !== 'json') {
    throw new KindError('config', `--json and --format ${format} contradict each other.`, {
      fix: 'Use only one of them, or write to a file with --out.',
    });
  }
  if (out === undefined && format === 'json') {
    scope.answer(spelled.json, () => `${JSON.stringify(spelled.json, null, 2)}\n`);
    return;
  }
  const text = () => {
    if (format === 'json') return `${JSON.stringify(spelled.json, null, 2)}\n`;
    if (format === 'csv') return spelled.csv?.() ?? '';
    const paper = spelled.paper(format);
    return format === 'html' ? paperToHtml(paper) : paperToText(paper, scope);
  };
  writeAnswer(scope, out, text());
}

export function writeAnswer({ deps, answer }: Scope, out: string | undefined, text: string): void {
  if (out === undefined) deps.out(text);
  else {
    writeFile(out, text);
    answer({ file: out }, () => `Wrote ${out}.\n`);
  }
}

function formatOf(out: string | undefined, isJson: boolean): PaperFormat {
  const ending = out === undefined ? '' : extname(out).toLowerCase();
  if (ending === '.html' || ending === '.csv' || ending === '.json') {
    return ending.slice(1) as PaperFormat;
  }
  return isJson && out === undefined ? 'json' : 'text';
}

function paperToText(paper: Paper, { table, paint, hang }: Scope): string {
  const head = [
    paint('bold', plainText(paper.title)),
    hang('', plainText(paper.subtitle)),
    ...paper.headlines.map(({ figure, rest }) => `${paint('bold', figure)} ${rest}`),
    ...(paper.notice === null ? [] : [hang('', plainText(paper.notice))]),
  ];
  const tables = paper.tables.map(({ heading, caption, columns, rows, foot }) => {
    const titles = [heading, caption].flatMap((one) => (one === null ? [] : [plainText(one)]));
    const shown = columns.map(({ title, place, isFigure = false }) => {
      return { title, isFigure, ...(place === 'what' ? { cut: 'prose' as const } : {}) };
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

import { type Locale, languageOf } from '../../domain/format.ts';
import { plainText } from '../format/plain-text.ts';

/** The worded agreement: what a template's text comes to. */
export interface WordedAgreement {
  title: string;
  intro: string[];
  clauses: { title: string; items: Item[] }[];
}

export type Item =
  | { kind: 'text'; text: string }
  | { kind: 'list'; rows: string[] }
  | { kind: 'table'; head: string[]; rows: string[][] };

/**
 * Reads a template's text: `# ` the title, `## ` a clause, `- ` a row of a list, `| a | b |` one of a
 * table, whose first row is its head; other lines up to an empty one are a paragraph. A clause without
 * content is left out.
 */
export function readMarkup(text: string, locale: Locale): WordedAgreement {
  const worded: WordedAgreement = { title: '', intro: [], clauses: [] };
  let isNew = true;
  for (const raw of text.split(/\r?\n/)) {
    const line = spaced(plainText(raw.trim()), locale);
    const items = worded.clauses.at(-1)?.items;
    const last = items?.at(-1);
    if (line.startsWith('# ')) worded.title = line.slice(2);
    else if (line.startsWith('## ')) worded.clauses.push({ title: line.slice(3), items: [] });
    else if (line !== '' && items === undefined) addText(worded.intro, line, isNew);
    else if (line !== '' && items !== undefined) {
      if (line.startsWith('- ')) addRow(items, line.slice(2));
      else if (line.startsWith('|')) addCells(items, line);
      else if (last?.kind === 'text' && !isNew) last.text += ` ${line}`;
      else items.push({ kind: 'text', text: line });
    }
    isNew = line === '';
  }
  worded.clauses = worded.clauses.filter(({ items }) => items.length > 0);
  return worded;
}

function addText(texts: string[], line: string, isNew: boolean): void {
  if (isNew || texts.length === 0) texts.push(line);
  else texts.push(`${texts.pop()} ${line}`);
}

function addRow(items: Item[], text: string): void {
  const last = items.at(-1);
  if (last?.kind === 'list') last.rows.push(text);
  else items.push({ kind: 'list', rows: [text] });
}

function addCells(items: Item[], line: string): void {
  const cells = line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
  const last = items.at(-1);
  if (last?.kind === 'table') last.rows.push(cells);
  else items.push({ kind: 'table', head: cells, rows: [] });
}

/** French punctuation never begins a line, and guillemets keep their word. */
function spaced(line: string, locale: Locale): string {
  if (languageOf(locale) !== 'fr') return line;
  return line.replace(/ (?=[:;?!»])/g, '\u00a0').replace(/« /g, '«\u00a0');
}

import { plainText } from './plain-text.ts';

/**
 * Rows in RFC 4180 format: commas, CRLF, doubled quotes. A cell that a spreadsheet would read as a formula is prefixed with an apostrophe, unless it is a plain number:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvText(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = inert(value);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function inert(value: string): string {
  const text = plainText(value);
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  return startsFormula(value) || startsFormula(text) ? `'${text}` : text;
}

function startsFormula(text: string): boolean {
  return /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r]/u.test(text);
}

/** Reads rows in the same format; a cell is never more than its text. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(cells)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell and what ends it: a comma, or the end of the row. */
const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g;

import { plainText } from './plain-text.ts';

/**
 * Rows as RFC 4180 has them: commas, CRLF, quotes doubled. A cell that a spreadsheet would take for
 * a formula is made inert by an apostrophe, unless it is a plain number:
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

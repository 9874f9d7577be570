import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../../config/guide/speed.md');
const [first, last] = ['<!-- bench-table -->', '<!-- /bench-table -->'];

/** The guide's table is what the benchmark printed. */
export function writeGuide(table: string): void {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(first), text.indexOf(last)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the table`);
  writeFileSync(file, `${text.slice(0, from + first.length)}\n\n${table}\n\n${text.slice(to)}`);
}

import { readdirSync, readFileSync } from 'node:fs';

const concerns = ['calls and settings', 'reading', 'writing', 'checking', 'quirks'] as const;
type Concern = (typeof concerns)[number];

/** What each file of a connector is for; one of another name is about a quirk of its vendor. */
const concernOf: Readonly<Record<string, Concern>> = {
  'index.ts': 'calls and settings',
  'config.ts': 'calls and settings',
  'call.ts': 'calls and settings',
  'schema.ts': 'reading',
  'mapping.ts': 'reading',
  'lists.ts': 'reading',
  'pull.ts': 'reading',
  'push.ts': 'writing',
  'sales.ts': 'writing',
  'facts.ts': 'checking',
  'check.ts': 'checking',
  'verify.ts': 'checking',
};

/** Lines of TypeScript and files of each connector, by concern. */
export function sizeTable(connectors: URL, ids: readonly string[]): string {
  const rows = ids.map((id) => {
    const folder = new URL(`${id}/`, connectors);
    const files = readdirSync(folder);
    const lines = new Map<Concern, number>();
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const concern = concernOf[file] ?? 'quirks';
      const count = readFileSync(new URL(file, folder), 'utf8').split('\n').length - 1;
      lines.set(concern, (lines.get(concern) ?? 0) + count);
    }
    const all = [...lines.values()].reduce((sum, count) => sum + count, 0);
    return [id, ...concerns.map((concern) => lines.get(concern) ?? 0), all, files.length];
  });
  const sum = (column: number): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  const totals = ['together', ...[...concerns, 'lines', 'files'].map((_, index) => sum(index + 1))];
  const titles = ['', ...concerns, 'lines', 'files'];
  return [titles, titles.map(() => '---'), ...rows, totals]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

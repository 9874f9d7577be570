import { openRawAt, tablesOf } from './databases.ts';

/** Every row of every table as text, by the table's name; the order of rows does not count. */
export function dumpTables(place: string): Map<string, string[]> {
  const database = openRawAt(place);
  try {
    const rows = (name: string): string[] =>
      database
        .prepare(`SELECT * FROM ${name}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort();
    return new Map(tablesOf(place).map((name) => [name, rows(name)]));
  } finally {
    database.close();
  }
}

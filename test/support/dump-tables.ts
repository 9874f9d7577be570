import { DatabaseSync } from 'node:sqlite';

/** Every row of every table as text, by the table's name; the order of rows does not count. */
export function dumpTables(file: string): Map<string, string[]> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const names = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ name }) => String(name));
    const rows = (name: string): string[] =>
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort();
    return new Map(names.map((name) => [name, rows(name)]));
  } finally {
    database.close();
  }
}

import { existsSync, readFileSync } from 'node:fs';
import type { Migration } from '../sql/migrate.ts';
import { readMigrations as readTables } from '../sqlite/migrations.ts';

const triggers = /CREATE TRIGGER[\s\S]*?\nEND;\n/g;
const comments = /^ *--.*\n/gm;

/**
 * SQLite's migrations, since tables, columns and indexes are the same, each followed by what PostgreSQL
 * has of its own: triggers, functions and rights, in a file of the same name beside this one.
 */
export function readMigrations(): Migration[] {
  return readTables().map(({ number, name, sql }) => {
    const file = `${String(number).padStart(4, '0')}-${name}.sql`;
    const own = new URL(`./migrations/${file}`, import.meta.url);
    const tables = sql.replace(triggers, '');
    const rest = existsSync(own) ? readFileSync(own, 'utf8') : '';
    return { number, name, sql: `${tables}\n${rest}`.replace(comments, '') };
  });
}

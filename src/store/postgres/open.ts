import { KindError } from '../../domain/errors.ts';
import { addressOf } from '../../domain/store-address.ts';
import { migrate, requireCurrent } from '../sql/migrate.ts';
import { PostgresDatabase } from './database.ts';
import { readMigrations } from './migrations.ts';

/** Throws `config` for what an admin must fix, `transient` while the server cannot be reached. */
export function openPostgres(
  place: string,
  { isReadOnly, now }: { isReadOnly: boolean; now(): number },
): PostgresDatabase {
  const database = new PostgresDatabase(addressOf(place), { isReadOnly });
  try {
    if (isReadOnly) requireSchema(database);
    else createSchema(database);
    if (isReadOnly) requireCurrent(database, readMigrations());
    else migrate(database, readMigrations(), now());
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function hasSchema(database: PostgresDatabase): boolean {
  const sql = 'SELECT 1 FROM pg_namespace WHERE nspname = ?';
  return database.row(sql, database.schema) !== undefined;
}

/** Of several processes that start at once, one creates it: the others wait for its lock. */
function createSchema(database: PostgresDatabase): void {
  if (hasSchema(database)) return;
  database.write(() => database.exec(`CREATE SCHEMA IF NOT EXISTS ${database.schema}`));
}

function requireSchema(database: PostgresDatabase): void {
  if (hasSchema(database)) return;
  throw new KindError('config', `The database ${database.name} does not exist yet.`, {
    fix: 'Correct `store:` in the config file. A new installation begins with `prepaid-hours run`.',
  });
}

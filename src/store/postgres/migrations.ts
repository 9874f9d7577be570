import { type Migration, readMigrationsIn } from '../sql/migrate.ts';

export function readMigrations(): Migration[] {
  // Next to this file, both in the sources and in the built package.
  return readMigrationsIn(new URL('./migrations/', import.meta.url));
}

import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { nameOfPlace } from '../../domain/store-address.ts';
import { syncPath, withFileErrors } from '../../store/private-file.ts';
import { readOrigin } from '../../store/sqlite/copies.ts';
import type { App } from '../app/app.ts';
import { createFolder } from '../app/new-folder.ts';

export interface KeptBackup {
  file: string;
  bytes: number;
  /** Older backups of the same database that were deleted. */
  deleted: string[];
}

type Backed = Pick<App, 'config' | 'store' | 'now'>;

/**
 * Writes a backup into the folder under a name with its time, then deletes all but the newest `keep`
 * backups. Only a file with such a name that holds a copy of this very database is ever deleted.
 */
export async function backUpInto(
  { config, store, now }: Backed,
  folder: string,
  keep: number | null,
): Promise<KeptBackup> {
  refuseFile(folder);
  withFileErrors(folder, () => createFolder(folder, 0o700));
  const name = parse(nameOfPlace(config.store)).name.replace('?schema=', '-');
  const file = freeName(folder, name, now());
  const part = `${file}.part`;
  await store.backup(part);
  withFileErrors(file, () => {
    renameSync(part, file);
    syncPath(dirname(file));
  });
  const old = keep === null ? [] : listOlder(file, name).slice(keep - 1);
  for (const path of old) remove(path, file);
  return { file, bytes: statSync(file).size, deleted: old };
}

function refuseFile(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  const fix = 'Name a folder for the backups (`schedule.backup.folder`, or after `backup`).';
  throw new KindError('config', `${folder} is not a folder.`, { fix });
}

function freeName(folder: string, name: string, nowMs: number): string {
  const file = join(folder, `${name}-${stampOf(nowMs)}.db`);
  return existsSync(file) ? freeName(folder, name, nowMs + 1000) : file;
}

/** `2026-03-31T02-30-00Z`: a time in a name that every file system takes. */
export function stampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

/** The other backups of the same database, newest first. */
function listOlder(file: string, name: string): string[] {
  const folder = dirname(file);
  const origin = readOrigin(file);
  const stamp = /^-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith(name))
    .filter((entry) => stamp.test(entry.name.slice(name.length)))
    .map((entry) => join(folder, entry.name))
    .filter((path) => path !== file && origin !== null && readOrigin(path) === origin)
    .sort()
    .reverse();
}

function remove(path: string, made: string): void {
  try {
    rmSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KindError(
      'config',
      `The backup ${made} was written, but the old one ${path} cannot be deleted: ${reason}.`,
      { fix: 'Give this user write permission on the folder.', cause: error },
    );
  }
}

/**
 * Detects a missing database. An empty one in live mode would send everything again, so it is
 * refused if anything shows that one existed: an empty file, the lock next to it, or the note next
 * to the config file.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { LoadedConfig } from '../../config/loaded.ts';
import { KindError } from '../../domain/errors.ts';
import { isPostgres, nameOfPlace } from '../../domain/store-address.ts';
import type { Store } from '../../store/port.ts';

type Named = Pick<LoadedConfig, 'file' | 'store' | 'mode'>;

/** The file in which a live run records its database; unavailable if the folder is read-only. */
function noteOf(config: Named): string {
  return `${config.file}.live`;
}

/**
 * Called before anything is created. Throws `config` if the file is empty, or missing although it
 * existed before.
 */
export function refuseLostFile(config: Named): void {
  if (config.mode !== 'live' || isPostgres(config.store)) return;
  const stat = statSync(config.store, { throwIfNoEntry: false });
  if (stat?.isFile() && stat.size === 0) throw lost(`The database ${config.store} is empty.`);
  if (stat === undefined) refuseWithWitness(config);
}

/** Refuses a database that no run has used yet. */
export async function refuseLostStore(
  config: Named,
  store: Pick<Store, 'listRuns'>,
): Promise<void> {
  if (config.mode === 'live' && (await store.listRuns(1)).length === 0) refuseWithWitness(config);
}

function refuseWithWitness(config: Named): void {
  const missing = `The database ${nameOfPlace(config.store)} has never been used`;
  if (isOlder(`${config.store}.lock`, config.store)) {
    throw lost(`${missing}, but a lock file next to it shows that one existed before.`);
  }
  const note = noteOf(config);
  if (!existsSync(note)) return;
  const before = readFileSync(note, 'utf8').trim();
  throw lost(`${missing}; earlier live runs of this config used ${before}.`);
}

/** A lock as new as the file itself does not prove an earlier one. */
function isOlder(lock: string, file: string): boolean {
  const [made, opened] = [lock, file].map((path) => statSync(path, { throwIfNoEntry: false }));
  return made !== undefined && (opened === undefined || made.mtimeMs < opened.birthtimeMs);
}

function lost(message: string): KindError {
  return new KindError('config', message, {
    fix: 'Correct `store:`, or put the last backup there: `prepaid-hours restore FILE`. Only if nothing was ever sent, or everything may be sent again: add --first to `run` or `start`.',
  });
}

/** Called once the run is recorded in the database, which makes the note true. */
export function noteLiveStore(config: Named): void {
  const note = noteOf(config);
  try {
    const name = nameOfPlace(config.store);
    if (existsSync(note) && readFileSync(note, 'utf8').trim() === name) return;
    writeFileSync(note, `${name}\n`, { mode: 0o600 });
  } catch {
    // The config folder may be read-only; then only the lock next to the database remains as
    // evidence.
  }
}

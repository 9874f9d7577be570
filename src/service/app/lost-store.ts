/**
 * A database that is not there. An empty one in live mode would send everything again, so it is refused where
 * anything says that there was one: an empty file, the lock beside it, or the note beside the config file.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { LoadedConfig } from '../../config/loaded.ts';
import { KindError } from '../../domain/errors.ts';
import type { Store } from '../../store/port.ts';

type Named = Pick<LoadedConfig, 'file' | 'store' | 'mode'>;

/** Where a live run notes which database it worked on; of no use where this folder may not be written. */
function noteOf(config: Named): string {
  return `${config.file}.live`;
}

/** Before anything is created. Throws `config` for an empty file, or a missing one that was there before. */
export function refuseLostFile(config: Named): void {
  if (config.mode !== 'live') return;
  const stat = statSync(config.store, { throwIfNoEntry: false });
  if (stat?.isFile() && stat.size === 0) throw lost(`The database ${config.store} is empty.`);
  if (stat === undefined) refuseWithWitness(config);
}

/** A database that no run has worked on yet. */
export async function refuseLostStore(
  config: Named,
  store: Pick<Store, 'listRuns'>,
): Promise<void> {
  if (config.mode === 'live' && (await store.listRuns(1)).length === 0) refuseWithWitness(config);
}

function refuseWithWitness(config: Named): void {
  const missing = `The database ${config.store} has never been used`;
  if (isOlder(`${config.store}.lock`, config.store)) {
    throw lost(`${missing}, but a lock beside it shows that there was one.`);
  }
  const note = noteOf(config);
  if (!existsSync(note)) return;
  const before = readFileSync(note, 'utf8').trim();
  throw lost(`${missing}; live runs of this config have worked on ${before}.`);
}

/** A lock that was made with this very file tells of no other one. */
function isOlder(lock: string, file: string): boolean {
  const [made, opened] = [lock, file].map((path) => statSync(path, { throwIfNoEntry: false }));
  return made !== undefined && (opened === undefined || made.mtimeMs < opened.birthtimeMs);
}

function lost(message: string): KindError {
  return new KindError('config', message, {
    fix: 'Correct `store:`, or copy the last backup there. Only where nothing was ever sent, or all of it may be sent again: add --first to `run` or `start`.',
  });
}

/** Once the run is on record in the database: from then on the note speaks the truth. */
export function noteLiveStore(config: Named): void {
  const note = noteOf(config);
  try {
    if (existsSync(note) && readFileSync(note, 'utf8').trim() === config.store) return;
    writeFileSync(note, `${config.store}\n`, { mode: 0o600 });
  } catch {
    // A config folder that may not be written: the lock beside the database is the only witness then.
  }
}

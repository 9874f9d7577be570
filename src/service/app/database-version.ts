import { namedStore } from '../../config/load.ts';
import { isKindError } from '../../domain/errors.ts';
import { readVersions } from '../../store/sqlite/copies.ts';

export interface DatabaseVersion {
  file: string;
  /** The last migration applied to it, and the last that this program has. */
  version: number;
  wanted: number;
}

/** Null: the config or its database cannot be read, or there is none. Nothing else in the config matters. */
export function findDatabaseVersion(configFile: string): DatabaseVersion | null {
  const file = namedStore(configFile);
  if (file === null) return null;
  try {
    return { file, ...readVersions(file) };
  } catch (error) {
    if (!isKindError(error)) throw error;
    return null;
  }
}

import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncPath, withFileErrors } from '../../store/private-file.ts';
import { createFolder } from '../app/new-folder.ts';

export interface NewFile {
  path: string;
  text: string;
  /** Readable by this user alone. */
  isPrivate: boolean;
}

/**
 * Writes all of them beside their places, checks them with `verify`, and renames them: whoever stops this half-way
 * finds the files as they were.
 */
export function replaceFiles(
  files: readonly NewFile[],
  verify: (written: ReadonlyMap<string, string>) => void,
): void {
  const beside = new Map(files.map(({ path }) => [path, `${path}.new-${process.pid}`]));
  try {
    for (const { path, text, isPrivate } of files) {
      const place = beside.get(path) ?? path;
      withFileErrors(path, () => {
        createFolder(dirname(path));
        writeFileSync(place, text, { mode: isPrivate ? 0o600 : modeOf(path), flag: 'wx' });
        syncPath(place);
      });
    }
    verify(beside);
    for (const [path, place] of beside) withFileErrors(path, () => renameSync(place, path));
  } finally {
    for (const place of beside.values()) rmSync(place, { force: true });
  }
}

/** A file that is replaced keeps its mode. */
function modeOf(path: string): number {
  return existsSync(path) ? statSync(path).mode & 0o777 : 0o644;
}

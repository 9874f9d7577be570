import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { KindError } from '../domain/errors.ts';

/**
 * Creates the file and its folder, readable only by this user, unless it exists. SQLite gives its
 * side files the mode of the main file, which must therefore be right from the start.
 */
export function createPrivately(file: string): void {
  withFileErrors(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  });
}

/** Creates a file that must not exist yet. */
export function createNew(file: string): void {
  withFileErrors(file, () => closeSync(openSync(file, 'wx', 0o600)));
}

/** Flushes a file, or a folder's entries, to disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** File system errors must be fixed by the admin. */
export function withFileErrors<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isFileError(error)) throw error;
    const fix =
      error.code === 'EEXIST'
        ? 'Choose a file that does not exist yet.'
        : 'Check the free space, that the folder exists and that this user may write to it.';
    throw new KindError('config', `The file ${file} cannot be created: ${error.message}.`, {
      fix,
      cause: error,
    });
  }
}

/** Checked by shape: Node's errors may come from another realm than this module's `Error`. */
function isFileError(error: unknown): error is { code: string; message: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

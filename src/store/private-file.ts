import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { KindError } from '../domain/errors.ts';

/**
 * Makes the file, and its folder, readable by this user alone, unless it is there. SQLite gives its
 * side files the mode of the main one, so that one has to be right from the start.
 */
export function createPrivately(file: string): void {
  withFileErrors(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  });
}

/** A file that must not be there yet. */
export function createAnew(file: string): void {
  withFileErrors(file, () => closeSync(openSync(file, 'wx', 0o600)));
}

/** Brings a file, or the entries of a folder, onto the disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** What the file system refuses is for a person to mend. */
export function withFileErrors<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isFileError(error)) throw error;
    const fix =
      error.code === 'EEXIST'
        ? 'Name a file that does not exist yet.'
        : 'Check that there is space, that the folder exists and that this user may write there.';
    throw new KindError('config', `The file ${file} cannot be made: ${error.message}.`, {
      fix,
      cause: error,
    });
  }
}

/** By its shape: an error of Node's own may be of another realm than this module's `Error`. */
function isFileError(error: unknown): error is { code: string; message: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

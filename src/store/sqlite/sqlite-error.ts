import { type ErrorKind, KindError } from '../../domain/errors.ts';

interface Meaning {
  kind: ErrorKind;
  message(file: string): string;
  fix: string;
}

/** Primary result codes: https://www.sqlite.org/rescode.html */
const meanings = new Map<number, Meaning>([
  [5, busy()],
  [6, busy()],
  [
    8,
    config(
      (file) => `The database ${file} may not be written.`,
      'Give this user write permission on the file and on its folder.',
    ),
  ],
  [
    10,
    config(
      (file) => `The disk failed while the database ${file} was read or written.`,
      'Check that the disk is healthy and has space left, then run again.',
    ),
  ],
  [
    11,
    config(
      (file) => `The database ${file} is damaged.`,
      'Keep the file aside, put the last backup in its place and run again.',
    ),
  ],
  [
    13,
    config(
      (file) => `There is no space left for the database ${file}; the transaction was rolled back.`,
      'Free space on its disk, then run again.',
    ),
  ],
  [
    14,
    config(
      (file) => `The database ${file} cannot be opened.`,
      'Check that its folder exists and that this user may read and write there.',
    ),
  ],
  [
    26,
    config(
      (file) => `${file} is not a database of this program.`,
      'Correct `store:` in the config file, or copy a backup there.',
    ),
  ],
]);

function config(message: (file: string) => string, fix: string): Meaning {
  return {
    kind: 'config',
    message,
    fix,
  };
}

function busy(): Meaning {
  return {
    kind: 'transient',
    message: (file) => `Another process is writing to the database ${file}.`,
    fix: 'Try again when it is done.',
  };
}

/** What a person can mend becomes an operating error; all else is a defect and stays as it is. */
export function fromSqliteError(error: unknown, file: string): unknown {
  const meaning = isSqliteError(error) ? meanings.get(error.errcode & 0xff) : undefined;
  if (meaning === undefined || !isSqliteError(error)) return error;
  const message = `${meaning.message(file)} (${error.errstr})`;
  return new KindError(meaning.kind, message, { fix: meaning.fix, cause: error });
}

/** By its shape: an error of Node's own may be of another realm than this module's `Error`. */
function isSqliteError(error: unknown): error is { errcode: number; errstr: string } {
  if (typeof error !== 'object' || error === null) return false;
  return 'errcode' in error && typeof error.errcode === 'number' && 'errstr' in error;
}

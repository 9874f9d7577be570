import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isKindError, KindError } from '../../domain/errors.ts';

/** Readable by its owner only: what reports say is confidential. */
export function writeFile(file: string, content: string | Buffer): void {
  withFileFix(file, () => writeFileSync(file, content, { mode: 0o600 }));
}

/** A file or folder that cannot be written is the caller's to choose again. */
export function withFileFix(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (isKindError(error)) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new KindError('config', `${resolve(file)} cannot be written (${code}).`, {
      fix: 'Choose a file in an existing, writable folder.',
      cause: error,
    });
  }
}

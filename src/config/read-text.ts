import { readFileSync } from 'node:fs';

/** A file's text, or the system's code for why there is none (`ENOENT`, `EACCES` …). */
export function readText(file: string): { text: string } | { code: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    return { code: String(error.code) };
  }
}

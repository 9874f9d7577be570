import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

/** Far more than thousands of clients need; parsing more would only hang. */
const bytesMax = 1024 * 1024;

/** A file's text, or the problem as the end of a sentence. `isMissing`: the file does not exist. */
export type TextRead = { text: string } | { problem: string; isMissing: boolean };

export function readText(file: string): TextRead {
  try {
    if (statSync(file).size > bytesMax) {
      return {
        problem: 'is larger than 1 MB, which no config file is',
        isMissing: false,
      };
    }
    return decoded(readFileSync(file));
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    return { problem: `cannot be read (${error.code})`, isMissing: error.code === 'ENOENT' };
  }
}

/** Windows editors may save UTF-16 or a code page, which would garble names. */
function decoded(bytes: Buffer): TextRead {
  if (!isUtf8(bytes) || bytes.includes(0)) {
    return { problem: 'is not UTF-8; save it as UTF-8', isMissing: false };
  }
  return { text: bytes.toString('utf8').replace(/^\ufeff/, '') };
}

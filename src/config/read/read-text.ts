import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

/** Far more than thousands of clients need; parsing more would only hang. */
const bytesMax = 1024 * 1024;

/** For a file that this user may not read: with other rights it would not be private any more. */
export const asServiceUser = 'run the command as the user that the service runs as';

/** A file's text, or the problem as the end of a sentence. `isForbidden`: to this user. */
export type TextRead =
  | { text: string }
  | { problem: string; isMissing: boolean; isForbidden: boolean };

export function readText(file: string): TextRead {
  try {
    if (statSync(file).size > bytesMax) {
      return unusable('is larger than 1 MB, which no config file is');
    }
    return decoded(readFileSync(file));
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    const { code } = error;
    const isForbidden = code === 'EACCES' || code === 'EPERM';
    return { problem: `cannot be read (${code})`, isMissing: code === 'ENOENT', isForbidden };
  }
}

/** Windows editors may save UTF-16 or a code page, which would garble names. */
function decoded(bytes: Buffer): TextRead {
  if (!isUtf8(bytes) || bytes.includes(0)) {
    return unusable('is not UTF-8; save it as UTF-8');
  }
  return { text: bytes.toString('utf8').replace(/^\ufeff/, '') };
}

function unusable(problem: string): TextRead {
  return { problem, isMissing: false, isForbidden: false };
}

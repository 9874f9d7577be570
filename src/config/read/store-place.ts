import { resolve } from 'node:path';
import { isKindError } from '../../domain/errors.ts';
import { secretLengthMin } from '../../domain/redaction.ts';
import { addressOf, isPostgres } from '../../domain/store-address.ts';
import { atValue, type Problem } from '../fault.ts';
import { baseFolder, type Environment, lookUp } from './environment.ts';

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** What is before the password of an address, the password, and the rest. */
const withPassword = /^(\w+:\/\/[^/@:]*:)([^@]*)(@.*)$/;

interface StorePlace {
  /** The file's absolute path, or the address of a database with its password. */
  place: string;
  secrets: string[];
  problems: Problem[];
}

/**
 * Reads `store`. In an address `${NAME}` is substituted; its value may have any characters. A password
 * must be such a reference.
 */
export function readStorePlace(
  text: string,
  file: string,
  layers: readonly Environment[],
): StorePlace {
  if (!isPostgres(text)) {
    return { place: resolve(baseFolder(file), text), secrets: [], problems: [] };
  }
  const secrets: string[] = [];
  const faults: string[] = [];
  const substituted = (part: string, note: (name: string, value: string) => void = () => {}) =>
    part.replace(reference, (written, name: string) => {
      const found = lookUp(name, layers);
      if ('problem' in found) {
        faults.push(found.problem);
        return written;
      }
      note(name, found.value);
      return encodeURIComponent(found.value);
    });
  const [, before = text, password = '', after = ''] = withPassword.exec(text) ?? [];
  if (password.replace(reference, '') !== '') {
    faults.push(
      `the password is a secret and must not be in this file; write \${STORE_PASSWORD} in its place`,
    );
  }
  const secret = substituted(password, (name, value) => {
    secrets.push(value, encodeURIComponent(value));
    if (value.length >= secretLengthMin) return;
    faults.push(`${name} is too short for a secret: fewer than ${secretLengthMin} characters`);
  });
  const place = `${substituted(before)}${secret}${substituted(after)}`;
  if (faults.length === 0) faults.push(...addressFaults(place));
  const problems = faults.map((fault) => atValue(['store'], fault));
  return { place, secrets: [...new Set(secrets)], problems };
}

function addressFaults(place: string): string[] {
  try {
    addressOf(place);
    return [];
  } catch (error) {
    if (!isKindError(error)) throw error;
    return [`${error.message} ${error.fix}`];
  }
}

import { resolve } from 'node:path';
import { atValue, type Problem } from '../fault.ts';
import { baseFolder, type Environment, lookUp } from './environment.ts';

const scheme = /^postgres(?:ql)?:\/\//;
const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

interface StorePlace {
  /** The file's absolute path, or the address of a database with its password. */
  place: string;
  secrets: string[];
  problems: Problem[];
}

/** True for the address of a database on a server; otherwise `store` is a file. */
export function isAddress(text: string): boolean {
  return scheme.test(text);
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
  if (!isAddress(text))
    return { place: resolve(baseFolder(file), text), secrets: [], problems: [] };
  const secrets: string[] = [];
  const problems: Problem[] = [];
  const fault = (message: string) => problems.push(atValue(['store'], message));
  const place = text.replace(reference, (written, name: string) => {
    const found = lookUp(name, layers);
    if ('problem' in found) {
      fault(found.problem);
      return written;
    }
    secrets.push(found.value, encodeURIComponent(found.value));
    return encodeURIComponent(found.value);
  });
  const [, password = ''] = /^[a-z]+:\/\/[^/@]*?:([^@]*)@/.exec(text) ?? [];
  if (password.replace(reference, '') !== '') {
    fault(
      `the password is a secret and must not be in this file; write \${STORE_PASSWORD} in its place`,
    );
  } else if (
    problems.length === 0 &&
    !(URL.canParse(place) && new URL(place).pathname.length > 1)
  ) {
    fault(
      `must be a path, or an address such as postgres://hours:\${STORE_PASSWORD}@db.example.com/hours`,
    );
  }
  return { place, secrets: [...new Set(secrets)], problems };
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { manifestName } from './manifest.ts';

/** Every file of an exported folder, by its name in it. */
export function readFolder(folder: string): Map<string, string> {
  if (!existsSync(join(folder, manifestName))) {
    throw new KindError('config', `${folder} has no ${manifestName}.`, {
      fix: 'Name a folder that `prepaid-hours export buyer` wrote.',
    });
  }
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return new Map(
    paths
      .map((path): [string, string] => [
        relative(folder, path).replaceAll('\\', '/'),
        readFileSync(path, 'utf8'),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

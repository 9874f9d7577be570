import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { followLinks, isOnKernel } from '../../store/place.ts';

/**
 * Creates a folder with those above it. Throws `config` on a kernel file system: where one denies
 * that the folder above exists, Node would go on creating it for ever.
 */
export function createFolder(folder: string, mode?: number): void {
  if (!existsSync(folder) && isOnKernel(followLinks(resolve(folder)))) {
    throw new KindError('config', `${folder} is on a kernel file system, not on a disk.`, {
      fix: 'Name a folder on a disk.',
    });
  }
  mkdirSync(folder, { recursive: true, mode });
}

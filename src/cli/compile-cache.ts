import { existsSync, mkdirSync, statSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep compiled sources between processes. They may be deleted at any time, and where they
 * cannot be kept (no home, a read-only disk) the program only starts slower.
 */
export function useCompileCache(): void {
  // NODE_COMPILE_CACHE has named a folder already.
  if (getCompileCacheDir() !== undefined) return;
  try {
    const home = homedir();
    if (!existsSync(home)) return;
    const folder = join(home, ...cachesIn(process.platform), 'prepaid-hours', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(folder)) enableCompileCache(folder);
  } catch {
    // No command fails for want of a cache.
  }
}

/** Where the system keeps what may be deleted. */
function cachesIn(platform: NodeJS.Platform): string[] {
  if (platform === 'win32') return ['AppData', 'Local'];
  return platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'];
}

/** Compiled code is run as it is: nobody else may have put it there. */
function isOwn(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  const user = process.getuid?.();
  return user === undefined || (uid === user && (mode & 0o022) === 0);
}

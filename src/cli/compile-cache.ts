import { existsSync, mkdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node keep compiled sources between processes. It may be deleted at any time, and where it cannot
 * be kept (no home, a read-only disk) the program only starts slower.
 */
export function useCompileCache(env: NodeJS.ProcessEnv): void {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = env;
  if (NODE_COMPILE_CACHE !== undefined || NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  try {
    const folder = cacheFolder(env, process.platform);
    if (folder === null) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Compiled code is run as it is: nobody else, as in a shared temporary folder, may have put it there.
    const { uid, mode } = statSync(folder);
    const isOwn =
      process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    if (isOwn) enableCompileCache(folder);
  } catch {
    // No command fails for want of a cache.
  }
}

/** Where the system keeps what may be deleted; null: this user has no home. */
function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  const home = homedir();
  const usual =
    platform === 'win32'
      ? env.LOCALAPPDATA
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : env.XDG_CACHE_HOME || join(home, '.cache');
  if (!usual || !existsSync(home)) return null;
  return join(usual, 'prepaid-hours', 'compiled');
}

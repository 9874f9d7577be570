import type { LoadedConfig } from '../../config/loaded.ts';
import type { Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';

const key = 'callback-urls';

/** Where callbacks of the connection are to be sent; null: the config has no public address. */
export function callbackUrl({ web }: Pick<LoadedConfig, 'web'>, connection: string): string | null {
  return web?.url ? `${web.url}/hook/${encodeURIComponent(connection)}` : null;
}

/** Addresses that this installation has registered at the vendor, and not removed. */
export async function readRegistered(store: Store, connection: string): Promise<string[]> {
  return (await store.readMemory(connection, key))?.split('\n') ?? [];
}

export async function writeRegistered(
  store: Store,
  connection: string,
  urls: readonly string[],
  at: Instant,
): Promise<void> {
  const value = urls.length === 0 ? null : [...new Set(urls)].join('\n');
  await store.writeMemory(connection, key, value, at);
}

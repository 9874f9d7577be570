import { type Instant, instantFromMs, msFromInstant } from '../../domain/time.ts';
import type { App } from './app.ts';

const key = 'webhook-at';
/** `check` needs no finer answer, and a burst must not write for each of its messages. */
const notedEveryMs = 60_000;

/** When a webhook of the connection last proved to come from the vendor; null: none ever has. */
export function readArrival({ store }: Pick<App, 'store'>, connection: string) {
  return store.readMemory(connection, key) as Promise<Instant | null>;
}

export async function noteArrival(
  { store, now }: Pick<App, 'store' | 'now'>,
  connection: string,
): Promise<void> {
  const before = await readArrival({ store }, connection);
  if (before !== null && Math.abs(now() - msFromInstant(before)) < notedEveryMs) return;
  const at = instantFromMs(now());
  await store.writeMemory(connection, key, at, at);
}

/** What an attempt has just read, so that the write that follows does not read it again. */
import { isRecent } from '../../http/answers/clock.ts';

const lifeMs = 60_000;
/** Messages; a service runs for months. What is forgotten is read again. */
const keptMax = 500;

type Kept = { value: unknown; atMs: number };

export type Recent = ReturnType<typeof createRecent>;

export function createRecent(now: () => number) {
  const kept = new Map<string, Map<string, Kept>>();
  const shared = new Map<string, Kept>();
  const unlessOld = <T>(found: Kept | undefined) =>
    found !== undefined && isRecent(found.atMs, now(), lifeMs) ? (found as { value: T }) : null;
  return {
    /** `atMs`: before it was requested. */
    keep(key: string, name: string, value: unknown, atMs: number): void {
      const own = kept.get(key) ?? new Map<string, Kept>();
      kept.set(key, own.set(name, { value, atMs }));
      const [oldest] = kept.keys();
      if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    },
    /** Once; null: not read for this message within the last minute. */
    take<T>(key: string, name: string) {
      const found = kept.get(key)?.get(name);
      kept.get(key)?.delete(name);
      return unlessOld<T>(found);
    },
    forget: (key: string) => void kept.delete(key),
    /** For all messages: read at most once a minute. */
    async share<T>(name: string, read: () => Promise<T>) {
      const found = unlessOld<T>(shared.get(name));
      if (found !== null) return found.value;
      const atMs = now();
      const value = await read();
      shared.set(name, { value, atMs });
      return value;
    },
  };
}

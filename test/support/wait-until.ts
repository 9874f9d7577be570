import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again every few milliseconds; throws when it is still not so after `timeoutMs`. */
export async function waitUntil(
  what: string,
  isSo: () => boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`Waited in vain: ${what}.`);
    await sleep(5);
  }
}

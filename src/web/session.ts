import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** How long a browser stays signed in. */
export const sessionSeconds = 12 * 3600;

/** Wrong tokens that are answered before everybody waits out the minute: enough for people, too few to guess. */
const wrongMax = 20;
const windowMs = 60_000;

/** In a time that says nothing about how much of it is right. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return Buffer.from(hash('sha256', text), 'hex');
}

/** For the cookie: who holds it knew the token; a changed token ends every session. */
export function signSession(token: string, nowMs: number): string {
  const until = Math.floor(nowMs / 1000) + sessionSeconds;
  return `${until}.${signature(token, until)}`;
}

export function isSession(value: string, token: string, nowMs: number): boolean {
  const [, until = '', signed = ''] = /^(\d{1,12})\.([0-9a-f]{64})$/.exec(value) ?? [];
  return Number(until) * 1000 > nowMs && isSame(signed, signature(token, Number(until)));
}

function signature(token: string, until: number): string {
  return createHmac('sha256', token).update(`status page until ${until}`).digest('hex');
}

/** Counts wrong tokens of all callers together. */
export class Guesses {
  #wrong = 0;
  #sinceMs = 0;

  isTooMany(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= windowMs) this.#wrong = 0;
    return this.#wrong >= wrongMax;
  }

  add(nowMs: number): void {
    if (this.#wrong === 0) this.#sinceMs = nowMs;
    this.#wrong += 1;
  }
}

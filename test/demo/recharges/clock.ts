/** A clock that the sandboxes and the program read, and that the story sets. */
import { type Instant, instantFromMs } from '../../../src/domain/time.ts';

const dayMs = 86_400_000;

export class Clock {
  readonly #startMs: number;
  #aheadMs: number;

  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#aheadMs = startMs - performance.now();
  }

  readonly nowMs = (): number => Math.floor(this.#aheadMs + performance.now());

  readonly now = (): Instant => instantFromMs(this.nowMs());

  /** The same time of day, so many days after the start; later, if that is over. */
  goToDay(day: number): void {
    const wantedMs = this.#startMs + day * dayMs;
    this.#aheadMs = Math.max(this.#aheadMs, wantedMs - performance.now());
  }

  /** Of a day, at the hour of the start. */
  at(day: number): Instant {
    return instantFromMs(this.#startMs + day * dayMs);
  }
}

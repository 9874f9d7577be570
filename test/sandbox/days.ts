/** Days that pass at once, for what a payment provider does later. */

export const dayMs = 86_400_000;

interface Due {
  atMs: number;
  run(atMs: number): void;
}

export class PassingDays {
  readonly #due: Due[] = [];
  readonly #now: () => number;
  #offsetMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  now(): number {
    return this.#now() + this.#offsetMs;
  }

  /** What is due then happens, each at its own time. */
  passDays(days: number): void {
    this.#offsetMs += days * dayMs;
    this.catchUp();
  }

  catchUp(): void {
    for (;;) {
      this.#due.sort((a, b) => a.atMs - b.atMs);
      const [next] = this.#due;
      if (next === undefined || next.atMs > this.now()) return;
      this.#due.shift();
      next.run(next.atMs);
    }
  }

  protected runAt(atMs: number, run: Due['run']): void {
    this.#due.push({ atMs, run });
  }
}

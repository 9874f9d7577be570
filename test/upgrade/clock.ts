/** The clock of this process, as the program and the sandboxes in it read it. */
const real = Date.now;
let aheadMs = 0;
/** Always the same function: a sandbox keeps the one that it finds when it starts. */
const faked = () => Math.floor(aheadMs + performance.now());

/** Sets it to that time, from which it goes on. */
export function setClock(at: string): void {
  aheadMs = Date.parse(at) - performance.now();
  Date.now = faked;
}

export function releaseClock(): void {
  Date.now = real;
}

/** Numbers in [0, 1), identical for the same seed on every machine. */
export type RandomSource = () => number;

/** A small generator for drawing futures; far too weak for secrets. http://prng.di.unimi.it/ (splitmix, 32 bits) */
export function randomFrom(seed: number): RandomSource {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

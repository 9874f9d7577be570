/** What was measured of one thing beside another, in one run on one machine. */
export interface Ratio {
  name: string;
  /** Null: it could not be measured here; `note` says why. */
  value: number | null;
  /** `≥ 0.40`, `≤ 1.3`. */
  aim: string;
  met: boolean | null;
  /** The figures behind the value, for people. */
  note: string;
}

export interface Aim {
  name: string;
  atLeast?: number;
  atMost?: number;
}

export function ratioOf(aim: Aim, value: number | null, note: string): Ratio {
  const { name, atLeast, atMost } = aim;
  const text = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  if (value === null) return { name, value, aim: text, met: null, note };
  const met = value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? value);
  return { name, value: Number(value.toPrecision(3)), aim: text, met, note };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('a median needs a value');
  return (low + high) / 2;
}

/** Milliseconds that the work took, with the garbage of what was before it out of the way. */
export async function timed(work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

export interface Side {
  /** Not timed. */
  prepare?(): unknown;
  work(): unknown;
}

/** Each of the two in turn, so that both meet the same machine; the medians of `rounds`. */
export async function sideBySide(
  rounds: number,
  one: Side,
  other: Side,
): Promise<{ oneMs: number; otherMs: number; ratio: number }> {
  const pairs: { oneMs: number; otherMs: number }[] = [];
  const take = async (side: Side) => {
    await side.prepare?.();
    return timed(() => side.work());
  };
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ oneMs: await take(one), otherMs: await take(other) });
  }
  return {
    oneMs: median(pairs.map(({ oneMs }) => oneMs)),
    otherMs: median(pairs.map(({ otherMs }) => otherMs)),
    ratio: median(pairs.map(({ oneMs, otherMs }) => oneMs / otherMs)),
  };
}

export function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

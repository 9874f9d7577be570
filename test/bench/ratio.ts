import { spawnSync } from 'node:child_process';

/** What was measured of one thing beside another, in one run on one machine. */
export interface Ratio {
  name: string;
  /** With how many clients. */
  clients: number | null;
  /** By wall clock. Null: it could not be measured here; `note` says why. */
  wall: number | null;
  /** By processor time; null: only one figure was measured, and `wall` is it. */
  processor: number | null;
  /**
   * `≥ 0.40`, `≤ 1.3`: of the processor time if there is one, since walls depend on the neighbours.
   * Null: a comparison without a target.
   */
  aim: string | null;
  met: boolean | null;
  /** The figures behind the value, for people. */
  note: string;
}

export interface Aim {
  name: string;
  clients?: number;
  atLeast?: number;
  atMost?: number;
}

/** Milliseconds. */
export interface Took {
  wallMs: number;
  processorMs: number;
}

export function ratioOf(
  aim: Aim,
  measured: { wall: number; processor: number | null } | null,
  note: string,
): Ratio {
  const { name, clients = null, atLeast, atMost } = aim;
  const text =
    atLeast === undefined ? (atMost === undefined ? null : `≤ ${atMost}`) : `≥ ${atLeast}`;
  const row = { name, clients, aim: text, note };
  if (measured === null) return { ...row, wall: null, processor: null, met: null };
  const value = measured.processor ?? measured.wall;
  const isMet = value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? value);
  const met = text === null ? null : isMet;
  return { ...row, wall: rounded(measured.wall), processor: rounded(measured.processor), met };
}

function rounded<Value extends number | null>(value: Value) {
  return (value === null ? null : Number(value.toPrecision(3))) as Value;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('a median needs a value');
  return (low + high) / 2;
}

/** What the work took, with the garbage of what was before it out of the way. */
export async function timed(work: () => unknown): Promise<Took> {
  globalThis.gc?.();
  const startMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startMs, processorMs: (user + system) / 1000 };
}

const answerBytesMax = 64 * 1024 * 1024;

/** Runs a program to its end. Bash measures it: Node does not know the processor time of a child. */
export function timedProcess(command: string, words: readonly string[]): Took & { text: string } {
  const measure = 'exec 3>&2; TIMEFORMAT="%R %U %S"; time "$@" 2>&3';
  const { stdout, stderr, status } = spawnSync('bash', ['-c', measure, 'bash', command, ...words], {
    env: { ...process.env, PSA_API_KEY: 'never-used-here' },
    encoding: 'utf8',
    maxBuffer: answerBytesMax,
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  const [, real, user, system] = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (real === undefined) throw new Error(`bash did not say what ${command} took`);
  const processorMs = (Number(user) + Number(system)) * 1000;
  return { wallMs: Number(real) * 1000, processorMs, text: stdout };
}

export interface Side {
  /** Not timed. */
  prepare?(): unknown;
  /** What it took, or a work to be timed. */
  work(): unknown;
}

export interface Compared {
  one: Took;
  other: Took;
  wall: number;
  processor: number;
}

/** Each of the two in turn, so that both meet the same machine; the medians of `rounds`. */
export async function sideBySide(rounds: number, one: Side, other: Side): Promise<Compared> {
  const pairs: { one: Took; other: Took }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ one: await take(one), other: await take(other) });
  }
  return comparePairs(pairs);
}

export function comparePairs(pairs: readonly { one: Took; other: Took }[]): Compared {
  const middle = (of: (pair: { one: Took; other: Took }) => number) => median(pairs.map(of));
  // Bash counts in milliseconds.
  const ratio = (a: number, b: number) => a / Math.max(b, 0.001);
  return {
    one: {
      wallMs: middle(({ one }) => one.wallMs),
      processorMs: middle(({ one }) => one.processorMs),
    },
    other: {
      wallMs: middle(({ other }) => other.wallMs),
      processorMs: middle(({ other }) => other.processorMs),
    },
    wall: middle(({ one, other }) => ratio(one.wallMs, other.wallMs)),
    processor: middle(({ one, other }) => ratio(one.processorMs, other.processorMs)),
  };
}

/** Of a program that was run, its own time and not that of waiting for it. */
async function take(side: Side): Promise<Took> {
  await side.prepare?.();
  let inside: unknown;
  const outside = await timed(async () => {
    inside = await side.work();
  });
  return isTook(inside) ? inside : outside;
}

function isTook(value: unknown): value is Took {
  return typeof value === 'object' && value !== null && 'processorMs' in value;
}

/** `12.3 ms beside 4.5 ms`, of the processor. */
export function besideText({ one, other }: Compared): string {
  return `${ms(one.processorMs)} beside ${ms(other.processorMs)}`;
}

export function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

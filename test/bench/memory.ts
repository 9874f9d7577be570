import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Ratio, ratioOf } from './ratio.ts';

const rounds = 5;

/** A backfill is long and its peak hardly varies: beyond so many entries it is made once only. */
const repeatedEntriesMax = 20_000;

/**
 * Peak memory of a process that pulls and debits everything, beside a hundredth of the entries, both
 * with the options for Node's heap that the product is started with.
 */
export function measureMemory(folder: string, entries: number, clients: number): Ratio[] {
  const options = heapOptions();
  const repeats = entries > repeatedEntriesMax ? 1 : rounds;
  const large: number[] = [];
  const small: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round < repeats) large.push(peakBytes(folder, entries, clients, options));
    small.push(peakBytes(folder, Math.ceil(entries / 100), clients, options));
  }
  const [most, least] = [median(large), median(small)];
  const note = `${megabytes(most)} MB (${repeats} backfills) beside ${megabytes(least)} MB, with ${options.join(' ')}`;
  return [
    ratioOf(
      { name: 'peak memory of the backfill beside a hundredth of the entries', atMost: 1.5 },
      { wall: most / least, processor: null },
      note,
    ),
    ratioOf(
      { name: 'peak memory of the backfill, MB', atMost: 200 },
      { wall: megabytes(most), processor: null },
      note,
    ),
  ];
}

/** As the package's own start script has them. */
export function heapOptions(): string[] {
  const file = join(import.meta.dirname, '../../package.json');
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> };
  return (scripts['prepaid-hours'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function peakBytes(
  parent: string,
  entries: number,
  clients: number,
  options: readonly string[],
): number {
  const folder = mkdtempSync(join(parent, 'memory-'));
  const program = join(import.meta.dirname, 'memory-process.ts');
  const words = [...options, program, folder, `${entries}`, `${clients}`];
  const text = execFileSync(process.execPath, words, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const { peakBytes, posted } = JSON.parse(text) as { peakBytes: number; posted: number };
  if (posted < entries / 3) throw new Error(`a backfill of ${entries} posted ${posted} only`);
  return peakBytes;
}

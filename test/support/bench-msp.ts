/** An MSP whose PSAs are the vendors' benches: its config file, its commands, its work of today. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { z } from 'zod';
import type { VendorModule } from '../../src/contract/connector.ts';
import type { ContractBench } from '../connectors/contract-bench.ts';
import { runHere } from './run-here.ts';

export interface BenchConnection {
  vendor: VendorModule;
  bench: Pick<ContractBench, 'settings'>;
  /** Settings that replace the bench's. */
  settings?: object;
}

/**
 * Every text of a connection goes in by reference, as an admin would write it. `rest`: all of the file but its
 * connections.
 */
export function writeBenchConfig(
  folder: string,
  connections: Readonly<Record<string, BenchConnection>>,
  rest: object,
): void {
  const secrets: string[] = [];
  const referenced = (value: unknown): unknown => {
    if (typeof value === 'string') {
      secrets.push(`BENCH_${secrets.length}=${JSON.stringify(value)}`);
      return `\${BENCH_${secrets.length - 1}}`;
    }
    if (Array.isArray(value)) return value.map(referenced);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, referenced(item)]));
  };
  const written = Object.entries(connections).map(([name, { vendor, bench, settings }]) => {
    const all = { ...(bench.settings as object), ...settings };
    return [name, { vendor: vendor.id, ...(referenced(all) as object) }];
  });
  const file = { ...rest, connections: Object.fromEntries(written) };
  writeFileSync(join(folder, 'connector.yaml'), stringify(file));
  writeFileSync(join(folder, '.env'), `${secrets.join('\n')}\n`, { mode: 0o600 });
}

/** Runs commands on the config file of a folder; throws, with all that was printed, where one does not end well. */
export function commandsIn(folder: string) {
  return async <Shown>(words: readonly string[], schema: z.ZodType<Shown>): Promise<Shown> => {
    const options = ['--json', '--config', join(folder, 'connector.yaml')];
    const done = await runHere(...words, ...options);
    if (done.exitCode !== 0) {
      throw new Error(`${words.join(' ')}: exit ${done.exitCode}\n${done.stdout}${done.stderr}`);
    }
    return schema.parse(JSON.parse(done.stdout));
  };
}

/** Work of the first client that ends this minute, for vendors that date work by when it was logged. */
export async function putWorkOfToday(bench: ContractBench, seconds: number): Promise<void> {
  const endMs = Math.floor(Date.now() / 60_000) * 60_000;
  const startedAt = new Date(endMs - seconds * 1000).toISOString();
  await bench.putWork({ client: 0, summary: 'Of today', startedAt, seconds, isBillable: true });
}

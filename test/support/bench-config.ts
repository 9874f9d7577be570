/** Writes a config file that reaches sandboxes, as an admin would: every text of a connection by reference. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { VendorModule } from '../../connectors/contract.ts';
import type { ContractBench } from '../connectors/contract-bench.ts';

export interface BenchConnection {
  vendor: VendorModule;
  bench: ContractBench;
  /** Settings that replace the bench's. */
  settings?: object;
}

/** `rest`: all of the file but its connections. */
export function writeBenchConfig(
  folder: string,
  connections: Readonly<Record<string, BenchConnection>>,
  rest: object,
): string {
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
  const file = join(folder, 'connector.yaml');
  writeFileSync(file, stringify({ ...rest, connections: Object.fromEntries(written) }));
  writeFileSync(join(folder, '.env'), `${secrets.join('\n')}\n`, { mode: 0o600 });
  return file;
}

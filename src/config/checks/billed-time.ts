import { atValue, type Problem } from '../fault.ts';
import type { ConfiguredConnection } from '../loaded.ts';
import { keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { effectiveTerms } from './client-checks.ts';

/** Finds `timeFrom: billed` for a client whose vendor keeps no billable hours. */
export function missingBilledTime(
  raw: unknown,
  connections: ReadonlyMap<string, ConfiguredConnection>,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    if (effectiveTerms(raw, client).timeFrom !== 'billed') continue;
    const isOwn = textAt(client, 'overrides', 'timeFrom') !== null;
    const path = isOwn
      ? ['clients', index, 'overrides', 'timeFrom']
      : ['agreements', textAt(client, 'agreement') ?? '', 'timeFrom'];
    for (const [name] of keyed(valueAt(client, ['ids']))) {
      const connection = connections.get(name);
      const { pulls, table, title } = connection?.vendor ?? {};
      const hasTime = pulls?.includes('timeEntries') || pulls?.includes('ticketTime');
      if (!hasTime || table?.billedTime) continue;
      const message = `"${name}" (${title}) does not report billable hours; use timeFrom: worked`;
      problems.set(JSON.stringify(path), atValue(path, message));
    }
  }
  return [...problems.values()];
}

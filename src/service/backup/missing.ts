import { formatDuration } from '../../domain/duration.ts';
import { isKindError } from '../../domain/errors.ts';
import type { Store } from '../../store/port.ts';

type Manual = Pick<Store, 'listManualRuns' | 'listClients'>;

/** What was entered by hand in the one store and is not in the other; null: it cannot be read. */
export async function listMissing(current: Manual, copy: Manual): Promise<string[] | null> {
  try {
    const known = new Set((await copy.listManualRuns()).map(({ id }) => id));
    const names = new Map((await current.listClients()).map(({ id, name }) => [id, name]));
    const runs = await current.listManualRuns();
    return runs.filter(({ id }) => !known.has(id)).map((run) => describeEntry(run, names));
  } catch (error) {
    if (!isKindError(error)) throw error;
    return null;
  }
}

/** `2026-03-31 adjust: Martin, 2 h, reason goodwill`. */
function describeEntry(
  { id, command, result }: { id: string; command: string; result: string },
  names: ReadonlyMap<string, string>,
): string {
  const day = id.slice(2, 10).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const { request } = JSON.parse(result) as { request?: Record<string, unknown> };
  const parts = Object.entries(request ?? {}).flatMap(([name, value]) => {
    if (name === 'clientId') return [names.get(String(value)) ?? String(value)];
    if (name === 'seconds') return value === 0 ? [] : [formatDuration(Number(value))];
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    return [`${name} ${value}`];
  });
  return parts.length === 0 ? `${day} ${command}` : `${day} ${command}: ${parts.join(', ')}`;
}

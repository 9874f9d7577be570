import { nearest } from '../../config/nearest.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { foldName } from '../../domain/records/names.ts';
import { plainText } from '../../reports/format/plain-text.ts';

/**
 * Finds the client by our id, by name, or by a unique part of the name, ignoring case and accents.
 * Throws `config` with the closest names.
 */
export function findClient(clients: readonly Client[], query: string): Client {
  const byId = clients.find((client) => client.id === query);
  if (byId !== undefined) return byId;
  const exact = clients.filter((client) => client.name === query);
  if (exact.length === 1 && exact[0] !== undefined) return exact[0];
  const wanted = foldName(query);
  const alike = clients.filter((client) => foldName(client.name) === wanted);
  const partly = wanted === '' ? [] : clients.filter(({ name }) => foldName(name).includes(wanted));
  const candidates = alike.length > 0 ? alike : partly;
  if (candidates.length === 1 && candidates[0] !== undefined) return candidates[0];
  const shown = plainText(query);
  if (candidates.length > 1) {
    const names = candidates.slice(0, 8).map(({ id, name }) => `${name} (${id})`);
    throw new KindError('config', `"${shown}" matches ${candidates.length} clients.`, {
      fix: `Use the full name or the id: ${names.join(', ')}.`,
    });
  }
  throw new KindError('config', `There is no client "${shown}".`, {
    fix: nearNames(clients, wanted),
  });
}

function nearNames(clients: readonly Client[], wanted: string): string {
  if (clients.length === 0) {
    return 'No clients yet: add them to the config file, then run `prepaid-hours run`.';
  }
  const byFolded = new Map(clients.map((client) => [foldName(client.name), client.name]));
  const near = nearest(wanted, byFolded.keys()) ?? nearestByWord(byFolded, wanted);
  const name = near === null ? undefined : byFolded.get(near);
  if (name !== undefined) return `Did you mean "${name}"?`;
  const names = [...byFolded.values()].slice(0, 8);
  const more = clients.length > names.length ? ` and ${clients.length - names.length} more` : '';
  return `Clients: ${names.join(', ')}${more}.`;
}

/** People often type one word of a name, with a typo. */
function nearestByWord(byFolded: ReadonlyMap<string, string>, wanted: string): string | null {
  const words = new Map<string, string>();
  for (const name of byFolded.keys()) for (const word of name.split(' ')) words.set(word, name);
  const near = nearest(wanted, words.keys());
  return near === null ? null : (words.get(near) ?? null);
}

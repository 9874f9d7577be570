import type { Connector, NameLists } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';

/** A client of the PSA that may be configured. */
export interface OfferedClient {
  id: string;
  /** Unique among them: of two alike, each has its id behind it. */
  name: string;
  /** What is left of hours that the PSA itself counts down; empty: it has no such block. */
  native: readonly { name: string; seconds: number }[];
}

export interface Offered {
  clients: OfferedClient[];
  names: NameLists;
  /** What could not be read, in a sentence each. */
  problems: string[];
}

/** What the PSA has to choose from: clients, those with a block of the PSA’s own first, and names. */
export async function readOffered(connector: Connector, signal: AbortSignal): Promise<Offered> {
  const problems: string[] = [];
  const ifThere = async <Value>(read: () => Promise<Value>, otherwise: Value): Promise<Value> => {
    try {
      return await read();
    } catch (error) {
      if (!isKindError(error, 'permission', 'rejected', 'contract', 'config')) throw error;
      problems.push(error.message);
      return otherwise;
    }
  };
  const listed = (await connector.listClients?.(signal)) ?? [];
  const ids = listed.map(({ sourceId }) => sourceId);
  const names = await ifThere(async () => (await connector.listNames?.([], signal)) ?? {}, {});
  const blocks = await ifThere(() => readBlocks(connector, ids, signal), new Map());
  const count = Map.groupBy(listed, ({ name }) => name.trim().toLowerCase());
  const clients = listed.map(({ sourceId: id, name }): OfferedClient => {
    const isAlone = count.get(name.trim().toLowerCase())?.length === 1;
    const unique = isAlone && name.trim() !== '' ? name.trim() : `${name.trim()} (${id})`.trim();
    return { id, name: unique, native: blocks.get(id) ?? [] };
  });
  clients.sort(
    (a, b) =>
      Number(b.native.length > 0) - Number(a.native.length > 0) ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  return { clients, names, problems };
}

async function readBlocks({ pull }: Connector, ids: readonly string[], signal: AbortSignal) {
  const blocks = new Map<string, { name: string; seconds: number }[]>();
  if (pull.blocks === undefined || ids.length === 0) return blocks;
  for await (const { rows } of pull.blocks(ids, signal)) {
    for (const { clientId, name, remainingSeconds: seconds } of rows) {
      blocks.set(clientId, [...(blocks.get(clientId) ?? []), { name, seconds }]);
    }
  }
  return blocks;
}

/** Hours with at most two decimals, as the config file wants them; null: nothing is left. */
export function hoursText(seconds: number): string | null {
  const hundredths = Math.round(seconds / 36);
  return hundredths <= 0 ? null : String(hundredths / 100);
}

/** `all`, or ids separated by commas. Throws `config` for an id that the PSA does not list. */
export function chooseClients(offered: readonly OfferedClient[], wanted: string): OfferedClient[] {
  if (wanted.trim() === 'all') return [...offered];
  const ids = wanted.split(',').flatMap((id) => id.trim() || []);
  const unknown = ids.filter((id) => !offered.some((client) => client.id === id));
  if (ids.length > 0 && unknown.length === 0) {
    return offered.filter(({ id }) => ids.includes(id));
  }
  const shown = offered.slice(0, 8).map(({ id, name }) => `${id} (${name})`);
  const more = offered.length > shown.length ? ` and ${offered.length - shown.length} more` : '';
  const message =
    ids.length === 0
      ? '--clients names no client.'
      : `The PSA lists no client ${unknown.join(', ')}, or the config has it already.`;
  const fix = `Name IDs, separated by commas, or all. Clients: ${shown.join(', ')}${more}.`;
  throw new KindError('config', message, { fix });
}

/**
 * What every list of one or more clients must keep to. Halo ignores a parameter that it does not know and
 * says nothing, so the effect of each is seen on the answer.
 */

import type { SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Api, Query } from './api.ts';
import { readFact } from './facts.ts';

/** So many numbers fit into an address that every server takes. */
const clientsPerList = 100;

/** Halo's ids of these clients; throws `config` for what is no number. */
export function clientNumbers(clientIds: readonly SourceId[]): SourceId[] {
  const wrong = clientIds.find((id) => !/^\d+$/.test(id));
  if (wrong === undefined) return [...clientIds];
  throw new KindError('config', `"${wrong}" is no client id of Halo, which are numbers.`, {
    fix: 'Write the number from the client’s address in Halo under its ids.',
  });
}

/** The clients in as few lists as the address and this Halo allow. */
export async function clientLists(
  api: Api,
  clientIds: readonly SourceId[],
): Promise<{ ids: SourceId[]; query: Query }[]> {
  const ids = clientNumbers(clientIds);
  const isSingle = (await readFact(api.context, 'client-ids')) === 'no';
  const size = isSingle ? 1 : clientsPerList;
  const lists: { ids: SourceId[]; query: Query }[] = [];
  for (let from = 0; from < ids.length; from += size) {
    const part = ids.slice(from, from + size);
    const query = part.length === 1 ? { client_id: part[0] } : { client_ids: part.join(',') };
    lists.push({ ids: part, query });
  }
  return lists;
}

export function refuseStranger(
  path: string,
  clientId: SourceId | null | undefined,
  ids: readonly SourceId[],
) {
  if (clientId == null || ids.includes(clientId)) return;
  throw ignored(path, `client ${clientId}, which was not asked for`);
}

export function ignored(path: string, what: string): KindError {
  return new KindError('contract', `GET ${path} answered with ${what}: a filter was ignored.`, {
    fix: 'Halo ignores parameters that it does not know. Run check.',
  });
}

/** `2026-03-02T10:30:00`, as Halo reads moments in filters: UTC, without a mark of it. */
export function filterMoment(instant: string): string {
  return instant.slice(0, 19);
}

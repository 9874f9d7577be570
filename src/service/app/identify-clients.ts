import type { ConfiguredClient } from '../../config/loaded.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { foldName } from '../../domain/records/names.ts';
import type { Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';

type KnownClient = Awaited<ReturnType<Store['listClients']>>[number];

interface IdentifiedClients {
  clients: Client[];
  /** A question for the admin about each client whose name is known under other IDs. */
  questions: KindError[];
}

/**
 * Assigns every client its permanent ID, for a process that writes. If the config has a known name
 * with other IDs, it may be the same client, re-created in the PSA, or another client of the same
 * name. Until the config says which, the client keeps its ledger and former IDs, and no block is
 * granted again.
 */
export async function identifyClients(
  store: Store,
  configured: readonly ConfiguredClient[],
  at: Instant,
): Promise<IdentifiedClients> {
  const known = await store.listClients();
  const questions: KindError[] = [];
  const findKnown = finderOf(known, configured);
  const accepted = configured.flatMap((client) => {
    const match = findKnown(client);
    if (match === undefined || match.isById) return [client];
    questions.push(toQuestion(client, match.known));
    const sourceIds = new Map(
      match.known.sources
        .filter(({ connection }) => client.sourceIds.has(connection))
        .map(({ connection, sourceId }): [string, string] => [connection, sourceId]),
    );
    // Without an ID nothing can be sent for the client, so it is skipped until the question is
    // answered.
    return sourceIds.has(client.pushTo) ? [{ ...client, sourceIds }] : [];
  });
  const ids = await store.assignClientIds(accepted, at);
  const clients = linkPayers(
    accepted.map((client, index) => ({ ...client, id: idAt(ids, index) })),
  );
  return { clients, questions };
}

/** For a process that only reads: an unknown client is left out, or gets its ID from `idOfNew`. */
export async function recognizeClients(
  store: Store,
  configured: readonly ConfiguredClient[],
  idOfNew: (client: ConfiguredClient) => string | null,
): Promise<Client[]> {
  const known = await store.listClients();
  const findKnown = finderOf(known, configured);
  const seen = configured.flatMap((client) => {
    const id = findKnown(client)?.known.id ?? idOfNew(client);
    return id === null ? [] : [{ ...client, id }];
  });
  return linkPayers(seen);
}

/** Replaces payers' names with the clients. A client that is paid for pays for nobody. */
export function linkPayers(clients: readonly (ConfiguredClient & Pick<Client, 'id'>)[]): Client[] {
  const payers = new Map(
    clients
      .filter(({ paidBy }) => paidBy === null)
      .map((client): [string, Client] => [client.name, { ...client, paidBy: null }]),
  );
  return clients.flatMap((client) => {
    // A read-only command does not know a payer that no run has seen: nothing is posted for it yet.
    const payer = payers.get(client.paidBy?.name ?? client.name);
    if (payer === undefined) return [];
    return client.paidBy === null ? payer : { ...client, paidBy: payer };
  });
}

type FindKnown = (client: ConfiguredClient) => { known: KnownClient; isById: boolean } | undefined;

/** Finds a client by ID, or by the name of a client none of whose IDs is still in the config. */
function finderOf(
  known: readonly KnownClient[],
  configured: readonly ConfiguredClient[],
): FindKnown {
  const configuredIds = new Set(configured.flatMap(idsOf));
  const byId = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [place, { name, sources }] of known.entries()) {
    const ids = sources.map(({ connection, sourceId }) => idKey(connection, sourceId));
    for (const id of ids) if (!byId.has(id)) byId.set(id, place);
    const folded = foldName(name);
    const isGone = !ids.some((id) => configuredIds.has(id));
    if (isGone && !byName.has(folded)) byName.set(folded, place);
  }
  const at = (place: number | undefined, isById: boolean) => {
    const found = known[place ?? -1];
    return found === undefined ? undefined : { known: found, isById };
  };
  return (client) => {
    const places = idsOf(client).flatMap((id) => byId.get(id) ?? []);
    // Of several, the one that the store lists first.
    return places.length > 0
      ? at(Math.min(...places), true)
      : at(byName.get(foldName(client.name)), false);
  };
}

function idsOf({ sourceIds, formerIds }: ConfiguredClient): string[] {
  return [...sourceIds, ...formerIds].map(([connection, id]) => idKey(connection, id));
}

function idKey(connection: string, sourceId: string): string {
  return JSON.stringify([connection, sourceId]);
}

function toQuestion(client: ConfiguredClient, known: KnownClient): KindError {
  const knownIds = known.sources.map(({ connection, sourceId }) => `${connection}: ${sourceId}`);
  const configuredIds = [...client.sourceIds].map(([connection, id]) => `${connection}: ${id}`);
  return new KindError(
    'config',
    `The config has client "${client.name}" as ${configuredIds.join(', ')}, but its ledger belongs to ` +
      `${knownIds.join(', ')}. Until this is resolved, the ledger keeps its former ID and no opening block is granted again.`,
    {
      fix:
        `If it is the same client, add to it \`formerIds: { ${knownIds.join(', ')} }\`. ` +
        'If it is a different client, give it a different name.',
    },
  );
}

function idAt(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new Error('the store gave fewer ids than there are clients');
  return id;
}

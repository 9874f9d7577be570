import type { ConfiguredClient } from '../../config/loaded.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { foldName } from '../../domain/records/names.ts';
import type { Instant } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';

type KnownClient = Awaited<ReturnType<Store['listClients']>>[number];

export interface IdentifiedClients {
  clients: Client[];
  /** For each client whose name is known under other ids: what the admin has to decide. */
  questions: KindError[];
}

/**
 * Gives every client its lasting id, for a process that writes. Where the config has a known name with
 * other ids, it may be the same client, re-created in the PSA, or another one of that name: until the
 * config says which, the client keeps its ledger and its former ids, and nothing is granted again.
 */
export async function identifyClients(
  store: Store,
  configured: readonly ConfiguredClient[],
  at: Instant,
): Promise<IdentifiedClients> {
  const known = await store.listClients();
  const questions: KindError[] = [];
  const accepted = configured.flatMap((client) => {
    const match = findKnown(known, configured, client);
    if (match === undefined || match.isById) return [client];
    questions.push(toQuestion(client, match.known));
    const sourceIds = new Map(
      match.known.sources
        .filter(({ connection }) => client.sourceIds.has(connection))
        .map(({ connection, sourceId }): [string, string] => [connection, sourceId]),
    );
    // Without an id there is nowhere to send what concerns it: the client waits for the answer.
    return sourceIds.has(client.pushTo) ? [{ ...client, sourceIds }] : [];
  });
  const ids = await store.assignClientIds(accepted, at);
  const clients = linkPayers(
    accepted.map((client, index) => ({ ...client, id: idAt(ids, index) })),
  );
  return { clients, questions };
}

/** For a process that only reads: a client never seen is left out, or gets the id that `idOfNew` gives. */
export async function recognizeClients(
  store: Store,
  configured: readonly ConfiguredClient[],
  idOfNew: (client: ConfiguredClient) => string | null,
): Promise<Client[]> {
  const known = await store.listClients();
  const seen = configured.flatMap((client) => {
    const id = findKnown(known, configured, client)?.known.id ?? idOfNew(client);
    return id === null ? [] : [{ ...client, id }];
  });
  return linkPayers(seen);
}

/** Puts the clients that pay in the place of their names. Who is paid for pays for nobody. */
export function linkPayers(clients: readonly (ConfiguredClient & Pick<Client, 'id'>)[]): Client[] {
  const payers = new Map(
    clients
      .filter(({ paidBy }) => paidBy === null)
      .map((client): [string, Client] => [client.name, { ...client, paidBy: null }]),
  );
  return clients.flatMap((client) => {
    // A command that only looks knows nothing of a payer that no run has seen: nothing is posted yet.
    const payer = payers.get(client.paidBy?.name ?? client.name);
    if (payer === undefined) return [];
    return client.paidBy === null ? payer : { ...client, paidBy: payer };
  });
}

/** By an id, or else by the name of a client none of whose ids is in the config any more. */
function findKnown(
  known: readonly KnownClient[],
  configured: readonly ConfiguredClient[],
  client: ConfiguredClient,
): { known: KnownClient; isById: boolean } | undefined {
  const byId = known.find((candidate) => hasId(candidate, client));
  if (byId !== undefined) return { known: byId, isById: true };
  const wanted = foldName(client.name);
  const byName = known.find(
    (candidate) =>
      foldName(candidate.name) === wanted && !configured.some((other) => hasId(candidate, other)),
  );
  return byName === undefined ? undefined : { known: byName, isById: false };
}

function hasId({ sources }: KnownClient, { sourceIds, formerIds }: ConfiguredClient): boolean {
  return sources.some(({ connection, sourceId }) =>
    [sourceIds, formerIds].some((ids) => ids.get(connection) === sourceId),
  );
}

function toQuestion(client: ConfiguredClient, known: KnownClient): KindError {
  const knownIds = known.sources.map(({ connection, sourceId }) => `${connection}: ${sourceId}`);
  const configuredIds = [...client.sourceIds].map(([connection, id]) => `${connection}: ${id}`);
  return new KindError(
    'config',
    `The config has the client "${client.name}" as ${configuredIds.join(', ')}, but its ledger belongs to ` +
      `${knownIds.join(', ')}. Until this is answered, the ledger keeps its former id and no opening block is granted again.`,
    {
      fix:
        `If it is the same client, add \`formerIds: { ${knownIds.join(', ')} }\` to it. ` +
        'If it is a different client, give it a different name.',
    },
  );
}

function idAt(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new Error('the store gave fewer ids than there are clients');
  return id;
}

import { KindError } from '../../../domain/errors.ts';
import type { Instant } from '../../../domain/time.ts';
import type { ClientStore } from '../../port.ts';
import type { Database } from '../database.ts';

type ConfiguredClient = Parameters<ClientStore['assignClientIds']>[0][number];

interface KnownClient {
  id: string;
  name: string;
}

const idLengthMax = 20;

export function clientStore(database: Database): ClientStore {
  return {
    assignClientIds: async (clients, at) => database.write(() => assign(database, clients, at)),
  };
}

function assign(database: Database, clients: readonly ConfiguredClient[], at: Instant): string[] {
  refuseShared(clients);
  const found = clients.map((client) => findKnown(database, client));
  const names = new Map<string, string[]>();
  for (const [index, { name }] of clients.entries()) {
    const id = found[index]?.id;
    if (id !== undefined) names.set(id, [...(names.get(id) ?? []), name]);
  }
  const known = found.map((one, index) =>
    one !== undefined && isOwner(clients[index]?.name, one, names.get(one.id) ?? [])
      ? one
      : undefined,
  );
  const ids: string[] = [];
  for (const [index, client] of clients.entries()) {
    const id = known[index]?.id ?? addClient(database, client.name, at);
    database.run(
      'UPDATE client SET name = ? WHERE id = ? AND name <> ?',
      client.name,
      id,
      client.name,
    );
    for (const [connection, sourceId] of [...client.formerIds, ...client.sourceIds]) {
      database.run(
        `INSERT INTO client_source (connection, source_id, client_id) VALUES (?, ?, ?)
         ON CONFLICT (connection, source_id) DO UPDATE SET client_id = excluded.client_id
         WHERE client_source.client_id <> excluded.client_id`,
        connection,
        sourceId,
        id,
      );
    }
    ids.push(id);
  }
  const idOf = new Map(clients.map(({ name }, index) => [name, ids[index] ?? null]));
  for (const [index, { paidBy }] of clients.entries()) {
    const payerId = paidBy === null ? null : (idOf.get(paidBy.name) ?? null);
    database.run(
      'UPDATE client SET paid_by = ?1 WHERE id = ?2 AND paid_by IS DISTINCT FROM ?1',
      payerId,
      ids[index] ?? null,
    );
  }
  return ids;
}

function refuseShared(clients: readonly ConfiguredClient[]): void {
  const names = new Map<string, string>();
  for (const { name, sourceIds } of clients) {
    for (const [connection, sourceId] of sourceIds) {
      const source = `${connection}: ${sourceId}`;
      const other = names.get(source);
      if (other !== undefined) {
        throw new KindError('config', `Clients "${other}" and "${name}" share the id ${source}.`, {
          fix: 'Keep it for the client it belongs to.',
        });
      }
      names.set(source, name);
    }
  }
}

function findKnown(database: Database, client: ConfiguredClient): KnownClient | undefined {
  if (client.sourceIds.size === 0) {
    throw new KindError('config', `Client "${client.name}" has no id in any connection.`, {
      fix: 'Add its ID in the PSA under `ids:`.',
    });
  }
  let known: (KnownClient & { source: string }) | undefined;
  for (const [connection, sourceId] of [...client.formerIds, ...client.sourceIds]) {
    const owner = database.row<KnownClient>(
      `SELECT c.id, c.name FROM client_source s JOIN client c ON c.id = s.client_id
       WHERE s.connection = ? AND s.source_id = ?`,
      connection,
      sourceId,
    );
    if (owner === undefined) continue;
    const source = `${connection}: ${sourceId}`;
    if (known !== undefined && known.id !== owner.id) {
      throw new KindError(
        'config',
        `The IDs of client "${client.name}" belong to two clients with separate ledgers: ` +
          `${known.source} is "${known.name}" and ${source} is "${owner.name}".`,
        { fix: 'Keep them as two clients, or remove the ID of the one that is no longer used.' },
      );
    }
    known = { ...owner, source };
  }
  return known;
}

/**
 * If an ID was entered under the wrong client and later moved, two clients find the same one: the
 * ledger stays with the client that has its name. `names`: of all that find it, `own` included.
 */
function isOwner(own: string | undefined, known: KnownClient, names: readonly string[]): boolean {
  if (names.length === 1) return true;
  if (names.filter((name) => name === known.name).length === 1) {
    return own === known.name;
  }
  throw new KindError(
    'config',
    `Clients ${names.map((name) => `"${name}"`).join(' and ')} both have IDs of the known client "${known.name}".`,
    { fix: `Name the one that keeps the ledger "${known.name}" for one run.` },
  );
}

function addClient(database: Database, name: string, at: Instant): string {
  const base = slug(name);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const id = base.slice(0, idLengthMax - suffix.length).replace(/-$/, '') + suffix;
    const row = { id, name, createdAt: at };
    if (database.insert('client', row, 'ON CONFLICT DO NOTHING') === 1) return id;
  }
}

function slug(name: string): string {
  const ascii = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return ascii.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'client';
}

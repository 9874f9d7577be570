import type { ConfiguredClient } from '../config/loaded.ts';
import type { Client } from '../domain/terms.ts';

type Identified = ConfiguredClient & Pick<Client, 'id'>;

/** Puts the clients that pay in the place of their names. Who is paid for pays for nobody. */
export function linkPayers(clients: readonly Identified[]): Client[] {
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

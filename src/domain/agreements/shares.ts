import type { Client, Share } from './terms.ts';

/** The most that a client with this share takes of a block, in its own unit; null: no limit on it. */
export function shareOfBlock(
  share: Share,
  block: { seconds: number; amountMinor: number | null },
): number | null {
  if ('percent' in share) {
    return Math.floor(((block.amountMinor ?? block.seconds) * share.percent) / 100);
  }
  return block.amountMinor === null ? share.seconds : null;
}

/** As whose the work is marked in the ledger of the one who pays; null where nothing is shared. */
export function sharerOf({ id, isSharing }: Client): string | null {
  return isSharing ? id : null;
}

/** The clients whose work the client's blocks pay for, itself first. */
export function familyOf(client: Client, clients: readonly Client[]): Client[] {
  return [client, ...clients.filter(({ paidBy }) => paidBy?.id === client.id)];
}

/** Those of the clients that are held to a share, with it. */
export function sharesIn(clients: readonly Client[]): Map<string, Share> {
  return new Map(
    clients.flatMap(({ id, share }): [string, Share][] => (share === null ? [] : [[id, share]])),
  );
}

/** Clients that are held to a share, for `accountFrom`. */
export function sharersOf(clients: readonly Client[]): Client[] {
  return clients.filter(({ share }) => share !== null);
}

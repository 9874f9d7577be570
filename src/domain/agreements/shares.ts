import type { Client, Share } from './terms.ts';

/** The maximum that a client with this share may use of a block, in its unit; null: no limit. */
export function shareOfBlock(
  share: Share,
  block: { seconds: number; amountMinor: number | null },
): number | null {
  if ('percent' in share) {
    return Math.floor(((block.amountMinor ?? block.seconds) * share.percent) / 100);
  }
  return block.amountMinor === null ? share.seconds : null;
}

/** The client whose work it is, as recorded in the payer's ledger; null if nothing is shared. */
export function sharerOf({ id, isSharing }: Client): string | null {
  return isSharing ? id : null;
}

/** The clients whose work the client's blocks pay for, itself first. */
export function familyOf(client: Client, clients: readonly Client[]): Client[] {
  return [client, ...clients.filter(({ paidBy }) => paidBy?.id === client.id)];
}

/** The clients limited to a share, and their share. */
export function sharesIn(clients: readonly Client[]): Map<string, Share> {
  return new Map(
    clients.flatMap(({ id, share }): [string, Share][] => (share === null ? [] : [[id, share]])),
  );
}

/** Clients limited to a share, for `accountFrom`. */
export function sharersOf(clients: readonly Client[]): Client[] {
  return clients.filter(({ share }) => share !== null);
}

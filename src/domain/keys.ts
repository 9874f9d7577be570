import { createHash } from 'node:crypto';

/** First hex digits of a SHA-256: enough to distinguish the causes of one deployment. */
export function shortHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** A block's ID, from the key of its purchase. */
export function blockIdOf(key: string): string {
  return `b-${shortHash(key, 10)}`;
}

/**
 * Key of a push message, at most 50 characters of `[A-Za-z0-9_.:-]`: it is written into the
 * vendor's record and searched for there. The client's ID makes it readable, the hash makes it
 * unique.
 */
export function pushKeyOf(kind: string, clientId: string, cause: string): string {
  return `ph:${kind}:${clientId.slice(0, 20)}:${shortHash(`${kind}\n${clientId}\n${cause}`, 12)}`;
}

/** Keys of sales in a text of ours. */
export function saleKeysIn(text: string): string[] {
  return [...new Set(text.match(/ph:inv:[A-Za-z0-9_.:-]*:[0-9a-f]{12}/g) ?? [])];
}

const openingEdit = 'opening-edit:';

/** Key of the adjustment for an opening block's nth change in the config. */
export function openingEditKey(blockId: string, number: number): string {
  return `${openingEdit}${blockId}:${number}`;
}

export function isOpeningEdit(key: string): boolean {
  return key.startsWith(openingEdit);
}

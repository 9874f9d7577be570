import { createHash } from 'node:crypto';

/** First hex digits of a SHA-256: enough to tell the causes of one deployment apart. */
export function shortHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** A block's id, from the key of what it was bought by. */
export function blockIdOf(key: string): string {
  return `b-${shortHash(key, 10)}`;
}

/**
 * Key of a push message, at most 50 characters of `[A-Za-z0-9_.:-]`: it is written into the vendor's
 * record and looked for there. The client's id is in it for people's eyes, the hash makes it unique.
 */
export function pushKeyOf(kind: string, clientId: string, cause: string): string {
  return `ph:${kind}:${clientId.slice(0, 20)}:${shortHash(`${kind}\n${clientId}\n${cause}`, 12)}`;
}

const openingEdit = 'opening-edit:';

/** Key of the adjustment by which an opening block follows the config, the block's nth change. */
export function openingEditKey(blockId: string, number: number): string {
  return `${openingEdit}${blockId}:${number}`;
}

export function isOpeningEdit(key: string): boolean {
  return key.startsWith(openingEdit);
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether the text is the HMAC-SHA256 of these bytes; compared in constant time. */
export function isHmacOf(
  bytes: readonly Uint8Array[],
  secret: string | Uint8Array,
  text: string,
  encoding: 'hex' | 'base64' = 'hex',
): boolean {
  const expected = createHmac('sha256', secret).update(Buffer.concat(bytes)).digest();
  const given = Buffer.from(text, encoding);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

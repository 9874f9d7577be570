import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether the text is the HMAC-SHA256 of these bytes, in hexadecimal; compared in constant time. */
export function isHmacOf(bytes: readonly Uint8Array[], secret: string, text: string): boolean {
  const expected = createHmac('sha256', secret).update(Buffer.concat(bytes)).digest();
  const given = Buffer.from(text, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

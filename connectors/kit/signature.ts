import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `signature` is the HMAC-SHA256 of these bytes, in hexadecimal; compared in constant time. */
export function isHmacOf(bytes: readonly Uint8Array[], secret: string, signature: string): boolean {
  const hmac = createHmac('sha256', secret);
  for (const part of bytes) hmac.update(part);
  const expected = hmac.digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

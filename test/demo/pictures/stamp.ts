/** A picture of a page carries the hash of that page, so that its age can be seen without a browser. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const keyword = 'Source';
/** PNG's signature and its first chunk, IHDR, have a fixed length. */
const headLength = 33;

export function hashOf(page: string): string {
  return createHash('sha256').update(page).digest('hex');
}

/** Adds a tEXt chunk: https://www.w3.org/TR/png-3/#11tEXt */
export function stampPng(png: Buffer, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([
    png.subarray(0, headLength),
    ...[length, body, check],
    png.subarray(headLength),
  ]);
}

/** Null: it has none. */
export function readStamp(png: Buffer): string | null {
  const mark = Buffer.from(`tEXt${keyword}\0`, 'latin1');
  if (
    !png
      .subarray(headLength + 4)
      .subarray(0, mark.length)
      .equals(mark)
  )
    return null;
  const length = png.readUInt32BE(headLength);
  const start = headLength + 4 + mark.length;
  return png.subarray(start, headLength + 8 + length).toString('latin1');
}

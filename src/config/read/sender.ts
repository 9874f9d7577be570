import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { atValue, type Problem } from '../fault.ts';
import { textAt } from './raw.ts';

/** It is in every statement, and a page that is sent by mail should be small. */
const logoBytesMax = 200_000;

/** The logo as a `data:` URI, so that a statement needs no other file; or what is wrong with it. */
export function readLogo(
  raw: unknown,
  configFile: string,
): { logo: string | null; problems: Problem[] } {
  const path = textAt(raw, 'sender', 'logo');
  if (path === null) return { logo: null, problems: [] };
  const file = resolve(dirname(configFile), path);
  const refuse = (message: string) => ({
    logo: null,
    problems: [atValue(['sender', 'logo'], message)],
  });
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(`${file} cannot be read (${code}); the path is relative to this file's folder`);
  }
  const type = imageType(bytes);
  if (type === null) return refuse(`${file} is not a PNG, JPEG, GIF, WebP or SVG image`);
  if (bytes.length > logoBytesMax) {
    return refuse(`${file} is larger than 200 kB; make it at most 600 pixels wide`);
  }
  return { logo: `data:${type};base64,${bytes.toString('base64')}`, problems: [] };
}

function imageType(bytes: Buffer): string | null {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF8')) return 'image/gif';
  if (/^RIFF.{4}WEBP/s.test(start)) return 'image/webp';
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  return /^<(?:svg|\?xml|!--|!doctype svg)/i.test(text) && /<svg[\s>]/i.test(text)
    ? 'image/svg+xml'
    : null;
}

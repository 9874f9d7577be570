import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '../types.ts';

/** The encoded body with its content type; undefined if the request has none. */
export function encodeBody({ multipart, form, body }: HttpRequest) {
  if (multipart !== undefined) return encodeMultipart(multipart);
  if (form !== undefined) {
    const data = new URLSearchParams(form).toString();
    return { data, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  }
  if (body === undefined) return { data: undefined, headers: {} };
  return { data: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** `FormData` would mark each JSON part as a file, which vendors refuse, so the parts are encoded here. */
function encodeMultipart(parts: Record<string, unknown>) {
  const boundary = `part-${randomUUID()}`;
  const written = Object.entries(parts).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name.replace(/["\r\n]/g, '_')}"\r\n` +
      `Content-Type: application/json\r\n\r\n${JSON.stringify(value)}\r\n`,
  );
  return {
    data: `${written.join('')}--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '../types.ts';

interface EncodedBody {
  /** Undefined if the request has none. */
  data: string | undefined;
  headers: Record<string, string>;
}

/** The encoded body with its content type. */
export function encodeBody(request: HttpRequest): EncodedBody {
  if (request.multipart !== undefined) return encodeMultipart(request.multipart);
  if (request.form !== undefined) {
    return {
      data: new URLSearchParams(request.form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
  }
  if (request.body === undefined) return { data: undefined, headers: {} };
  return {
    data: JSON.stringify(request.body),
    headers: { 'content-type': 'application/json' },
  };
}

/** `FormData` would mark each JSON part as a file, which vendors refuse, so the parts are encoded here. */
function encodeMultipart(parts: Record<string, unknown>): EncodedBody {
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

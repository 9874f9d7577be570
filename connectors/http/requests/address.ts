import { KindError } from '../../../src/domain/errors.ts';
import type { HttpRequest } from '../types.ts';

/**
 * The parsed base URL. Throws `config` unless it is https (or a loopback address, for tests and for a
 * PSA on the same machine) without a user name, password, query or fragment.
 */
export function parseBaseUrl(text: string): URL {
  const fix = 'Set baseUrl to the https address of the API.';
  if (!URL.canParse(text)) throw new KindError('config', 'baseUrl is not a URL.', { fix });
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    const message = `baseUrl ${url.origin} must not contain credentials, a query or a fragment.`;
    throw new KindError('config', message, { fix });
  }
  const isPlainAllowed = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !isPlainAllowed) {
    throw new KindError('config', `baseUrl ${url.origin} is not https.`, { fix });
  }
  return url;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The URL of a request. Throws `contract` if it is outside the base URL's origin, since the credentials
 * would be sent there.
 */
export function addressOf(request: HttpRequest, base: URL): URL {
  const { path } = request;
  const root = base.href.replace(/\/$/, '');
  const text = path.startsWith('/') ? root + path : path;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.origin !== base.origin) {
    const found = url === null ? 'is not a path or URL' : `is at ${url.origin}`;
    throw new KindError('contract', `The address of a ${request.method} ${found}.`, {
      fix: `Credentials are sent to ${base.origin} only. If the API moved, set baseUrl.`,
    });
  }
  const query = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(name, String(value));
  }
  // Not every server decodes `+` as a space; all decode %20.
  url.search = query.toString().replaceAll('+', '%20');
  return url;
}

/** The path below the base URL, for matching limits. */
export function pathBelow(url: URL, base: URL): string {
  const root = base.pathname.replace(/\/$/, '');
  return url.pathname.startsWith(`${root}/`) ? url.pathname.slice(root.length) : url.pathname;
}

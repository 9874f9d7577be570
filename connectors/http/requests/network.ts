/** What a failed connection means: was the request sent, and does a retry help? */
import { KindError } from '../../../src/domain/errors.ts';
import { nameOf, uncertain } from '../answers/classify.ts';
import type { HttpRequest } from '../types.ts';

const unsentCodes = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/;

const certificateCodes =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET))/;

/**
 * A request without a response. If it was never sent (refused, no such host) it is `transient`, even
 * for a write; otherwise a write is `unknown-outcome`. An invalid certificate is `config`, since a retry
 * does not help.
 */
export function fromNetworkFailure(request: HttpRequest, host: string, cause: unknown): KindError {
  const codes = codesOf(cause);
  const code = codes[0] ?? 'no code';
  const message = `${nameOf(request)} got no answer from ${host} (${code}).`;
  if (codes.some((candidate) => certificateCodes.test(candidate))) {
    const fix = 'Check baseUrl; for a private CA, set NODE_EXTRA_CA_CERTS to its certificate.';
    const untrusted = `The certificate of ${host} is not trusted (${code}).`;
    return new KindError('config', untrusted, { fix, cause });
  }
  if (wasNeverSent(cause)) return new KindError('transient', message, { cause });
  return uncertain(request, message, { cause });
}

/** The failure and its causes; several if several addresses of a host were tried. */
function chainOf(error: unknown, depth = 0): object[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const inner: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const cause = 'cause' in error ? [error.cause] : [];
  return [error, ...[...inner, ...cause].flatMap((item) => chainOf(item, depth + 1))];
}

function codesOf(error: unknown): string[] {
  return chainOf(error).flatMap((item) =>
    'code' in item && typeof item.code === 'string' ? [item.code] : [],
  );
}

function wasNeverSent(error: unknown): boolean {
  if (codesOf(error).some((code) => unsentCodes.test(code))) return true;
  return chainOf(error).some(
    (item) => 'syscall' in item && (item.syscall === 'connect' || item.syscall === 'getaddrinfo'),
  );
}

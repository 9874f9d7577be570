/** The edge at which our secrets are taken out of what a vendor, or a gateway before it, sends back. */

import type { ConnectorContext } from '../../../src/contract/connector.ts';
import { isKindError, KindError } from '../../../src/domain/errors.ts';
import type { HttpRequest } from '../types.ts';

/** The answer's text without our secrets; one that brings tokens is kept, and its tokens are learned. */
export function withoutSecrets(
  request: HttpRequest,
  status: number,
  text: string,
  redactor: ConnectorContext['redactor'],
): string {
  if (request.answersTokens !== true || status >= 300) return redactor.redact(text);
  for (const [, name = '', value = ''] of text.matchAll(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)) {
    if (/token|secret|assertion/i.test(name)) redactor.learn(value);
  }
  return text;
}

/** Message and fix name the path, and a path may hold a secret. */
export function withoutSecretsIn(error: unknown, redactor: ConnectorContext['redactor']): unknown {
  if (!isKindError(error)) return error;
  const { kind, message, fix, status, retryAfterSeconds, cause } = error;
  return new KindError(kind, redactor.redact(message), {
    ...(fix === undefined ? {} : { fix: redactor.redact(fix) }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    cause,
  });
}

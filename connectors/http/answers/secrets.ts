/** Redacts our secrets from what a vendor, or a gateway in front of it, sends back. */
import type { ConnectorContext } from '../../../src/contract/connector.ts';
import { isKindError, KindError } from '../../../src/domain/errors.ts';
import type { HttpRequest } from '../types.ts';

/** The response text with our secrets redacted. A token response is kept, and its tokens are registered as secrets. */
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
    fix: fix && redactor.redact(fix),
    status,
    retryAfterSeconds,
    cause,
  });
}

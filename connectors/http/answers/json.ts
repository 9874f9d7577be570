/**
 * Parses JSON without passing decimals through a binary float: a number that is not a safe integer becomes
 * its source text (`1.25` → `"1.25"`, 2^60 → `"1152921504606846976"`). Throws SyntaxError. NUL characters
 * and lone surrogates are removed, since databases, files and later requests do not accept them.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, keepExact);
}

/** Parsed JSON; null for nothing and for invalid JSON. */
export function jsonOrNull(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

/** https://github.com/tc39/proposal-json-parse-with-source; the third argument has no type yet. */
function keepExact(_key: string, value: unknown, ...rest: { source?: string }[]): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return rest[0]?.source ?? String(value);
}

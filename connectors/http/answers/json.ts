/**
 * Texts come without zero characters and halves of a character, which neither the database nor a file nor a
 * later request takes as they are. Parses JSON without letting a decimal pass through a binary float: a number that is no safe integer
 * becomes its source text (`1.25` → `"1.25"`, 2^60 → `"1152921504606846976"`). Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, keepExact);
}

/** What was stored or said as JSON; null for nothing, and for what is none. */
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

import type { Path } from '../fault.ts';

/**
 * Reads raw values before (or even if not) they fit the schema, so that a fault in one place never
 * hides another. A value of the wrong shape counts as empty here; the schema reports it.
 */
export function keyed(value: unknown): [string, unknown][] {
  return isKeyed(value) ? Object.entries(value) : [];
}

export function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isKeyed(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else if (isKeyed(found) && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
}

export function textAt(value: unknown, ...path: Path): string | null {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : null;
}

/**
 * An agreement with a client's overrides: each top field is replaced, except that a group
 * (`rounding`, `workTypes` …) keeps the keys that the override does not name.
 */
export function withOverrides(agreement: unknown, overrides: unknown): Record<string, unknown> {
  if (!isKeyed(overrides)) return isKeyed(agreement) ? agreement : {};
  const merged = Object.fromEntries(keyed(agreement));
  for (const [key, value] of keyed(overrides)) {
    const base = merged[key];
    merged[key] = isKeyed(base) && isKeyed(value) ? { ...base, ...value } : value;
  }
  return merged;
}

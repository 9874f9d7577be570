import { stringify } from 'yaml';

/** What a config file is written from. A text that is a plain decimal goes in without quotes. */
export type Writable =
  | string
  | number
  | boolean
  | readonly Writable[]
  | { readonly [key: string]: Writable };

/** Long enough for any ID; the loader keeps such a number as it is written. */
const decimal = /^(0|[1-9]\d{0,17})(\.\d{1,4})?$/;

/**
 * A value in one line: `{ name: Dupont, ids: { psa: 12 } }`. Under `connections` a number and its
 * text differ, so there `isTyped` keeps the quotes.
 */
export function flowText(value: Writable, isTyped = false): string {
  if (Array.isArray(value)) {
    return `[${value.map((item: Writable) => flowText(item, isTyped)).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(
      ([key, inner]) => `${scalarText(key)}: ${flowText(inner, isTyped)}`,
    );
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  const isBare = !isTyped && typeof value === 'string' && decimal.test(value);
  return isBare ? value : scalarText(value as string | number | boolean);
}

/** Quoted where YAML needs it, also between the braces of a flow collection. */
function scalarText(value: string | number | boolean): string {
  return stringify([value], { collectionStyle: 'flow', lineWidth: 0 }).trim().slice(1, -1).trim();
}

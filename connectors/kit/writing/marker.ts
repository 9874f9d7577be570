/** The key of a message in the text that it wrote, used to find it again. */

/** Brackets on both sides keep `a-1` and `a-10` apart. */
export function markerOf(key: string): string {
  return `[${key}]`;
}

/** Anywhere in it: people may add text after the marker. */
export function hasMarker(text: string | null | undefined, key: string): boolean {
  return (text ?? '').includes(markerOf(key));
}

/** The text with the key on its own last line; a long text is truncated before it. */
export function withMarker(
  text: string,
  key: string,
  lengthMax = Number.POSITIVE_INFINITY,
): string {
  const marker = markerOf(key);
  return `${shortened(text.trimEnd(), lengthMax - marker.length - 2)}\n\n${marker}`;
}

/** One line that ends with the key; a long one is truncated before it. */
export function markedLine(
  text: string,
  key: string,
  lengthMax = Number.POSITIVE_INFINITY,
): string {
  const marker = markerOf(key);
  return `${shortened(oneLine(text), lengthMax - marker.length - 1)} ${marker}`;
}

const bracketed = /\[([A-Za-z0-9_.:-]{1,50})\]/g;

/** Possible keys of ours in the texts; people put other words in brackets too. */
export function keysIn(texts: readonly (string | null | undefined)[]): string[] {
  const found = texts.flatMap((text) => [...(text ?? '').matchAll(bracketed)]);
  return [...new Set(found.flatMap(([, word]) => word ?? []))];
}

/** A reference that looks like a key of ours: people write other things there too. */
export function keyIn(reference: string | null | undefined): string | null {
  return /^[A-Za-z0-9_.:-]{1,50}$/.exec(reference ?? '')?.[0] ?? null;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Truncated with an ellipsis if the vendor's field is short. */
export function shortened(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Not within a surrogate pair.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The key of a message at the end of what it wrote, by which it is found again. */

export function markerOf(key: string): string {
  return `[${key}]`;
}

/** Brackets on both sides keep `a-1` and `a-10` apart, also where people wrote on behind them. */
export function hasMarker(text: string | null | undefined, key: string): boolean {
  return (text ?? '').includes(markerOf(key));
}

/** One line, cut before the marker where it would be too long. */
export function markedLine(text: string, key: string, lengthMax: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const room = lengthMax - markerOf(key).length - 1;
  const shown = line.length <= room ? line : `${line.slice(0, room - 1)}…`;
  return `${shown} ${markerOf(key)}`;
}

const bracketed = /\[([A-Za-z0-9_.:-]{1,50})\]/g;

/** All that may be keys of ours in the texts; people bracket words too, which are nobody's key. */
export function keysIn(texts: readonly (string | null | undefined)[]): string[] {
  const found = texts.flatMap((text) => [...(text ?? '').matchAll(bracketed)]);
  return [...new Set(found.flatMap(([, word]) => word ?? []))];
}

/** How texts of ours stand in Atera, with the key of their message in brackets. */

/** No document tells what a title may hold; the text is cut before the key, so that the key stays whole. */
const titleLengthMax = 150;

export function markerOf(key: string): string {
  return `[${key}]`;
}

/** Brackets on both sides keep `a-1` and `a-10` apart, also where people wrote on behind them. */
export function hasMarker(text: string | null | undefined, key: string): boolean {
  return (text ?? '').includes(markerOf(key));
}

/** One line that ends with the key. */
export function markedTitle(title: string, key: string): string {
  const line = title.replace(/\s+/g, ' ').trim();
  const room = titleLengthMax - markerOf(key).length - 1;
  const fitting = line.length <= room ? line : `${line.slice(0, room - 1)}…`;
  return `${fitting} ${markerOf(key)}`;
}

export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

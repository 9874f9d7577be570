/** How texts of ours stand in Halo: as HTML, with the key of their message at the end. */

export function toHtml(text: string): string {
  const escaped = text
    .trimEnd()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return `<p>${escaped.replace(/\r?\n/g, '<br>')}</p>`;
}

export function markerOf(key: string): string {
  return `[${key}]`;
}

export function withMarker(text: string, key: string): string {
  return `${text.trimEnd()}\n\n${markerOf(key)}`;
}

/** Brackets on both sides keep `a-1` and `a-10` apart, also where people wrote on behind them. */
export function hasMarker(text: string | null | undefined, key: string): boolean {
  return (text ?? '').includes(markerOf(key));
}

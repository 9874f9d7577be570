/** How texts of ours stand in Halo: as HTML. */

export function toHtml(text: string): string {
  const escaped = text
    .trimEnd()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return `<p>${escaped.replace(/\r?\n/g, '<br>')}</p>`;
}

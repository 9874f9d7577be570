/** Lines of at most that width, broken at words; a longer word has a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines.splice(-1, 1, word);
    else if (line.length + 1 + word.length <= width) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** One paragraph, whose lines all begin below the end of `head`; null: as wide as it is. */
export function hangText(head: string, text: string, columns: number | null): string {
  if (columns === null) return head + text;
  const indent = ' '.repeat(head.length);
  return head + wrapWords(text, columns - head.length).join(`\n${indent}`);
}

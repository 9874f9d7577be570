/** Finds the known text closest to a mistyped one, or null if none is close. */
export function nearest(text: string, known: Iterable<string>): string | null {
  const typed = text.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * `did you mean "boards"?`, or the list of known ones, for the second half of a fault's message.
 */
export function suggestion(text: string, known: readonly string[], noun: string): string {
  const near = nearest(text, known);
  if (near !== null) return `did you mean "${near}"?`;
  return known.length === 0 ? `there are no ${noun}` : `${noun}: ${known.join(', ')}`;
}

/** The number of letters to add, remove or change (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const drop = (previous[column] ?? 0) + 1;
      const add = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(change, drop, add));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

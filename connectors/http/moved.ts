import { KindError } from '../../src/domain/errors.ts';

/**
 * For lists that are cut into numbered pages while they move, in an order that nobody documents. What comes in
 * at the front shows the end of a page again at the head of the next, and hides nothing. A row that is shown
 * again anywhere else has left its place, and one that stood behind it may have slipped into a page that was
 * read already: throws `transient` then, since the list is to be read from the start.
 */
export function createMoveGuard(path: string): (ids: readonly string[]) => void {
  const seen = new Set<string>();
  let before: readonly string[] = [];
  return (ids) => {
    const overlap = overlapOf(before, ids);
    before = ids;
    for (const id of ids.slice(overlap)) {
      if (seen.has(id)) throw moved(path, id);
    }
    for (const id of ids) seen.add(id);
  };
}

/** How many rows at the head of a page ended the one before. */
function overlapOf(before: readonly string[], ids: readonly string[]): number {
  for (let start = Math.max(0, before.length - ids.length); start < before.length; start += 1) {
    const length = before.length - start;
    if (ids.slice(0, length).every((id, index) => id === before[start + index])) return length;
  }
  return 0;
}

function moved(path: string, id: string): KindError {
  return new KindError('transient', `GET ${path} was reordered while it was read (row ${id}).`, {
    fix: 'It is read again from the start at the next run.',
  });
}

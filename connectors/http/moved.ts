import { KindError } from '../../src/domain/errors.ts';

/**
 * For numbered pages of a list that changes during the read, in an undocumented order. A row added at the front
 * repeats the end of a page at the top of the next, and hides nothing. A row that is repeated anywhere else has
 * moved, and another row may have moved up into a page that was already read: throws `transient` then, so that
 * the list is read from the start.
 */
export function createMoveGuard(path: string): (ids: readonly string[]) => void {
  const seen = new Set<string>();
  let before: readonly string[] = [];
  return (ids) => {
    const overlap = overlapOf(before, ids);
    before = ids;
    const moved = ids.slice(overlap).find((id) => seen.has(id));
    if (moved !== undefined) {
      const message = `GET ${path} was reordered during the read (row ${moved}).`;
      const fix = 'The next run reads it again from the start.';
      throw new KindError('transient', message, { fix });
    }
    for (const id of ids) seen.add(id);
  };
}

/** How many rows at the top of a page were the last of the page before. */
function overlapOf(before: readonly string[], ids: readonly string[]): number {
  for (let start = Math.max(0, before.length - ids.length); start < before.length; start += 1) {
    const length = before.length - start;
    if (ids.slice(0, length).every((id, index) => id === before[start + index])) return length;
  }
  return 0;
}

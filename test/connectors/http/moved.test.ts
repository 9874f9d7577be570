/** Pages of a list that moves, by their ids: what is harmless, and what hides a row. */
import { expect, test } from '@jest/globals';
import { createMoveGuard } from '../../../connectors/http/moved.ts';

function read(pages: string[]): () => void {
  const refuseMoved = createMoveGuard('/rows');
  return () => {
    for (const page of pages) refuseMoved([...page]);
  };
}

test.each([
  ['nothing moved', ['abc', 'def', 'g']],
  ['one row came in at the front', ['abc', 'cde', 'fg']],
  ['two rows came in, again and again', ['abc', 'bcd', 'cde', 'e']],
  ['the last page is the end of the one before', ['abc', 'c']],
])('a list goes on where %s', (_, pages) => {
  expect(read(pages)).not.toThrow();
});

test.each([
  ['a row moved from the first page to the end', ['abc', 'efa']],
  ['a row moved from two pages before', ['abc', 'efg', 'a']],
  ['a row moved though another came in', ['abc', 'cea']],
])('a list is refused where %s', (_, pages) => {
  expect(read(pages)).toThrow(expect.objectContaining({ kind: 'transient' }));
});

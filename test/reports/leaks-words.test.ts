import { expect, test } from '@jest/globals';
import { sectionOf } from '../../src/reports/leaks/leak-shape.ts';
import { leaksWordsIn } from '../../src/reports/text/leaks-words.ts';

test.each(['en', 'fr'] as const)('every reason for a leak has words in %s', (language) => {
  const { reasons, sections } = leaksWordsIn(language);
  expect(Object.keys(reasons).sort()).toEqual(Object.keys(sectionOf).sort());
  expect(Object.keys(sections).sort()).toEqual([...new Set(Object.values(sectionOf))].sort());
});

test('time that waits for a decision about two records of one hour is not billed', () => {
  expect(sectionOf['double-count']).toBe('unbilled');
});

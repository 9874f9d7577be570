import { expect, test } from '@jest/globals';
import { formatIn, toFormatOptions } from '../../src/domain/format.ts';
import { inProse } from '../../src/replenish/messages/phrases.ts';

test.each([
  [toFormatOptions('en-US'), 36_000, '10 h'],
  [toFormatOptions('en-US'), 8100, '2.25 h'],
  [toFormatOptions('en-US'), 4815, '1.34 h'],
  [toFormatOptions('en-US'), -9000, '-2.5 h'],
  [toFormatOptions('fr'), 4815, '1 h 20'],
  [toFormatOptions('fr'), 36_000, '10 h'],
  [toFormatOptions('fr'), 30, '30 s'],
  [toFormatOptions('fr', 'decimal'), 9000, '2,5 h'],
])('hours in sentences are short (%j, %i s)', (reader, seconds, text) => {
  expect(inProse(formatIn(reader)).duration(seconds)).toBe(text);
});

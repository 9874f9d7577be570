import { expect, test } from '@jest/globals';
import { cssString } from '../../src/reports/format/template.ts';

test('a text in a style sheet ends neither its string, its rule nor the sheet', () => {
  expect(cssString('Élan & Fils')).toBe('"Élan \\26  Fils"');
  const hostile = cssString('"} body { display: none } </style><script>\\\n');
  expect(hostile.slice(1, -1)).not.toMatch(/["<>{}\n]|\\(?![0-9a-f]+ )/);
});

import { expect, test } from '@jest/globals';
import { fitText, formatTable, textWidth } from '../../src/cli/output/table.ts';

const plain = { paint: (_: string, text: string) => text, columns: null };

test('columns line up whatever accents and wide letters are in them', () => {
  const rows = [
    ['Société Éclair', '7 h 45'],
    ['Socie\u0301te\u0301', '45 min'],
    ['東京', '0 h'],
  ];
  const table = formatTable([{ title: 'Client' }, { title: 'Left', isFigure: true }], rows, plain);
  expect(table.split('\n')).toEqual([
    'Client            Left',
    'Société Éclair  7 h 45',
    'Socie\u0301te\u0301         45 min',
    '東京               0 h',
    '',
  ]);
});

test('a narrow terminal shortens texts, never figures', () => {
  const columns = [{ title: 'Client' }, { title: 'Seconds', isFigure: true }, { title: 'Why' }];
  const rows = [['A client with a long name', '1234567890', 'and a long reason too']];
  const table = formatTable(columns, rows, { ...plain, columns: 40 });
  for (const line of table.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(40);
  expect(table).toContain('1234567890');
  expect(table).toContain('…');
});

test('vendor text in a cell moves no cursor', () => {
  const table = formatTable([{ title: 'X' }], [['a\u001b[2J\u202eb\nc']], plain);
  expect(table).toBe('X\nab c\n');
});

test('a style colours the cell, not the gap after it', () => {
  const paint = (style: string, text: string) => `<${style}>${text}</>`;
  const rows = [[{ text: 'dead', style: 'red' as const }, 'x']];
  const table = formatTable([{ title: 'S' }, { title: 'T' }], rows, { paint, columns: null });
  expect(table.split('\n')[1]).toBe('<red>dead</>  x');
});

test('a cut text keeps whole letters', () => {
  expect(fitText('Été 👩‍🔧 là', 6)).toBe('Été …');
  expect(fitText('short', 6)).toBe('short');
});

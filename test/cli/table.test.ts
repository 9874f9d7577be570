import { expect, test } from '@jest/globals';
import { fitText, formatTable } from '../../src/cli/output/table.ts';

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

const orders = [
  { title: 'Client', cut: 'name' as const },
  { title: 'Seconds', isFigure: true },
  { title: 'Key' },
  { title: 'Why', cut: 'prose' as const },
];

test('a narrow terminal shortens names and prose, never figures, keys or headings', () => {
  const rows = [
    ['A client with quite a long name', '1234567890', 'ph:inv:1', 'a reason of some length'],
  ];
  const table = formatTable(orders, rows, { ...plain, columns: 64 });
  expect(table.split('\n')).toEqual([
    'Client                   Seconds  Key       Why',
    'A client with quite…  1234567890  ph:inv:1  a reason of some le…',
    '',
  ]);
  const short = formatTable([{ title: 'Last error', cut: 'prose' }], [['x']], {
    ...plain,
    columns: 8,
  });
  expect(short).toBe('Last error: x\n');
});

test('where columns do not fit uncut, each row is stacked', () => {
  const rows = [
    ['A client with quite a long name', '1234567890', 'ph:inv:dupont:1', 'a reason of some length'],
    ['Martin', '7', 'ph:inv:martin:2', { text: 'refused', style: 'red' as const }],
  ];
  const paint = (style: string, text: string) => (style === 'red' ? `<${text}>` : text);
  expect(formatTable(orders, rows, { paint, columns: 44 }).split('\n')).toEqual([
    'Client: A client with quite a long name',
    '  Seconds: 1234567890 · Key: ph:inv:dupont:1',
    '  Why: a reason of some length',
    'Client: Martin',
    '  Seconds: 7 · Key: ph:inv:martin:2',
    '  Why: <refused>',
    '',
  ]);
});

test('a stacked total, or a row without a heading, is no value of the first column', () => {
  const columns = [{ title: '' }, { title: 'Opening balance' }, { title: 'Closing balance' }];
  const rows = [['Left', '1 h', '2 h']];
  expect(formatTable(columns, rows, { ...plain, columns: 20 })).toBe(
    'Left\n  Opening balance: 1 h\n  Closing balance: 2 h\n',
  );
  const total = [[{ text: 'Total', style: 'bold' as const }, '7', 'ph:inv:dupont:1', 'why not']];
  expect(formatTable(orders, total, { ...plain, columns: 20 })).toMatch(/^Total\n/);
});

test('a row whose first column is empty belongs to the one above it', () => {
  const columns = [{ title: 'Step' }, { title: 'Connection' }, { title: 'Last run' }];
  const rows = [
    ['pull', '', '1 s ago'],
    ['', 'psa', '1 s ago'],
  ];
  expect(formatTable(columns, rows, { ...plain, columns: 25 })).toBe(
    'Step: pull\n  Last run: 1 s ago\n  Connection: psa\n  Last run: 1 s ago\n',
  );
});

test('two names are never shortened to the same text', () => {
  const columns = [
    { title: 'Client', cut: 'name' as const },
    { title: 'Left', isFigure: true },
  ];
  const rows = [
    ['Groupe Dupont Plomberie et Chauffage Lyon', '1 h'],
    ['Groupe Dupont Plomberie et Chauffage Nice', '2 h'],
  ];
  const at = (width: number) => formatTable(columns, rows, { ...plain, columns: width });
  expect(at(45)).toContain('Groupe Dupont Plomberie et Chauffage L…');
  expect(at(44)).toContain('  Left: 1 h\nClient: Groupe Dupont Plomberie et Chauffage Nice\n');
});

test('columns without a value are left out where space is short', () => {
  const columns = [
    { title: 'Client', cut: 'name' as const },
    { title: 'Runs out' },
    { title: 'Left' },
  ];
  const rows = [['A client with quite a long name', '', '1 h']];
  expect(
    formatTable(columns, rows, { ...plain, columns: 30 })
      .split('\n')[0]
      ?.trim(),
  ).toMatch(/^Client +Left$/);
  expect(formatTable(columns, rows, { ...plain, columns: 60 })).toContain('Runs out');
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

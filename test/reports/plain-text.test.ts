import { expect, test } from '@jest/globals';
import { csvText } from '../../src/reports/format/csv.ts';
import { escapeHtml } from '../../src/reports/format/html.ts';
import { plainJson, plainText } from '../../src/reports/format/plain-text.ts';

test.each([
  ['colour sequences', '\u001b[31mred\u001b[0m', 'red'],
  ['a title that a terminal would take', '\u001b]0;evil\u0007text', 'text'],
  ['a link sequence closed by ST', '\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\', 'here'],
  ['the same in eight bits', '\u009b2Jgone', 'gone'],
  ['a lone escape', 'a\u001bb\u001b', 'a '],
  ['a device string', '\u001bPq#0\u001b\\x', 'x'],
  ['line breaks and tabs', 'a\r\nb\tc\u2028d\u0000e', 'a b c d e'],
  ['text turned round', 'user\u202egnp.exe\u2066\u200f', 'usergnp.exe'],
  ['hidden characters', 'a\u200bb\ufeffc\u2060d\u{e0041}', 'abcd'],
  ['half a character', 'a\ud800b', 'a\ufffdb'],
  ['accents and joined emoji stay', 'Été 👩‍🔧', 'Été 👩‍🔧'],
])('is made inert: %s', (_, text, expected) => {
  expect(plainText(text)).toBe(expected);
});

test('JSON loses nothing and shows nothing that acts', () => {
  const value = { text: 'a\u202eb\u009bc\u{e0041}\n"', list: [1, null] };
  const json = plainJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toContain('a\\u202eb\\u009bc\\udb40\\udc41\\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+33 1', "'+33 1"],
  ['@x', "'@x"],
  ['-x', "'-x"],
  ['\t=x', "' =x"],
  ['\r=x', "' =x"],
  ['\u200b=x', "'=x"],
  ['-1.5', '-1.5'],
  ['12', '12'],
  ['a,b', '"a,b"'],
  ['a "b"', '"a ""b"""'],
])('a cell %j is written as %j', (text, expected) => {
  expect(csvText([[text, 1, null]])).toBe(`${expected},1,\r\n`);
});

test('text stays text in HTML', () => {
  expect(escapeHtml(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
});

test.each(['=1+1', '＝1+1', '＋1', '－1+2', '＠SUM(A1)', ' =1', '\u00a0@x', '\t=1', '\r+1'])(
  'a spreadsheet takes no cell for a formula: %j',
  (text) => {
    expect(csvText([[text, 1]])).toMatch(/^"?'/);
  },
);

test('a cell keeps together in a spreadsheet that separates by semicolons or tabs', () => {
  expect(csvText([['a;=1', 1]])).toBe('"a;=1",1\r\n');
});

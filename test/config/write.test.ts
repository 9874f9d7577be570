import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dotenvValues } from '../../src/config/read/environment.ts';
import { readYaml } from '../../src/config/read/yaml-tree.ts';
import { setVariables } from '../../src/config/write/dotenv-text.ts';
import { addToConfig } from '../../src/config/write/edit.ts';
import { flowText } from '../../src/config/write/yaml-text.ts';

const example = readFileSync(
  join(import.meta.dirname, '../../config/connector.example.yaml'),
  'utf8',
);

const reference = `\${KEY}`;

/** The lines that one text has and the other lacks. */
function newLines(before: string, after: string): string[] {
  const old = before.split('\n');
  return after.split('\n').filter((line) => !old.includes(line));
}

describe('what is added to a file', () => {
  test('is one line; every other byte stays, comments included', () => {
    const value = { name: 'A, B: c', ids: { psa: '0012' }, agreement: 'standard' };
    const after = addToConfig(example, { path: ['clients'], key: null, value });
    const line = '  - { name: "A, B: c", ids: { psa: "0012" }, agreement: standard }';
    expect(newLines(example, after)).toEqual([line]);
    expect(after.replace(`\n${line}`, '')).toBe(example);
  });

  test('may be several lines, behind a certain key, or within braces', () => {
    const lines = ['rt:', '  vendor: x', `  token: ${reference} # in .env`];
    const value = { vendor: 'x', token: reference };
    const added = addToConfig(example, {
      path: ['connections'],
      key: 'rt',
      value,
      lines,
      isTyped: true,
    });
    expect(newLines(example, added)).toEqual(lines.map((line) => `  ${line}`));
    const after = { path: [], key: 'sweep', value: { days: '3' }, after: 'currency' };
    expect(addToConfig(example, after)).toContain('\ncurrency: EUR\nsweep: { days: 3 }\n');
    const id = addToConfig(example, { path: ['clients', 0, 'ids'], key: 'rt', value: '99' });
    expect(newLines(example, id)).toEqual([
      expect.stringMatching(/^ {4}ids: \{ psa: 1234, rt: 99 \} #/),
    ]);
  });

  test.each([
    ['a list in brackets', 'a: [1, 2]\n', 'a: [1, 2, x]\n'],
    ['an empty one', 'a: []\n', 'a: [x]\n'],
    ['one with a comma at its end', 'a: [1, ]\n', 'a: [1,x]\n'],
    ['one over several lines', 'a: [\n  1,\n  2\n]\n', 'a: [\n  1,\n  2, x]\n'],
    [
      'a list without indent',
      'a:\n- 1 # one\n- b: 2\nc: 3\n',
      'a:\n- 1 # one\n- b: 2\n- x\nc: 3\n',
    ],
    ['no line break at the end', 'a:\n  - 1', 'a:\n  - 1\n  - x\n'],
    [
      'a text over several lines',
      'a:\n  - |\n    b\n    c\nd: 1\n',
      'a:\n  - |\n    b\n    c\n  - x\nd: 1\n',
    ],
    ['a dash in a comment', 'a:\n  - # - no\n    b: 1\n', 'a:\n  - # - no\n    b: 1\n  - x\n'],
    [
      'Windows line ends',
      'a:\r\n  - 1\r\n  - 2\r\nb: 3\r\n',
      'a:\r\n  - 1\r\n  - 2\r\n  - x\r\nb: 3\r\n',
    ],
  ])('finds its place in %s', (_, before, after) => {
    expect(addToConfig(before, { path: ['a'], key: null, value: 'x' })).toBe(after);
  });

  test.each([
    ['an alias', 'b: &b [1]\na: *b\n'],
    ['nothing', 'b: 1\n'],
    ['a text', 'a: text\n'],
    ['no value', 'a:\n'],
  ])('is refused with what to write by hand where there is %s', (_, before) => {
    expect(() => addToConfig(before, { path: ['a'], key: null, value: { name: 'x' } })).toThrow(
      expect.objectContaining({ kind: 'config', fix: expect.stringContaining('{ name: x }') }),
    );
  });
});

test.each([
  'plain',
  'true',
  '12',
  '012',
  '1e3',
  '12.50',
  'a: b',
  'a, b',
  '[x]',
  '# no',
  '- x',
  'null',
  '~',
  '',
  "it's",
  'say "hi"',
  'ü\tb\nc',
  '*x',
  '&x',
  '!x',
  '%x',
  '@x',
  '12345678901234567890123',
])('the text %p is read back as it was written', (text) => {
  const line = `x: ${flowText({ a: text, b: [text] })}\n`;
  const value = readYaml(line).tree?.value;
  expect(value).toEqual({ x: { a: text, b: [text] } });
  const typed = `connections: ${flowText({ a: text, n: 5, b: true }, true)}\n`;
  expect(readYaml(typed).tree?.value).toEqual({ connections: { a: text, n: 5, b: true } });
});

describe('secrets in .env', () => {
  test.each(['plain', 'a b', 'a#b', "it's", '"quoted"', 'a=b=', '$HOME', 'back\\nslash', "' `"])(
    '%p is read back as it was written',
    (value) => {
      const text = setVariables('', new Map([['KEY', value]]));
      expect(dotenvValues(text)).toEqual({ KEY: value });
    },
  );

  test('other lines stay, and a variable that is there is replaced in its place', () => {
    const before = '# mine\nA=1\nexport KEY=old\nB="x\ny"\n';
    const text = setVariables(before, new Map([['KEY', 'new']]));
    expect(text).toBe('# mine\nA=1\nKEY=new\nB="x\ny"\n');
  });

  test('what cannot be written is refused, without a word of it', () => {
    const value = 'with a\rreturn';
    const write = () => setVariables('', new Map([['KEY', value]]));
    expect(write).toThrow(expect.objectContaining({ fix: expect.stringContaining('KEY_FILE') }));
    expect(write).not.toThrow(value);
  });
});

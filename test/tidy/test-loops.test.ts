import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from '@jest/globals';

interface JestConfig {
  testMatch: string[];
  testPathIgnorePatterns: string[];
  globals?: object;
}

const root = join(import.meta.dirname, '../..');
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as unknown;
const fast = readJson('jest.config.json') as JestConfig;
const full = readJson('jest.full.config.json') as JestConfig;

const suites = globSync('{test,src,connectors}/**/*.test.ts', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !/^test\/(?:specs|postgres)\//.test(path));

function loopsOf(path: string): string {
  const isRunBy = ({ testMatch, testPathIgnorePatterns }: JestConfig) =>
    testMatch.some((glob) => matchesGlob(path, glob)) &&
    !testPathIgnorePatterns.some((ignored) => new RegExp(ignored).test(`/${path}`));
  return [isRunBy(fast) ? 'npm test' : '', isRunBy(full) ? 'npm run test:full' : ''].join('|');
}

function expectedLoops(path: string): string {
  if (path.endsWith('.long.test.ts')) return '|npm run test:full';
  return path.endsWith('.sampled.test.ts') ? 'npm test|npm run test:full' : 'npm test|';
}

test('every suite is run by npm test or by npm run test:full, a sampled one by both', () => {
  expect(suites.length).toBeGreaterThan(150);
  expect(suites.filter((path) => loopsOf(path) !== expectedLoops(path))).toEqual([]);
});

test('the two loops differ in nothing but which suites they run, and how much of a sampled one', () => {
  const rest = ({ testMatch, testPathIgnorePatterns, globals, ...others }: JestConfig) => others;
  expect(rest(full)).toEqual(rest(fast));
  expect(full.globals).toEqual({ isFullSample: true });
});

test('the scripts of the package run in any shell', () => {
  const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
  const ofOneShell = /[$;|'`<>\\]|(?:^|&& )(?:[A-Z_]+=|(?:rm|cp|mv|cat|export|set) )/;
  expect(Object.entries(scripts).filter(([, line]) => ofOneShell.test(line))).toEqual([]);
});

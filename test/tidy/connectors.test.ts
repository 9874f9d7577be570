/** One shape for every connector, and a size at which it can be read at one sitting. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { sizeTable } from '../../src/config/docs/size-table.ts';
import { type FoundFunction, findFunctions } from './functions.ts';
import { readSources, type SourceFile } from './walls.ts';

const root = join(import.meta.dirname, '../..');
const sources = readSources(root).filter(({ path }) => path.startsWith('connectors/'));

const filesMax = 15;
const linesMax = 1700;
/** Of vendors that came once the kit was there. */
const laterLinesMax = 1300;
const earlier =
  'atera autotask connectwise halopsa kaseya-bms ninjaone request-tracker superops syncro'.split(
    ' ',
  );

/** What every folder has; what else there is bears the name of a quirk of its vendor. */
const anatomy = ['README.md', 'call.ts', 'check.ts', 'config.ts', 'facts.ts', 'index.ts'];
const anatomyToo = ['lists.ts', 'mapping.ts', 'pull.ts', 'schema.ts'];

function linesOf(paths: (path: string) => boolean): number {
  const texts = sources.filter(({ path }) => paths(path)).map(({ text }) => text);
  return texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
}

describe.each(Object.keys(registry))('connectors/%s', (id) => {
  const files = readdirSync(join(root, 'connectors', id));

  test('has the anatomy of all, and few files', async () => {
    expect(files).toEqual(expect.arrayContaining([...anatomy, ...anatomyToo]));
    const isWritten = ((await registry[id]?.())?.pushes.length ?? 0) > 0;
    expect(files.includes('push.ts')).toBe(isWritten);
    expect(files.length).toBeLessThanOrEqual(filesMax);
  });

  test('is no larger than it may be', () => {
    const lines = linesOf((path) => path.startsWith(`connectors/${id}/`));
    const most = earlier.includes(id) ? linesMax : laterLinesMax;
    expect(lines).toBeLessThanOrEqual(most);
  });
});

/** Of these 210 are for webhooks whose key the vendor publishes, and registrations, which others have too. */
const sharedLinesMax = 4489;

test('what connectors share stays small', () => {
  const isShared = (path: string): boolean => /^connectors\/(?:kit|http)\//.test(path);
  expect(linesOf(isShared)).toBeLessThanOrEqual(sharedLinesMax);
});

test('no function of a connector is longer than 70 lines', () => {
  const long = findFunctions(sources).filter(({ lines }) => lines > 70);
  expect(long.map(({ place, lines }) => `${place} has ${lines} lines`)).toEqual([]);
});

/** Pairs of functions in different folders whose bodies, of over eight lines, are equal after renaming. */
function findTwins(files: readonly SourceFile[]): string[] {
  const byShape = new Map<string, FoundFunction[]>();
  for (const found of findFunctions(files)) {
    if (found.bodyLines > 8) byShape.set(found.shape, [...(byShape.get(found.shape) ?? []), found]);
  }
  const folderOf = ({ path }: FoundFunction): string => path.split('/').slice(0, 2).join('/');
  return [...byShape.values()]
    .filter((twins) => new Set(twins.map(folderOf)).size > 1)
    .map((twins) => twins.map(({ place }) => place).join(' ~ '));
}

test('no function is written in two folders with other names', () => {
  expect(findTwins(sources)).toEqual([]);
});

test('a planted twin is seen', () => {
  const body = (name: string) =>
    `export function ${name}(${name}Row: number[]) {\n${`  ${name}Row.push(${name}Row.length * 2);\n`.repeat(9)}}\n`;
  const planted = [
    { path: 'connectors/atera/x.ts', text: body('one') },
    { path: 'connectors/syncro/y.ts', text: body('other') },
  ];
  expect(findTwins(planted)).toEqual(['connectors/atera/x.ts:1 ~ connectors/syncro/y.ts:1']);
});

test('connectors/README.md shows the sizes as they are (else run: npm run docs)', () => {
  const [, shown] = readFileSync(join(root, 'connectors/README.md'), 'utf8').split(
    /<!-- \/?sizes -->/,
  );
  const folder = pathToFileURL(join(root, 'connectors/'));
  expect(shown?.trim()).toBe(sizeTable(folder, Object.keys(registry)).trim());
});

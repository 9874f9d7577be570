/** The whole way of somebody who adds a vendor, in a copy of the project. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const project = join(import.meta.dirname, '../..');
const parts = [
  ...['src', 'connectors', 'config', 'test', 'README.md', 'package.json', 'build.ts'],
  ...['.gitignore', 'tsconfig.json', 'biome.json', 'jest.config.json'],
];

function linesIn(folder: string): number {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const lines = files.map(
    (name) => readFileSync(join(folder, name), 'utf8').split('\n').length - 1,
  );
  return lines.reduce((sum, count) => sum + count, 0);
}

describe('npm run new-connector', () => {
  let copy = '';

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'prepaid-hours-new-connector-'));
    for (const part of parts) cpSync(join(project, part), join(copy, part), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: copy,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { status, text: stdout + stderr };
  };
  const make = (...words: string[]) => run('connectors/new-connector.ts', ...words);
  const jest = (...words: string[]) =>
    run('--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...words);

  test('refuses a name that cannot be one, and one that is taken', () => {
    const before = readFileSync(join(copy, 'connectors/registry.ts'), 'utf8');
    for (const name of ['', 'Acme', '../acme', 'acme--desk', '_template']) {
      expect(make(name)).toMatchObject({
        status: 1,
        text: expect.stringContaining('lowercase letters'),
      });
    }
    expect(make('http')).toMatchObject({ status: 1, text: expect.stringContaining('already') });
    expect(readFileSync(join(copy, 'connectors/registry.ts'), 'utf8')).toBe(before);
  });

  test('makes a connector that compiles, is registered, and keeps the contract', () => {
    const made = make('acme-desk', 'Acme Desk');
    expect(made).toMatchObject({ status: 0, text: expect.stringContaining('acme-desk/README.md') });
    expect(existsSync(join(copy, 'connectors/acme-desk/schema.ts'))).toBe(true);
    expect(run('node_modules/typescript/bin/tsc', '--noEmit')).toEqual({ status: 0, text: '' });
    // Clients, tickets, time, alert, note and invoice.
    expect(linesIn(join(copy, 'connectors/acme-desk'))).toBeLessThanOrEqual(400);
    const passed = { status: 0, text: expect.stringMatching(/Tests: .* passed/) };
    expect(jest('test/connectors/acme-desk')).toMatchObject(passed);
    const others = ['test/config/registry', 'test/tidy\\.test'];
    expect(jest(...others, '-t', 'registry|setting|README|wall')).toMatchObject(passed);
    expect(readFileSync(join(copy, 'test/connectors/subjects.ts'), 'utf8')).toMatch(
      /= \[\n {2}acmeDeskSubject,\n/,
    );
    expect(readFileSync(join(copy, 'README.md'), 'utf8')).toContain(
      '| [Acme Desk](connectors/acme-desk/README.md) | yes',
    );
  }, 180_000);

  test('refuses to make it twice', () => {
    expect(make('acme-desk')).toMatchObject({
      status: 1,
      text: expect.stringContaining('connectors/acme-desk already exists'),
    });
  });
});

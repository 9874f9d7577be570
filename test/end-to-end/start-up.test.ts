/** What a command loads before it works: modules are counted, since time says little on a busy machine. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { manyClients } from '../bench/many-clients.ts';
import { putBlankDatabase } from '../support/blank-database.ts';
import { checkout, program, startProgram } from '../support/run-command.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-start-up-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Paths of the modules from the checkout, and names of Node's own. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const file = join(folder, 'modules');
  const counter = pathToFileURL(join(checkout, 'test/support/count-modules.ts')).href;
  const env = { MODULES_FILE: file, PSA_KEY: 'a-secret-of-this-test' };
  const { exitCode, stderr } = await startProgram(
    process.execPath,
    ['--no-warnings', '--import', counter, program, ...args],
    { env },
  ).done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const here = pathToFileURL(checkout).href;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((url) => url.replace(`${here}/`, ''));
}

async function writeConfig(text: string): Promise<string> {
  mkdirSync(join(folder, 'data'));
  await putBlankDatabase(join(folder, 'data', 'prepaid-hours.db'));
  const file = join(folder, 'connector.yaml');
  writeFileSync(file, text);
  return file;
}

const holidays = /^node_modules\/(date-holidays|astronomia|caldate|date-chinese)/;

test('--help loads no room of the program but the command line', async () => {
  const modules = await loadedBy('--help');
  expect(modules).toContain('src/cli/program.ts');
  expect(modules.length).toBeLessThanOrEqual(50);
  expect(modules.filter((path) => /^src\/(service|store|config)\//.test(path))).toEqual([]);
});

test('balances loads the configured vendor, and nothing that it does not use', async () => {
  const modules = await loadedBy('balances', '--config', await writeConfig(manyClients(3)));
  const vendors = Object.keys(registry).filter((id) =>
    modules.some((path) => path.startsWith(`connectors/${id}/`)),
  );
  expect(vendors).toEqual(['connectwise']);
  expect(modules.filter((path) => holidays.test(path))).toEqual([]);
  // Connectors count what they write, for the push of a run.
  const unused =
    /^(node_modules\/(axios|winston|eta|prom-client)\/|src\/(web|pull|push(?!\/writes)|debit|undo)\/|node:http)/;
  expect(modules.filter((path) => unused.test(path))).toEqual([]);
  expect(modules.length).toBeLessThanOrEqual(450);
});

test('a calendar with public holidays loads the list of places, not what computes their days', async () => {
  const text = manyClients(3).replace('closed: [2026-12-24]', 'holidays: BE');
  const modules = await loadedBy('balances', '--config', await writeConfig(text));
  expect(modules.filter((path) => holidays.test(path))).toEqual([
    'node_modules/date-holidays/lib/data.cjs',
  ]);
});

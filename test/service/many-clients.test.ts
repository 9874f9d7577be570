/** A large config costs what is in it: work is counted, since time says little on a busy machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Parser } from 'yaml';
import { registry } from '../../connectors/registry.ts';
import { openApp } from '../../src/service/app/app.ts';
import { writeManyClients } from '../bench/many-clients.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-many-clients-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('200 clients: the file is parsed once, with a formatter a currency and terms that are shared', async () => {
  const configFile = join(folder, 'connector.yaml');
  writeManyClients(configFile, 200);
  const parse = jest.spyOn(Parser.prototype, 'parse');
  const formatter = jest.spyOn(Intl, 'NumberFormat');
  const zone = jest.spyOn(Intl, 'DateTimeFormat');

  const env = { PSA_KEY: 'a-secret-of-this-test' };
  const access = 'write' as const;
  const app = await openApp({ vendors: registry, configFile, access, isJson: true, env });

  expect(app.clients).toHaveLength(200);
  expect(parse).toHaveBeenCalledTimes(1);
  expect(formatter.mock.calls.length).toBeLessThanOrEqual(1);
  // Brussels, Paris, and the file's own.
  expect(zone.mock.calls.length).toBeLessThanOrEqual(3);
  // Two agreements, and one client in twenty with overrides.
  expect(new Set(app.clients.map(({ agreement }) => agreement)).size).toBe(2 + 200 / 20);
  await app.close();
});

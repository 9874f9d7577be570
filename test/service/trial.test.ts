import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { openApp } from '../../src/service/app/app.ts';
import { runCheck } from '../../src/service/check/check.ts';
import { writeManyClients } from '../bench/many-clients.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-trial-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file is checked offline where there is no database yet, and none is created', async () => {
  const configFile = join(folder, 'connector.yaml');
  writeManyClients(configFile, 2);
  const before = readdirSync(folder);
  const env = { PSA_KEY: 'a-secret-of-this-test' };
  const options = { vendors: registry, configFile, isJson: true, env };
  const app = await openApp({ ...options, access: 'trial' });
  const { signal } = new AbortController();
  const outcome = await runCheck(app, { isOffline: true, probeClient: null, signal });
  await app.close();
  expect(app.clients).toHaveLength(2);
  expect(outcome.exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual(before);
  // One that exists is used.
  const written = await openApp({ ...options, access: 'write' });
  const run = { id: 'r-1', command: 'run', mode: 'live', at: '2026-03-01T08:00:00.000Z' };
  await written.store.startRun(run);
  await written.close();
  const again = await openApp({ ...options, access: 'trial' });
  expect(await again.store.listRuns(1)).toMatchObject([{ id: 'r-1' }]);
  await again.close();
});

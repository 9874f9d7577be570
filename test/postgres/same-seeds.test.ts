import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const script = join(import.meta.dirname, 'counted-names.ts');
const seeds = ['3', '9'];

async function play(server: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, server, ...seeds]);
  return stdout.trim().split('\n');
}

test('the same histories, with crashes and a second process, end with the same ledgers on both databases', async () => {
  const [onFile, onServer] = await Promise.all([play(''), play(process.env.TEST_POSTGRES ?? '')]);
  expect(onServer).toEqual(onFile);
  for (const line of onFile) expect(line).toMatch(/"ledger":"[0-9a-f]{64}","violation":null/);
}, 300_000);

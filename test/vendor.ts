/**
 * `npm run test:vendor -- halopsa`: what concerns one vendor, which is its contract suite, its own tests and those of
 * its sandbox and of the HTTP layer. What comes after the name is handed to jest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const [vendor = '', ...options] = process.argv.slice(2);
const isVendor =
  /^\w[\w-]*$/.test(vendor) && existsSync(join(root, 'test/connectors', vendor, 'subject.ts'));

if (isVendor) {
  const tests = `test/(connectors|sandbox)/(${vendor}|http)/|test/end-to-end/${vendor}\\.`;
  const jest = ['node_modules/jest/bin/jest.js', tests, ...options];
  const { status } = spawnSync(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', ...jest],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} else {
  process.stderr.write(
    `There is no vendor "${vendor}" in test/connectors/: npm run test:vendor -- halopsa\n`,
  );
  process.exitCode = 2;
}

import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Makes the published package: the sources compiled to `dist/`, and beside them the files that they
 * read at run time from their own folder.
 */
const root = import.meta.dirname;
const dist = join(root, 'dist');
const readAtRunTime = [
  'src/store/sqlite/migrations',
  'src/store/postgres/migrations',
  'src/reports/page/templates',
  'src/reports/statement/page/templates',
  'src/reports/published/templates',
  'src/reports/buyer/templates',
  'src/reports/agreement/templates',
  'src/reports/bridge/templates',
];

rmSync(dist, { recursive: true, force: true });
const compiler = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
const options = ['-p', join(root, 'tsconfig.build.json')];
execFileSync(process.execPath, [join(compiler, 'bin/tsc'), ...options], { stdio: 'inherit' });
for (const path of readAtRunTime) {
  cpSync(join(root, path), join(dist, path), { recursive: true });
}

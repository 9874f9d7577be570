/** Runs the store's suites, and those of the core that use most of it, on a real PostgreSQL. */
import { spawnSync } from 'node:child_process';
import { openServer } from './server.ts';

const server = await openServer();
if (server === null) {
  process.stderr.write(
    'SKIPPED: there is no PostgreSQL here (Debian: apt-get install postgresql).\n',
  );
} else {
  try {
    const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.postgres.config.json'];
    const { status } = spawnSync(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', ...jest, ...process.argv.slice(2)],
      { stdio: 'inherit', env: { ...process.env, TEST_POSTGRES: server.url } },
    );
    process.exitCode = status ?? 1;
  } finally {
    await server.remove();
  }
}

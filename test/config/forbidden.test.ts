import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

/** Nothing is forbidden to root, who becomes somebody else once the modules are loaded. */
const another = 'if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }';

const module = resolve('src/config/read/environment.ts');

test('a file of another user is to be read as that user, not removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-forbidden-'));
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, '.env'), 'A=b\n', { mode: 0o000 });
    const script = `import { effectiveEnvironment } from ${JSON.stringify(module)};
      ${another}
      try { effectiveEnvironment(${JSON.stringify(join(folder, 'connector.yaml'))}, {}); }
      catch ({ message, fix }) { console.log(message, fix); }`;
    const args = ['--no-warnings', '--input-type=module-typescript', '--eval', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/cannot be read \(EACCES\)\. The file is not yours: run the command as/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

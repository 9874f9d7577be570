import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { initBenches } from '../support/init-bench.ts';
import { type CommandResult, checkout, startProgram } from '../support/run-command.ts';

// What `npm run` hands down describes this checkout and would lead an inner npm back into it.
const handedDown = /^(npm_(?!config_(registry|cache|userconfig|cafile)$)|INIT_CWD$)/i;

let folder = '';

/** With the Node of this very process first, as somebody would have it who installs the package. */
function run(
  file: string,
  args: readonly string[],
  workingFolder: string,
  variables: Record<string, string> = {},
): Promise<CommandResult> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || handedDown.test(name) ? [] : [[name, value]],
    ),
  );
  const PATH = `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}`;
  return startProgram(file, args, { workingFolder, env: { ...env, PATH, ...variables } }).done;
}

async function npm(args: readonly string[], workingFolder: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run('npm', args, workingFolder);
  if (exitCode !== 0) throw new Error(`npm ${args[0]} ended with ${exitCode}:\n${stdout}${stderr}`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-package-'));
  await npm(['pack', '--pack-destination', folder], checkout);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await npm(['install', ...quick, join(folder, tarball)], folder);
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function prepaidHours(...args: string[]): Promise<CommandResult> {
  return prepaidHoursIn(folder, {}, ...args);
}

function prepaidHoursIn(
  place: string,
  variables: Record<string, string>,
  ...args: string[]
): Promise<CommandResult> {
  return run(join(folder, 'node_modules', '.bin', 'prepaid-hours'), args, place, variables);
}

test('the installed program tells what it can do', async () => {
  const { exitCode, stdout, stderr } = await prepaidHours('--help');
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  for (const command of ['check', 'run', 'start', 'balances', 'explain', 'statement', 'verify']) {
    expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
  }
});

test('the installed example file, filled in, passes check --offline', async () => {
  const installed = join(folder, 'node_modules', 'prepaid-hours', 'config');
  mkdirSync(join(folder, 'config'), { recursive: true });
  copyFileSync(join(installed, 'connector.example.yaml'), join(folder, 'config', 'connector.yaml'));
  const names = ['COMPANY_ID', 'PUBLIC_KEY', 'PRIVATE_KEY', 'CLIENT_ID'].map(
    (name) => `CW_${name}`,
  );
  const lines = [...names, 'NINJA_CLIENT_ID', 'NINJA_CLIENT_SECRET'].map(
    (name) => `${name}=x1234567\n`,
  );
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });

  const { exitCode, stdout, stderr } = await prepaidHours('check', '--offline');
  expect(`${stdout}${stderr}`).toMatch(/ok +templates: /);
  expect(exitCode).toBe(0);
  expect(await prepaidHours('balances')).toMatchObject({ exitCode: 2 });
  // The database is made, its migrations found, and read again.
  expect(await prepaidHours('run', 'debit')).toMatchObject({ exitCode: 0 });
  expect(await prepaidHours('balances')).toMatchObject({ exitCode: 0 });
});

test.each(initBenches)(
  'installed, it needs four more commands to the balances of 12 clients of $vendor',
  async ({ start }) => {
    const place = mkdtempSync(join(folder, 'init-'));
    const bench = await start();
    try {
      const made = await prepaidHoursIn(place, bench.env, 'init', ...bench.flags);
      expect(made).toMatchObject({ exitCode: 0, stderr: '' });
      const checked = await prepaidHoursIn(place, {}, 'check');
      expect(checked.stdout).toContain('Config OK; all checks passed.');
      expect(await prepaidHoursIn(place, {}, 'run')).toMatchObject({ exitCode: 0 });
      const { stdout } = await prepaidHoursIn(place, {}, 'balances', '--json');
      expect(JSON.parse(stdout).clients).toHaveLength(12);
    } finally {
      await bench.close();
    }
  },
  60_000,
);

test('the installed starter files are there', () => {
  const starters = join(folder, 'node_modules', 'prepaid-hours', 'config', 'starters');
  expect(readdirSync(starters)).toContain('connectwise.yaml');
});

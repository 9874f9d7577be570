import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type InitBench, initBenches } from '../support/init-bench.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-init-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (env: Record<string, string>, ...words: string[]): Promise<CommandResult> =>
  runCommand(words, { workingFolder: folder, env: { TZ: 'Europe/Paris', LANG: 'C', ...env } });

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

async function withBench(
  { start }: (typeof initBenches)[number],
  work: (bench: InitBench) => Promise<void>,
): Promise<void> {
  const bench = await start();
  try {
    await work(bench);
  } finally {
    await bench.close();
  }
}

const [halopsa] = initBenches;

describe.each(initBenches)('unattended, for $vendor', (subject) => {
  test('four commands lead from an empty folder to the balances of 12 clients', async () => {
    await withBench(subject, async ({ flags, env, native }) => {
      const made = await run(env, 'init', ...flags);
      expect(made.stderr).toBe('');
      expect(made.stdout).toContain('12 clients; observe mode');
      expect(made.exitCode).toBe(0);
      expect(readdirSync(folder).sort()).toEqual(['.env', 'config']);
      expect(readdirSync(join(folder, 'config'))).toEqual(['connector.yaml']);
      expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
      const config = read('config/connector.yaml');
      expect(config).toContain('mode: observe');
      expect(config).toContain('timezone: Europe/Paris');
      expect(config).toContain('currency: EUR');

      const checked = await run({}, 'check');
      expect(checked.stdout).toContain('Config OK; all checks passed.');
      expect(checked.exitCode).toBe(0);
      const done = await run({}, 'run');
      expect(done.exitCode).toBe(0);
      const shown = await run({}, 'balances', '--json');
      const balances = JSON.parse(shown.stdout).clients as Balance[];
      expect(balances).toHaveLength(12);
      const owning = balances.filter(({ settledSeconds }) => settledSeconds > 0);
      expect(owning.map(({ client, settledSeconds }) => [client, settledSeconds / 3600])).toEqual(
        native === null ? [] : [[native.client, native.hours]],
      );

      const texts = [made, checked, done, shown].flatMap(({ stdout, stderr }) => [stdout, stderr]);
      for (const [name, secret] of Object.entries(env)) {
        expect([...texts, config].filter((text) => text.includes(secret))).toEqual([]);
        expect(config).toContain(`\${${name}}`);
        expect(read('.env')).toContain(`${name}=${secret}\n`);
      }
    });
  }, 60_000);
});

interface Balance {
  client: string;
  settledSeconds: number;
}

test('without a terminal every missing flag is named at once, and nothing is written', async () => {
  const none = await run({}, 'init');
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toMatch(/--vendor, one of: atera, .*connectwise/);
  const { exitCode, stderr } = await run({}, 'init', '--vendor', 'connectwise');
  expect(exitCode).toBe(2);
  const missing = [...stderr.matchAll(/^ {2}(--[a-z]+(?: \w+(?:\.\w+)?=)?)/gm)];
  expect(missing.map(([, flag]) => flag)).toEqual([
    ...['--set baseUrl=', '--set companyId=', '--secret publicKey=', '--secret privateKey='],
    ...['--set clientId=', '--set alerts.board=', '--clients', '--offer', '--product', '--yes'],
  ]);
  expect(stderr).toContain('PSA_PUBLIC_KEY in the environment');
  expect(readdirSync(folder)).toEqual([]);
}, 30_000);

test('a wrong key is refused with exit code 3, is not shown, and nothing is written', async () => {
  await withBench(halopsa as (typeof initBenches)[number], async ({ flags }) => {
    const wrong = 'not-the-right-secret';
    const { exitCode, stdout, stderr } = await run({ PSA_CLIENT_SECRET: wrong }, 'init', ...flags);
    expect(exitCode).toBe(3);
    expect(`${stdout}${stderr}`).not.toContain(wrong);
    expect(readdirSync(folder)).toEqual([]);
  });
}, 30_000);

test('a config file that is there is replaced only with --force; other lines of .env stay', async () => {
  await withBench(halopsa as (typeof initBenches)[number], async ({ flags, env }) => {
    const file = join(folder, 'connector.yaml');
    writeFileSync(file, '# mine\n');
    writeFileSync(join(folder, '.env'), 'OTHER="a b"\nPSA_CLIENT_SECRET=old-secret\n# end\n');
    const refused = await run(env, 'init', ...flags, '--config', 'connector.yaml');
    expect(refused.stderr).toContain('--force');
    expect(refused.exitCode).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('# mine\n');

    const made = await run(
      env,
      'init',
      ...flags,
      '--config',
      'connector.yaml',
      '--force',
      '--json',
    );
    const { secretNames, clients } = JSON.parse(made.stdout);
    expect([made.exitCode, secretNames, clients.length]).toEqual([0, ['PSA_CLIENT_SECRET'], 12]);
    expect(existsSync(join(folder, 'config'))).toBe(false);
    expect(read('.env')).toBe(`OTHER="a b"\nPSA_CLIENT_SECRET=${env.PSA_CLIENT_SECRET}\n# end\n`);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  });
}, 30_000);

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { KindError } from '../../src/domain/errors.ts';
import type { RunResult } from '../../src/service/run/run.ts';
import type { StepResult } from '../../src/service/run/step.ts';
import { openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

const step: StepResult = {
  step: 'pull',
  connection: 'psa',
  requests: 3,
  rows: 120,
  changed: 4,
  quarantined: 0,
  posted: 0,
  messages: 0,
  delivered: 0,
  withheld: 0,
  failed: 0,
  differences: 0,
  durationMs: 1234,
  error: null,
};

describe('run', () => {
  test('runs the named steps in their own order, and answers in the agreed shape', async () => {
    const asked: unknown[] = [];
    const result: RunResult = { run: 'r-1', ok: true, stopped: false, steps: [step], exitCode: 0 };
    const cli = new CliBench(await openReportBench(), {
      runOnce: async (_app, steps) => {
        asked.push(steps);
        return result;
      },
    });
    expect(await cli.json(['run', 'debit', 'pull', 'pull'])).toEqual({
      run: 'r-1',
      ok: true,
      stopped: false,
      steps: [step],
    });
    await cli.run(['run']);
    expect(asked).toEqual([
      ['pull', 'debit'],
      ['pull', 'debit', 'replenish', 'push'],
    ]);
    expect((await cli.run(['run', 'pul'])).exitCode).toBe(2);
  });

  test('says that it was stopped, and not that it is done', async () => {
    const cli = new CliBench(await openReportBench(), {
      runOnce: async () => ({ run: 'r-1', ok: false, stopped: true, steps: [step], exitCode: 4 }),
    });
    const { exitCode, out } = await cli.run(['run']);
    expect([exitCode, out]).toEqual([
      4,
      expect.stringContaining('Run r-1 was stopped; the next run continues from there.'),
    ]);
  });

  test('leaves out counts that are nought, tells faults, and hands on the exit code', async () => {
    const failed = {
      ...step,
      connection: 'rmm',
      requests: 1,
      rows: 0,
      error: 'no\u001b[2J answer',
    };
    const cli = new CliBench(await openReportBench(), {
      runOnce: async () => ({
        run: 'r-1',
        ok: false,
        stopped: false,
        steps: [step, failed],
        exitCode: 4,
      }),
    });
    const { exitCode, out } = await cli.run(['run']);
    expect(exitCode).toBe(4);
    expect(out.split('\n').slice(0, 4)).toEqual([
      'Step  Connection  Requests  Rows  Changed  Seconds',
      'pull  psa                3   120        4      1.2',
      'pull  rmm                1              4      1.2',
      'failed pull rmm: no answer',
    ]);
  });

  test('shows progress to a person only, and cleans up after it', async () => {
    const cli = new CliBench(await openReportBench(), {
      runOnce: async (_app, _steps, { onProgress }) => {
        onProgress?.('psa: 1,000 rows');
        return { run: 'r-1', ok: true, stopped: false, steps: [], exitCode: 0 };
      },
    });
    expect((await cli.run(['run'])).err).toBe('');
    const { err, out } = await cli.run(['run'], { isErrTerminal: true });
    expect(err).toBe('\r\u001b[2Kpsa: 1,000 rows\r\r\u001b[2K');
    expect(out).not.toContain('1,000');
  });
});

test('check shows each line with its way out, probes by the client’s id, and exits as told', async () => {
  const asked: unknown[] = [];
  const bench = await openReportBench();
  const cli = new CliBench(bench, {
    runCheck: async (_app, { isOffline, probeClient }) => {
      asked.push({ isOffline, probeClient });
      const fix = 'Correct the key.';
      const detail = 'refused';
      return {
        lines: [
          { connection: null, id: 'templates', status: 'ok', detail: 'all there' },
          { connection: 'psa', id: 'auth', status: 'failed', detail, fix },
        ],
        exitCode: 3,
      };
    },
  });
  const { exitCode, out } = await cli.run(['check', '--probe', 'plomberie']);
  expect(exitCode).toBe(3);
  expect(out).toContain('ok      templates: all there\nfailed  psa auth: refused\n        Correct');
  expect(await cli.json(['check', '--offline'])).toMatchObject({ ok: false, checks: [{}, {}] });
  expect(cli.opened.map(({ access }) => access)).toEqual(['write', 'trial']);
  expect(asked).toEqual([
    { isOffline: false, probeClient: bench.client.id },
    { isOffline: true, probeClient: null },
  ]);
});

test('start serves until the signal', async () => {
  const controller = new AbortController();
  const cli = new CliBench(await openReportBench(), {
    startService: (_app, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve());
        controller.abort();
      }),
  });
  const { exitCode } = await cli.run(['start'], { signal: controller.signal });
  expect(exitCode).toBe(0);
  expect(cli.closed).toBe(1);
});

describe('what goes wrong', () => {
  test.each([
    ['config', 2],
    ['auth', 3],
    ['permission', 3],
    ['transient', 4],
  ] as const)('a fault of kind %s: one message with its fix, exit code %i', async (kind, code) => {
    const cli = new CliBench(await openReportBench(), {
      runOnce: async () => {
        throw new KindError(kind, 'It \u001b[2Jfailed.', { fix: 'Mend it.' });
      },
    });
    const { exitCode, err, out } = await cli.run(['run']);
    expect([exitCode, err, out]).toEqual([code, 'error: It failed.\nMend it.\n', '']);
    expect(cli.closed).toBe(1);
    expect(await cli.json(['run'])).toEqual({
      error: { kind, message: 'It \u001b[2Jfailed.', fix: 'Mend it.' },
    });
  });

  test('a defect shows its trace and exits 1', async () => {
    const cli = new CliBench(await openReportBench(), {
      runOnce: async () => {
        throw new TypeError('x is undefined');
      },
    });
    const { exitCode, err } = await cli.run(['run']);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/TypeError: x is undefined\n +at /);
    expect(await cli.json(['run'])).toMatchObject({ error: { kind: 'unexpected' } });
  });

  test('a wrong command line is a usage fault with the nearest command', async () => {
    const cli = new CliBench(await openReportBench());
    const { exitCode, err } = await cli.run(['balanses']);
    expect(exitCode).toBe(2);
    expect(err).toContain('Did you mean balances?');
    expect((await cli.run([])).exitCode).toBe(2);
    expect(await cli.json(['nonsense'])).toMatchObject({ error: { kind: 'usage' } });
  });
});

const commands = [
  ...['check', 'run', 'start', 'balances', 'explain', 'statement', 'adjust', 'verify', 'backup'],
  ...['block add', 'block void', 'outbox list', 'outbox show', 'outbox retry', 'outbox cancel'],
  ...['explain balance', 'quarantine list', 'quarantine retry', 'quarantine accept'],
];

test.each(commands)('%s --help has the common options and an example', async (command) => {
  const cli = new CliBench(await openReportBench());
  const { exitCode, out } = await cli.run([...command.split(' '), '--help']);
  expect(exitCode).toBe(0);
  expect(out).toContain('--config <file>');
  expect(out).toContain('--json');
  expect(out).toContain(`Example:\n  prepaid-hours ${command}`);
});

test('colours are for a terminal, and NO_COLOR switches them off', async () => {
  const cli = new CliBench(await openReportBench());
  const terminal = { isOutTerminal: true };
  expect((await cli.run(['balances'], terminal)).out).toContain('\u001b[');
  expect((await cli.run(['balances'])).out).not.toContain('\u001b[');
  const quiet = { ...terminal, env: { NO_COLOR: '1' } };
  expect((await cli.run(['balances'], quiet)).out).not.toContain('\u001b[');
});

describe('the program itself', () => {
  const start = promisify(execFile);
  const main = 'src/cli/main.ts';

  test('exits 2 where there is no config file, with one JSON document', async () => {
    const failure = start(process.execPath, [main, 'balances', '--config', 'none.yaml', '--json']);
    await expect(failure).rejects.toMatchObject({ code: 2 });
    const { stdout } = await failure.catch((error: { stdout: string }) => error);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'config' } });
  });

  test('an older Node is told which one is needed', async () => {
    const versions = "{ ...process.versions, node: '20.9.0' }";
    const old = `data:text/javascript,Object.defineProperty(process, 'versions', { value: ${versions} })`;
    await expect(start(process.execPath, ['--import', old, main])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs Node 24 or newer; this is 20.9.0'),
    });
  });
});

test('check counts what needs no action in one line, and shows it all on request', async () => {
  const unverified = (id: string) => {
    const detail = `Not verified yet: ${id}.`;
    const fix = 'Run check --probe with a test client.';
    return { connection: 'psa', id, status: 'warning', detail, fix, isUnverified: true } as const;
  };
  const cli = new CliBench(await openReportBench(), {
    runCheck: async () => ({
      lines: [
        unverified('fact.a'),
        { connection: 'psa', id: 'file-mode', status: 'warning', detail: 'open', fix: 'chmod' },
        unverified('fact.b'),
      ],
      exitCode: 0,
    }),
  });
  const { out } = await cli.run(['check']);
  expect(out.split('\n').slice(1)).toEqual([
    'warning psa file-mode: open',
    '        chmod',
    'note    2 facts are not verified yet. No action needed: check --probe or the first real case verifies each.',
    '        Show them: prepaid-hours check --all',
    'Config OK; all checks passed.',
    '',
  ]);
  const all = (await cli.run(['check', '--all'])).out;
  expect(all).toContain('warning psa fact.a: Not verified yet: fact.a.\n        Run check --probe');
  expect(all).not.toContain('note');
  expect(await cli.json(['check'])).toMatchObject({
    checks: [{ id: 'fact.a' }, {}, { id: 'fact.b' }],
  });
});

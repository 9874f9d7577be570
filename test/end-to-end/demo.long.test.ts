import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findFaults } from '../demo/expectations.ts';
import { createMonth } from '../demo/month.ts';
import { planSecondAct } from '../demo/second-act.ts';
import type { Outcome } from '../demo/story.ts';
import { type CommandResult, checkout, startProgram } from '../support/run-command.ts';

const program = join(checkout, 'test', 'demo', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-demo-'));
const output = join(folder, 'output');

function demo(...args: string[]): Promise<CommandResult> {
  return startProgram(process.execPath, ['--no-warnings', program, ...args]).done;
}

let result: CommandResult;

beforeAll(async () => {
  result = await demo('--json', '--out', output);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcome(): Outcome {
  return JSON.parse(result.stdout) as Outcome;
}

test('the demo succeeds, with one JSON document on standard output', () => {
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(Object.keys(outcome())).toEqual(['runs', 'balances', 'psa', 'verify']);
  expect(outcome().runs).toHaveLength(3);
  expect(outcome().balances.clients).toHaveLength(12);
  expect(outcome().verify).toEqual({ ok: true });
});

test('it leaves a config, a database and a statement to look at', () => {
  for (const name of ['connector.yaml', '.env', 'data/prepaid-hours.db']) {
    expect(existsSync(join(output, name))).toBe(true);
  }
  const statement = readFileSync(join(output, 'statement-dupont-plomberie.html'), 'utf8');
  expect(statement).toMatch(/^<!doctype html>/i);
  expect(statement).toContain('Dupont Plomberie');
});

test('it never empties a folder that holds something else', async () => {
  writeFileSync(join(folder, 'mine.txt'), 'keep me');
  const { exitCode, stderr } = await demo('--out', folder);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('holds other files');
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('keep me');
});

describe('it would notice', () => {
  function faultsAfter(spoil: (spoilt: Outcome) => void): string {
    const spoilt = outcome();
    const month = createMonth(Date.parse(spoilt.balances.asOf));
    expect(findFaults(spoilt, month, planSecondAct(month))).toEqual([]);
    spoil(spoilt);
    return findFaults(spoilt, month, planSecondAct(month)).join('\n');
  }

  test.each<[string, (spoilt: Outcome) => void, string]>([
    [
      'a second alert',
      ({ psa }) => psa.tickets.push(...psa.tickets.slice(0, 1)),
      'has 2 alert tickets, not 1',
    ],
    [
      'a second invoice',
      ({ psa }) => psa.invoices.push(...psa.invoices.slice(0, 1)),
      'has 2 invoices, not 1',
    ],
    [
      'a balance that is a second off',
      ({ balances }) => {
        for (const client of balances.clients.slice(0, 1)) client.settledSeconds += 1;
      },
      'Dupont Plomberie has',
    ],
    [
      'a third run that posts',
      ({ runs }) => {
        for (const step of runs[2]?.steps ?? []) step.posted += 1;
      },
      'The third run changed something',
    ],
    [
      'a third run that asks twice',
      ({ runs }) => {
        for (const step of runs[2]?.steps ?? []) step.requests += 1;
      },
      'The third run sent',
    ],
    [
      'a ledger that does not verify',
      ({ verify }) => {
        verify.ok = false;
      },
      'does not verify',
    ],
  ])('%s', (_, spoil, fault) => {
    expect(faultsAfter(spoil)).toContain(fault);
  });
});

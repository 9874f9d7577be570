import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { CheckResult, Connector } from '../../connectors/contract.ts';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import { type CheckOutcome, runCheck } from '../../src/service/check.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

type Asked = Pick<Connector, 'check' | 'listNames'>;

const signedIn: CheckResult = { id: 'auth', status: 'ok', detail: 'Signed in.' };

function failing(kind: ErrorKind): () => Promise<never> {
  return async () => {
    throw new KindError(kind, `scripted ${kind}`);
  };
}

/** Checks a config that names the board Help Desk, with connections that answer as told. */
async function check(answers: Record<string, Asked>, file?: string): Promise<CheckOutcome> {
  const applies = { boards: ['Help Desk'], ticketTypes: null, agreements: null };
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf({ applies }) })],
  });
  const connectors = new Map<string, Connector>();
  for (const [name, answer] of Object.entries(answers)) {
    connectors.set(name, { ...bench.psa.connector(), ...answer });
  }
  const config = { ...bench.app.config, file: file ?? bench.app.config.file };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const outcome = await runCheck({ ...bench.app, config, connectors }, options);
  await bench.close();
  return outcome;
}

function failuresOf({ lines }: CheckOutcome): string[] {
  return lines
    .filter((line) => line.status === 'failed')
    .map(({ connection, id }) => `${connection ?? 'config'} ${id}`);
}

const knowsBoards = async (...boards: string[]) => ({ boards });

test('a name that no connection has is wrong, and one of them is enough', async () => {
  const psa = { check: async () => [signedIn], listNames: () => knowsBoards('Service') };
  const rmm = { check: async () => [signedIn], listNames: () => knowsBoards('Help Desk') };
  const alone = await check({ psa });
  expect(failuresOf(alone)).toEqual(['config name.boards']);
  expect(alone.exitCode).toBe(2);
  expect(await check({ psa, rmm })).toMatchObject({ exitCode: 0 });
});

test('a name is not called wrong while a connection that may know it does not answer', async () => {
  const psa = { check: failing('transient'), listNames: () => knowsBoards('Help Desk') };
  const rmm = { check: async () => [signedIn], listNames: () => knowsBoards('All tickets') };
  const outcome = await check({ psa, rmm });
  expect(failuresOf(outcome)).toEqual(['psa transient']);
  expect(outcome.exitCode).toBe(4);
});

test('what was found stays when the names may not be read', async () => {
  const psa = { check: async () => [signedIn], listNames: failing('permission') };
  const outcome = await check({ psa });
  expect(outcome.lines).toContainEqual({ connection: 'psa', ...signedIn });
  expect(failuresOf(outcome)).toEqual(['psa permission']);
  expect(outcome.exitCode).toBe(3);
});

test.each([
  ['auth', 3],
  ['permission', 3],
  ['transient', 4],
  ['rate-limited', 4],
  ['config', 2],
] as const)('signing in that fails with %s exits %i', async (kind, exitCode) => {
  const fix = 'Mend it.';
  const result: CheckResult = { id: 'auth', status: 'failed', detail: 'No.', fix, kind };
  expect(await check({ psa: { check: async () => [result] } })).toMatchObject({ exitCode });
});

test('secrets that others on the machine could read are told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-check-'));
  const secrets = join(folder, '.env');
  writeFileSync(secrets, 'KEY=x\n', { mode: 0o644 });
  const { lines } = await check({}, join(folder, 'connector.yaml'));
  expect(lines).toContainEqual(
    expect.objectContaining({ id: 'file-mode', status: 'warning', fix: `chmod 600 ${secrets}` }),
  );
  rmSync(folder, { recursive: true });
});

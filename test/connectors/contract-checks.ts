import { expect, test } from '@jest/globals';
import type { CheckResult } from '../../src/contract/connector.ts';
import { describeError } from '../../src/domain/errors.ts';
import {
  type ContractBench,
  type ContractSubject,
  type Opened,
  openConnector,
} from './contract-bench.ts';
import { readStream, withBench } from './contract-reads.ts';

export function describeChecks(subject: ContractSubject): void {
  test('names every stream and push that it announces, and no other', () =>
    withBench(subject, async ({ connector }) => {
      expect(Object.keys(connector.pull).sort()).toEqual([...subject.vendor.pulls].sort());
      expect(Object.keys(connector.push).sort()).toEqual([...subject.vendor.pushes].sort());
    }));

  test('declares what it does for the table of vendors', () => {
    const { pulls, pushes, table } = subject.vendor;
    expect(table.sale !== null).toBe(pushes.includes('invoice'));
    expect(/sweep/.test(table.deletions ?? '')).toBe(pulls.includes('present'));
    expect(table.ownBlocks === 'compared').toBe(pulls.includes('blocks'));
  });

  test('finds nothing wrong with good settings', () =>
    withBench(subject, async ({ connector, bench }) => {
      const results = await connector.check(bench.clientIds, AbortSignal.timeout(20_000));
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter((result) => result.status === 'failed')).toEqual([]);
      expectWaysOut(results);
    }));

  test('lists the clients of the account with their ids, whichever are configured', () =>
    withBench(subject, async ({ bench, connector }) => {
      if (connector.listClients === undefined) return;
      const listed = await connector.listClients(AbortSignal.timeout(25_000));
      expect(listed.map(({ sourceId }) => sourceId)).toEqual(
        expect.arrayContaining([...bench.clientIds]),
      );
      expect(listed.every(({ name }) => name !== '')).toBe(true);
    }));

  test('lists products, each of which a sale could name', () =>
    withBench(subject, async ({ connector }) => {
      const { listProducts, proveProduct } = connector;
      expect(listProducts === undefined).toBe(proveProduct === undefined);
      const products = (await listProducts?.(AbortSignal.timeout(20_000))) ?? [];
      if (subject.vendor.needsProduct !== undefined) expect(products).not.toEqual([]);
      for (const { name } of products) await proveProduct?.(name, AbortSignal.timeout(20_000));
    }));

  test('refuses a product that no sale could name', () =>
    withBench(subject, async ({ connector }) => {
      const { proveProduct } = connector;
      if (subject.vendor.needsProduct !== undefined) expect(proveProduct).toBeDefined();
      if (proveProduct === undefined) return;
      const proof = proveProduct('No such block', AbortSignal.timeout(20_000));
      await expect(proof).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('"No such block"'),
        fix: expect.any(String),
      });
    }));

  test('reports a wrong secret as a failed result, without showing it', () =>
    withBench(subject, async ({ bench }) => {
      const wrong = openConnector(subject, bench, bench.wrongSecretSettings);
      const results = await wrong.connector.check(bench.clientIds, AbortSignal.timeout(20_000));
      expect(results.some((result) => result.status === 'failed')).toBe(true);
      expectWaysOut(results);
      expectNoSecrets(bench, JSON.stringify([results, wrong.context.logs]));
    }));

  test('reports a missing permission as a failed result', () =>
    withBench(subject, async ({ connector, bench }) => {
      bench.sandbox.faults.add('forbidden', { times: Number.POSITIVE_INFINITY });
      const results = await connector.check(bench.clientIds, AbortSignal.timeout(20_000));
      expect(results.some((result) => result.status === 'failed')).toBe(true);
      expectWaysOut(results);
    }));

  test('a probe that comes to nothing leaves what was known before', () =>
    withBench(subject, async ({ connector, bench, context }) => {
      const [clientId = ''] = bench.clientIds;
      await connector.probe?.(clientId, AbortSignal.timeout(20_000));
      const facts = [...context.kept.keys()].filter((key) => key.startsWith('fact.'));
      for (const key of facts) await context.memory.set(key, 'no 2026-01-01');
      bench.sandbox.faults.add('server-error', { times: Number.POSITIVE_INFINITY, isWrite: true });
      await connector.probe?.(clientId, AbortSignal.timeout(20_000));
      expect(facts.filter((key) => context.kept.get(key) === undefined)).toEqual([]);
    }));

  test('refuses to read with a wrong secret, without showing it', () =>
    withBench(subject, async ({ bench }) => {
      for (const { stream } of bench.pageStreams) {
        const wrong = openConnector(subject, bench, bench.wrongSecretSettings);
        const error = await errorOf(wrong, stream);
        expect(error).toMatchObject({ kind: 'auth' });
        expectNoSecrets(bench, JSON.stringify([describeError(error), wrong.context.logs]));
      }
    }));

  test('refuses to read what it has no permission for, instead of reading nothing', () =>
    withBench(subject, async (opened) => {
      for (const { stream, path } of opened.bench.pageStreams) {
        opened.bench.sandbox.faults.clear();
        opened.bench.sandbox.faults.add('forbidden', { times: Number.POSITIVE_INFINITY, path });
        expect(await errorOf(opened, stream)).toMatchObject({ kind: 'permission' });
      }
    }));
}

async function errorOf(opened: Opened, stream: Parameters<typeof readStream>[1]): Promise<unknown> {
  return readStream(opened, stream).then(
    (read) => `read ${read.rows.length} rows of ${stream} instead of failing`,
    (error: unknown) => error,
  );
}

function expectWaysOut(results: readonly CheckResult[]): void {
  const ids = results.map((result) => result.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const result of results) {
    expect(result).toMatchObject({ id: expect.any(String), detail: expect.stringMatching(/./) });
    if (result.status !== 'ok') expect(result.fix ?? '').toMatch(/./);
  }
}

/** The texts that only the wrong settings hold are the wrong secrets. */
function expectNoSecrets(bench: ContractBench, shown: string): void {
  const good = new Set(textsIn(bench.settings));
  const secrets = textsIn(bench.wrongSecretSettings).filter((text) => !good.has(text));
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of secrets) expect(shown).not.toContain(secret);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

import { beforeEach, expect, test } from '@jest/globals';
import { keepFacts } from '../../connectors/kit/checking/facts.ts';
import { verifyAgain } from '../../connectors/kit/checking/probe.ts';
import type { Fact } from '../../src/contract/connector.ts';
import { createTestContext } from '../support/connector-context.ts';

const key: Fact = {
  claim: 'A new ticket keeps its key.',
  otherwise: 'No tickets are made.',
  isNeeded: true,
  verifiedBy: 'writing',
};
const { readFact, verifyKept, refuseIfFalse, factResult } = keepFacts<'key'>('Vendor', { key });

let nowMs = Date.parse('2026-03-02T09:00:00.000Z');
let context = createTestContext({ now: () => nowMs });
beforeEach(() => {
  context = createTestContext({ now: () => nowMs });
});

const isNotFound = async () => false;
const look = (byId: boolean | null, isFoundByKey = isNotFound) =>
  verifyKept(context, 'key', byId, isFoundByKey);
const refusal = () => refuseIfFalse(context, 'key');

test('a record that is not shown yet by its id proves nothing, however often', async () => {
  for (let count = 0; count < 3; count += 1) {
    await look(null);
    nowMs += 600_000;
  }
  expect(await readFact(context, 'key')).toBeNull();
  await expect(refusal()).resolves.toBeUndefined();
});

test('a key that is missed by the id and found by a search is kept', async () => {
  await look(false, async () => true);
  expect(await readFact(context, 'key')).toBe('yes');
});

test('only two misses some time apart prove it false', async () => {
  await look(false);
  await look(false);
  await expect(refusal()).resolves.toBeUndefined();
  expect((await factResult(context, 'key')).status).toBe('warning');
  nowMs += 60_000;
  await look(false);
  await expect(refusal()).rejects.toMatchObject({ kind: 'config' });
});

test('a hit between two misses clears the first', async () => {
  await look(false);
  nowMs += 600_000;
  await look(true);
  nowMs += 600_000;
  await look(false);
  await expect(refusal()).resolves.toBeUndefined();
});

test('what was proved false is reported by check, and verified by the next write', async () => {
  await look(false);
  nowMs += 60_000;
  await look(false);
  expect((await factResult(context, 'key')).status).toBe('failed');
  await expect(refusal()).resolves.toBeUndefined();
  nowMs += 1000;
  await look(false);
  await expect(refusal()).rejects.toMatchObject({ kind: 'config' });
  await factResult(context, 'key');
  await look(true);
  expect(await readFact(context, 'key')).toBe('yes');
});

test('a probe that comes to nothing leaves what was proved; its own miss proves nothing alone', async () => {
  await look(true);
  await verifyAgain(context, ['key'], () => look(false));
  await expect(refusal()).resolves.toBeUndefined();
  nowMs += 60_000;
  await verifyAgain(context, ['key'], () => look(false));
  await expect(refusal()).rejects.toMatchObject({ kind: 'config' });
  await verifyAgain(context, ['key'], async () => {});
  await expect(refusal()).rejects.toMatchObject({ kind: 'config' });
});

test('a fact that nothing has touched yet asks for no action; one that was missed once does', async () => {
  expect(await factResult(context, 'key')).toMatchObject({ status: 'warning', isUnverified: true });
  await look(false);
  expect(await factResult(context, 'key')).not.toHaveProperty('isUnverified');
});

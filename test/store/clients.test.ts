import { expect, test } from '@jest/globals';
import { at, openBench } from './store-bench.ts';

function client(name: string, ids: Record<string, string>) {
  return { name, sourceIds: new Map(Object.entries(ids)), formerIds: new Map(), paidBy: null };
}

test('a client keeps its id through a new name and a new PSA', async () => {
  const { store } = await openBench();
  const [id] = await store.assignClientIds(
    [client('Dupont & Fils', { psa: '1234', rmm: '17' })],
    at,
  );
  expect(id).toBe('dupont');
  expect(await store.assignClientIds([client('Dupont & Fils', { rmm: '17' })], at)).toEqual([id]);
  expect(await store.listClients()).toEqual([
    {
      id: 'dupont',
      name: 'Dupont & Fils',
      sources: [
        { connection: 'psa', sourceId: '1234' },
        { connection: 'rmm', sourceId: '17' },
      ],
    },
  ]);
});

test('ids are short, plain, and never twice the same', async () => {
  const { store } = await openBench();
  const ids = await store.assignClientIds(
    [
      client('Dupont', { psa: '1' }),
      client('Société Générale de Maçonnerie', { psa: '2' }),
      client('Société générale de maçonnerie', { psa: '3' }),
      client('日本', { psa: '4' }),
      client('Client', { psa: '5' }),
    ],
    at,
  );
  expect(ids).toEqual([
    'dupont-2',
    'societe-generale-de',
    'societe-generale-d-2',
    'client',
    'client-2',
  ]);
});

test('ids of two known clients under one name are refused, naming both', async () => {
  const { store } = await openBench();
  await store.assignClientIds([client('Martin', { rmm: '8' })], at);
  const merged = [client('Dupont', { psa: '1234', rmm: '8' })];
  await expect(store.assignClientIds(merged, at)).rejects.toThrow(/psa: 1234.*rmm: 8 is "Martin"/);
});

test('an id moved to another client leaves the ledger with the client that bears its name', async () => {
  const { store } = await openBench();
  await store.assignClientIds([client('Dupont', { psa: '1234', rmm: '17' })], at);
  const moved = [client('Martin', { rmm: '17' }), client('Dupont', { psa: '1234' })];
  expect(await store.assignClientIds(moved, at)).toEqual(['martin', 'dupont']);
  expect(await store.assignClientIds(moved, at)).toEqual(['martin', 'dupont']);
});

test('two clients that could both be the known one are refused', async () => {
  const { store } = await openBench();
  await store.assignClientIds([client('Dupont', { psa: '1234', rmm: '17' })], at);
  const split = [client('A', { rmm: '17' }), client('B', { psa: '1234' })];
  await expect(store.assignClientIds(split, at)).rejects.toThrow(/"A" and "B"/);
});

test.each([
  ['no id at all', [client('Martin', {})], /no id/],
  ['one id for two', [client('A', { psa: '5' }), client('B', { psa: '5' })], /share the id psa: 5/],
])('%s is refused', async (_, clients, message) => {
  const { store } = await openBench();
  await expect(store.assignClientIds(clients, at)).rejects.toThrow(message);
});

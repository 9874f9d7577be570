/** Messages of a kind that are looked up together, and those that must not be. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PushKind } from '../../src/contract/connector.ts';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { KindError } from '../../src/domain/errors.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

const ids = ['1', '2', '3', '4', '5', '6'];

interface Looked {
  key: string;
  clientId: string;
}

interface Looking {
  find(message: Looked, signal: AbortSignal): Promise<{ remoteId: string } | null>;
  create(message: Looked, signal: AbortSignal): Promise<{ remoteId: string }>;
  findMissing?(messages: readonly Looked[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

let bench: CoreBench;
/** Clients of each shared look-up, and of each look-up by itself. */
let shared: string[][];
let single: string[];

beforeEach(async () => {
  [shared, single] = [[], []];
  const replenish: ReplenishRule[] = [
    {
      when: { balance: 'settled', secondsLeft: 7200 },
      do: ['alert'],
      offer: null,
      tell: ['msp'],
    },
  ];
  const agreement = agreementOf({ replenish });
  bench = await CoreBench.open({
    clients: ids.map((id) =>
      clientOf({ name: `Client ${id}`, agreement, sourceIds: new Map([['psa', id]]) }),
    ),
  });
  for (const clientId of ids) {
    bench.psa.ticket(clientId, { clientId });
    bench.psa.log(clientId, clientId, '2026-03-02T09:00:00.000Z', 9 * 60);
    bench.psa.close(clientId);
  }
  const push = pushOf();
  const { find } = push;
  push.find = async (message, signal) => {
    single.push(message.clientId);
    return find(message, signal);
  };
  push.findMissing = async (messages) => {
    shared.push(messages.map(({ clientId }) => clientId));
    const keys = messages.map(({ key }) => key);
    return new Set(keys.filter((key) => !bench.psa.sent.some((one) => one.message.key === key)));
  };
});
afterEach(() => bench.close());

function pushOf(kind: PushKind = 'alert-ticket'): Looking {
  return bench.app.connectors.get('psa')?.push[kind] as unknown as Looking;
}

function onCreate(act: (clientId: string) => void): void {
  const push = pushOf();
  const { create } = push;
  push.create = async (message, signal) => {
    act(message.clientId);
    return create(message, signal);
  };
}

test('once the first of its kind is delivered, the others are looked up together', async () => {
  await bench.run();
  expect(single).toEqual(['1']);
  expect(shared).toEqual([['2', '3', '4', '5', '6']]);
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(ids.length);
});

test('what the shared look-up does not call missing is looked up by itself', async () => {
  const push = pushOf();
  const { findMissing } = push;
  push.findMissing = async (messages, signal) => {
    const missing = await findMissing?.(messages, signal);
    return new Set([...(missing ?? [])].filter((key) => key !== messages[1]?.key));
  };
  await bench.run();
  expect(single).toEqual(['1', '3']);
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(ids.length);
});

test('a shared look-up that fails leaves each message to its own', async () => {
  pushOf().findMissing = async () => {
    throw new KindError('rejected', 'The address is too long.');
  };
  expect((await bench.run()).ok).toBe(true);
  expect(single).toEqual(ids);
});

test('after a minute they are looked up again', async () => {
  onCreate((clientId) => {
    if (clientId === '3') bench.advance(60);
  });
  await bench.run();
  expect(shared).toEqual([
    ['2', '3', '4', '5', '6'],
    ['4', '5', '6'],
  ]);
  expect(single).toEqual(['1']);
});

test('a look-up that takes a minute proves nothing by its end', async () => {
  const push = pushOf();
  const { findMissing } = push;
  push.findMissing = async (messages, signal) => {
    const missing = (await findMissing?.(messages, signal)) ?? new Set();
    bench.advance(60);
    return missing;
  };
  await bench.run();
  expect(single).toEqual(ids);
});

test('a message with an earlier attempt is never among them, and is searched for by itself', async () => {
  // Both answers are lost: one was written, one was not, and no search shows either yet.
  bench.psa.searchLagSeconds = 80;
  const push = pushOf();
  const { create } = push;
  push.create = async (message, signal) => {
    if (message.clientId !== '4') await create(message, signal);
    throw new KindError('unknown-outcome', 'The answer was lost.');
  };
  await bench.run();
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(ids.length - 1);
  push.create = create;
  [shared, single] = [[], []];
  bench.advance(3600);
  await bench.run();
  expect(shared).toEqual([]);
  expect(single).toEqual(ids);
  expect(bench.psa.sentOf('alert-ticket')).toHaveLength(ids.length);
});

test('an unknown outcome is searched for freshly, whatever was looked up before', async () => {
  bench.psa.fail('create alert-ticket', 'unknown-outcome', { nth: 3 });
  await bench.run();
  expect(single).toEqual(['1', '3']);
});

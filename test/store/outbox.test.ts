import { beforeEach, expect, test } from '@jest/globals';
import type { NewMessage, Store } from '../../src/store/port.ts';
import { at, openBench, replenishment } from './store-bench.ts';

const later = '2026-03-02T09:10:00.000Z';
const muchLater = '2026-03-02T12:00:00.000Z';

let store: Store;
beforeEach(async () => {
  ({ store } = await openBench());
});

async function write(...messages: Partial<NewMessage>[]): Promise<void> {
  const common = { kind: 'alert-ticket', clientId: 'dupont', connection: 'psa', payload: '{}' };
  await store.writeReplenish(
    replenishment(0, {
      messages: messages.map((message) => ({
        key: 'm1',
        ...common,
        afterKey: null,
        status: 'pending',
        ...message,
      })),
    }),
  );
}

async function claim(
  owner: string,
  when = at,
  change: { limit?: number; staleBefore?: string } = {},
) {
  const common = { staleBefore: at, latest: '9999', connections: ['psa'], limit: 10 };
  const request = { owner, at: when, ...common, ...change };
  return (await store.claimMessages(request)).map(({ key }) => key);
}

const delivered = { status: 'delivered', remoteId: '900', remoteLabel: 'T-900' } as const;

test('messages are claimed once, in the order they were written, for the connections asked', async () => {
  await write({ key: 'z' }, { key: 'a' }, { key: 'other', connection: 'rmm' }, { key: 'm' });
  expect(await claim('one', at, { limit: 2 })).toEqual(['z', 'a']);
  expect(await claim('two')).toEqual(['m']);
  expect(await claim('three')).toEqual([]);
  expect(await store.readMessage('z')).toMatchObject({
    status: 'claimed',
    attempts: 1,
    clientName: 'Dupont',
  });
});

test('a withheld message is not sent until a person lets it go', async () => {
  await write({ status: 'withheld' });
  expect(await claim('one')).toEqual([]);
  expect(await store.retryMessage('m1', later)).toBe(true);
  expect(await store.retryMessage('m1', later)).toBe(false);
  expect(await claim('one', at)).toEqual([]);
  expect(await claim('one', later)).toEqual(['m1']);
});

test('only the owner of the claim settles it', async () => {
  await write({});
  await claim('one');
  expect(await store.settleMessage('m1', 'two', later, delivered)).toBe(false);
  expect(await store.settleMessage('m1', 'one', later, delivered)).toBe(true);
  expect(await store.settleMessage('m1', 'one', later, delivered)).toBe(false);
  expect(await store.readMessage('m1')).toMatchObject({
    status: 'delivered',
    remoteId: '900',
    remoteLabel: 'T-900',
    settledAt: later,
    lastError: null,
  });
});

test('a claim whose owner is gone goes to the next one, and the first may no longer settle', async () => {
  await write({});
  await claim('one');
  expect(await claim('two', later, { staleBefore: at })).toEqual([]);
  expect(await claim('two', muchLater, { staleBefore: later })).toEqual(['m1']);
  expect(await store.settleMessage('m1', 'one', muchLater, delivered)).toBe(false);
  expect((await store.readMessage('m1'))?.attempts).toBe(2);
});

test('a failed message waits for its next attempt', async () => {
  await write({});
  await claim('one');
  const reason = { lastError: 'time-out', createAttemptedAt: null };
  const wait = { status: 'pending', ...reason, nextAttemptAt: muchLater } as const;
  await store.settleMessage('m1', 'one', at, wait);
  expect(await claim('one', later)).toEqual([]);
  expect(await store.readMessage('m1')).toMatchObject({ lastError: 'time-out', settledAt: null });
  expect(await claim('one', muchLater)).toEqual(['m1']);
});

test.each([
  ['waits', null],
  [
    'waits while the first is dead',
    { status: 'dead', lastError: 'no', createAttemptedAt: null } as const,
  ],
  ['goes once the first is delivered', delivered],
])('a message after another %s', async (_, settlement) => {
  await write({ key: 'note', afterKey: 'ticket' }, { key: 'ticket' });
  expect(await claim('one')).toEqual(['ticket']);
  if (settlement !== null) await store.settleMessage('ticket', 'one', at, settlement);
  const isDelivered = settlement?.status === 'delivered';
  expect(await claim('one')).toEqual(isDelivered ? ['note'] : []);
  expect((await store.readMessage('note'))?.afterRemoteId).toBe(isDelivered ? '900' : null);
});

test('a dead message comes back by hand; a delivered one can be neither retried nor cancelled', async () => {
  await write({}, { key: 'm2' });
  await claim('one');
  const refused = { status: 'dead', lastError: 'refused', createAttemptedAt: null } as const;
  await store.settleMessage('m1', 'one', at, refused);
  await store.settleMessage('m2', 'one', at, delivered);
  expect(await store.retryMessage('m1', at)).toBe(true);
  expect(await store.retryMessage('m2', at)).toBe(false);
  expect(await store.cancelMessage('m1', at)).toBe(true);
  expect(await store.cancelMessage('m1', at)).toBe(false);
  expect(await store.cancelMessage('m2', at)).toBe(false);
  expect(await store.readMessage('nothing')).toBeNull();
  const listed = await store.listMessages({ statuses: ['cancelled'], clientId: 'dupont' });
  expect(listed.map(({ key }) => key)).toEqual(['m1']);
  expect(await store.listMessages({ clientId: 'nobody' })).toEqual([]);
});

/** Several messages at a time: up to the places of a connection, a client's own one after another. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Delivered, PushKind } from '../../src/contract/connector.ts';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { KindError } from '../../src/domain/errors.ts';
import { noteWrite } from '../../src/push/writes.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';

const replenish: ReplenishRule[] = [
  {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp', 'client'],
  },
];
const agreement = agreementOf({ replenish });
const places = 3;
const ids = Array.from({ length: 8 }, (_, index) => String(index + 1));
const names = new Map(ids.map((id) => [id, `Client ${id}`]));

interface Start {
  clientId: string;
  kind: PushKind;
  /** What is under way beside it. */
  beside: readonly string[];
}

let bench: CoreBench;
/** Each write as it began. */
let starts: Start[];
/** `1 invoice`, of what is under way. */
let underWay: string[];

beforeEach(async () => {
  starts = [];
  underWay = [];
  bench = await CoreBench.open({
    clients: ids.map((id) =>
      clientOf({ name: names.get(id) ?? '', agreement, sourceIds: new Map([['psa', id]]) }),
    ),
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  useAll();
});
afterEach(() => bench.close());

/** Every client crosses the level. */
function useAll(): void {
  for (const clientId of ids) {
    bench.psa.ticket(clientId, { clientId });
    bench.psa.log(clientId, clientId, '2026-03-02T09:00:00.000Z', 9 * 60);
    bench.psa.close(clientId);
  }
}

interface Writing {
  create(message: { clientId: string }, signal: AbortSignal): Promise<Delivered>;
}

const pushesOf = (connection: string) =>
  Object.entries(bench.app.connectors.get(connection)?.push ?? {}) as [PushKind, Writing][];

/** Writes take a few turns; `fail` is called once a write of that client and kind is under way. */
function open(fail: (start: Start) => void | Promise<void> = () => {}, connection = 'psa'): void {
  const connector = bench.app.connectors.get(connection);
  if (connector === undefined) throw new Error(`no ${connection}`);
  connector.places = places;
  for (const [kind, push] of pushesOf(connection)) {
    const { create } = push;
    push.create = async (message, signal) => {
      const start = { clientId: message.clientId, kind, beside: [...underWay] };
      const name = `${start.clientId} ${kind}`;
      starts.push(start);
      underWay.push(name);
      try {
        for (let left = 1 + (starts.length % 3); left > 0; left -= 1) await turn();
        await fail(start);
        return await create(message, signal);
      } finally {
        underWay.splice(underWay.indexOf(name), 1);
      }
    };
  }
}

const messages = () => bench.app.store.listMessages({});
const kindsOf = (id: string) =>
  bench.psa.sent.filter(({ message }) => message.clientId === id).map(({ kind }) => kind);
const mostBeside = () => Math.max(...starts.map(({ beside }) => beside.length + 1));

test('as many at a time as there are places, of different clients, and each client’s in order', async () => {
  bench.psa.labels.set('invoice', 'INV-7');
  open();
  expect((await bench.run()).ok).toBe(true);
  expect(mostBeside()).toBe(places);
  for (const { clientId, beside } of starts) {
    expect(beside.filter((name) => name.startsWith(`${clientId} `))).toEqual([]);
  }
  for (const id of ids) {
    const own = kindsOf(id).filter((kind) => kind !== 'balance-field');
    expect(own).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
  }
  // Delivered just before it, to the same client.
  for (const { message } of bench.psa.sentOf('alert-ticket')) expect(message.body).toMatch('INV-7');
});

test('the first of each kind has no other of its kind beside it until it is delivered', async () => {
  let failures = 2;
  open(({ kind }) => {
    if (kind !== 'alert-ticket' || failures === 0) return;
    failures -= 1;
    throw new KindError('config', 'There is no board Billing.');
  });
  await bench.run();
  const alerts = starts.filter(({ kind }) => kind === 'alert-ticket');
  const isAlone = ({ beside, kind }: Start) => !beside.some((name) => name.endsWith(` ${kind}`));
  expect(alerts.slice(0, 3).every(isAlone)).toBe(true);
  expect(alerts.every(isAlone)).toBe(false);
  for (const kind of ['invoice', 'balance-field'] as const) {
    const [first, second] = starts.filter((start) => start.kind === kind);
    expect([first, second].map((start) => start && isAlone(start))).toEqual([true, true]);
  }
});

test('a connection without places gets one at a time', async () => {
  open();
  const connector = bench.app.connectors.get('psa');
  delete connector?.places;
  await bench.run();
  expect(mostBeside()).toBe(1);
});

test('what others write beside it leaves a message that sent nothing free to be sent again', async () => {
  open(async ({ clientId, kind, beside }) => {
    if (kind !== 'invoice') return noteWrite();
    if (clientId !== '5' && clientId !== '6') return noteWrite();
    // The one fails before it has sent anything, the other after.
    if (clientId === '6') noteWrite();
    await turn();
    expect(beside.length + underWay.length).toBeGreaterThan(1);
    throw new KindError('config', 'There is no product BLOCK-10.');
  });
  await bench.run();
  const failed = (await messages()).filter(({ lastError }) => lastError?.includes('no product'));
  const attempted = failed.map(({ clientName, createAttemptedAt }) => [
    clientName,
    createAttemptedAt !== null,
  ]);
  expect(attempted).toEqual([
    ['Client 5', false],
    ['Client 6', true],
  ]);
});

test('answers that are lost beside others are found, and nothing is written twice', async () => {
  open();
  for (const [, push] of pushesOf('psa')) {
    const { create } = push;
    push.create = async (message, signal) => {
      await create(message, signal);
      throw new KindError('unknown-outcome', 'The answer was lost.');
    };
  }
  expect((await bench.run()).ok).toBe(true);
  expect(mostBeside()).toBe(places);
  for (const kind of ['invoice', 'alert-ticket', 'ticket-note'] as const) {
    expect(bench.psa.sentOf(kind)).toHaveLength(ids.length);
  }
});

test('a stop lets the current ones end and gives the others back untried', async () => {
  const stop = new AbortController();
  open(() => {
    if (starts.length > places) stop.abort();
  });
  await bench.runWith(['pull', 'debit', 'replenish', 'push'], { signal: stop.signal });
  expect(underWay).toEqual([]);
  const waiting = (await messages()).filter(({ status }) => status !== 'delivered');
  expect(waiting.length).toBeGreaterThan(ids.length);
  expect(waiting.every(({ status, attempts }) => status === 'pending' && attempts === 0)).toBe(
    true,
  );
  bench.advance(60);
  await bench.run();
  for (const id of ids) {
    const own = kindsOf(id).filter((kind) => kind !== 'balance-field');
    expect(own).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
  }
});

test('a connection that fails keeps what was not begun, while the other gets its own', async () => {
  const [failing, ...others] = ids.map((id) =>
    clientOf({ name: names.get(id) ?? '', agreement, sourceIds: new Map([['psa', id]]) }),
  );
  if (failing === undefined) throw new Error('no client');
  const moved = others.slice(3).map((client) => ({
    ...client,
    pushTo: 'rmm',
    sourceIds: new Map([...client.sourceIds, ['rmm', `r${client.sourceIds.get('psa')}`]]),
  }));
  await bench.configure([failing, ...others.slice(0, 3), ...moved]);
  open(() => {
    throw new KindError('auth', 'The key was revoked.');
  });
  open(() => {}, 'rmm');
  await bench.run('pull', 'debit', 'replenish');
  expect((await bench.run('push')).exitCode).toBe(3);
  expect(bench.psa.sent).toEqual([]);
  const tried = (await messages()).filter(
    ({ connection, attempts }) => connection === 'psa' && attempts > 0,
  );
  expect(tried.length).toBeLessThanOrEqual(places);
  expect(bench.rmm.sentOf('ticket-note')).toHaveLength(moved.length);
});

test('a defect in one ends the others before it is thrown', async () => {
  open(({ clientId }) => {
    if (clientId === '2') throw new TypeError('a defect');
  });
  await expect(bench.run()).rejects.toThrow('a defect');
  expect(underWay).toEqual([]);
  const started = starts.length;
  for (let left = 10; left > 0; left -= 1) await turn();
  expect(starts).toHaveLength(started);
});

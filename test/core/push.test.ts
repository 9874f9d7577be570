import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';

const replenish: ReplenishRule[] = [
  {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp', 'client'],
  },
];

let bench: CoreBench;
beforeEach(async () => {
  const agreement = agreementOf({ replenish });
  bench = await CoreBench.open({
    clients: [
      clientOf({ agreement, locale: 'fr' }),
      clientOf({
        name: 'Martin',
        agreement,
        pushTo: 'rmm',
        sourceIds: new Map([
          ['psa', '2'],
          ['rmm', '22'],
        ]),
      }),
    ],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
});
afterEach(() => bench.close());

function use(hours: number, clientId = '1'): void {
  const id = `${clientId}-${bench.psa.tickets.length}`;
  bench.psa.ticket(id, { clientId });
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}

const sent = (vendor = bench.psa) =>
  vendor.sent.map(({ kind }) => kind).filter((kind) => kind !== 'balance-field');
const messages = (...statuses: ('pending' | 'dead' | 'claimed' | 'delivered')[]) =>
  bench.app.store.listMessages({ statuses });

describe('what is sent', () => {
  test('the note goes after its alert, onto the ticket that this became, in the client’s language', async () => {
    use(9);
    await bench.run();
    expect(sent()).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
    const [alert] = bench.psa.sentOf('alert-ticket');
    const [note] = bench.psa.sentOf('ticket-note');
    expect(note?.message).toMatchObject({ ticketId: alert?.remoteId, audience: 'client' });
    expect(note?.message.body).toMatch(/heures|Bonjour/);
    expect(alert?.message.subject).toMatch(/^Prepaid hours – Dupont/);
  });

  test('the balance field follows the balance, and only when it moves', async () => {
    use(1);
    await bench.run();
    await bench.run();
    use(1);
    await bench.run();
    const shown = bench.psa.sentOf('balance-field').map(({ message }) => message);
    expect(shown.filter(({ clientId }) => clientId === '1').map((one) => one.hoursText)).toEqual([
      '9.00',
      '8.00',
    ]);
  });

  test('a sale writes the balance once in its run, after the invoice that raised it', async () => {
    use(9);
    await bench.run();
    const own = bench.psa.sent.filter(({ message }) => message.clientId === '1');
    expect(own.map(({ kind, message }) => message.hoursText ?? kind)).toEqual([
      ...['invoice', 'alert-ticket', 'ticket-note', '11.00'],
    ]);
  });

  test('a sale whose invoice cannot be written yet shows the balance before it', async () => {
    bench.psa.fail('create invoice', 'config');
    use(9);
    await bench.run();
    const shown = bench.psa.sentOf('balance-field').map(({ message }) => message);
    expect(shown.filter(({ clientId }) => clientId === '1').map((one) => one.hoursText)).toEqual([
      '1.00',
    ]);
  });

  test('a balance that was refused is replaced by the newer one: nobody can send it after that', async () => {
    bench.psa.fail('find balance-field', 'rejected');
    use(1);
    await bench.run();
    const [refused] = await messages('dead');
    expect(refused?.kind).toBe('balance-field');
    use(1);
    await bench.run();
    expect(await messages('dead')).toEqual([]);
    expect(await bench.app.store.retryMessage(refused?.key ?? '', bench.psa.now)).toBe(false);
    await bench.run();
    const shown = bench.psa.sentOf('balance-field').map(({ message }) => message);
    expect(shown.filter(({ clientId }) => clientId === '1').at(-1)?.hoursText).toBe('8.00');
  });

  test('a balance that could not be shown is replaced by the newer one, never sent after it', async () => {
    bench.psa.fail('find balance-field', 'transient', { times: 2 });
    use(1);
    await bench.run();
    use(1);
    await bench.run();
    bench.advance(3600);
    await bench.run();
    const shown = bench.psa.sentOf('balance-field').map(({ message }) => message);
    expect(shown.filter(({ clientId }) => clientId === '1').map((one) => one.hoursText)).toEqual([
      '8.00',
    ]);
  });
});

describe('when the vendor fails', () => {
  test('an answer that was lost is found, and nothing is written twice', async () => {
    bench.psa.loseAnswer('invoice');
    use(9);
    const result = await bench.run();
    expect(result.ok).toBe(true);
    expect(sent().filter((kind) => kind === 'invoice')).toHaveLength(1);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('a pause that was begun by a clock that was days ahead is over once it is right', async () => {
    const rightMs = bench.nowMs;
    bench.psa.fail('create alert-ticket', 'transient');
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    bench.advance(9 * 86_400);
    expect((await bench.run('push')).exitCode).toBe(4);
    bench.nowMs = rightMs + 60_000;
    await bench.run('push');
    expect(sent()).toContain('alert-ticket');
  });

  test('so is a claim of a process that was killed while the clock was ahead', async () => {
    const rightMs = bench.nowMs;
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    bench.advance(9 * 86_400);
    await claimAll('killed');
    bench.nowMs = rightMs + 60_000;
    await bench.run('push');
    expect(sent()).toContain('alert-ticket');
  });

  test('an answer that was lost and cannot be looked for is found by the next run', async () => {
    bench.psa.loseAnswer('invoice');
    bench.psa.fail('find invoice', 'transient', { nth: 2 });
    use(9);
    expect((await bench.run()).exitCode).toBe(4);
    expect(await bench.hours()).toEqual([1, 0]);
    bench.advance(3600);
    await bench.run();
    expect(sent().filter((kind) => kind === 'invoice')).toHaveLength(1);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('a transient error waits longer each time, and is never the end', async () => {
    bench.psa.fail('find alert-ticket', 'transient', { times: 12 });
    use(9);
    const pauses: number[] = [];
    for (let run = 0; run < 12; run += 1) {
      await bench.run();
      const alert = (await messages('pending')).find(({ kind }) => kind === 'alert-ticket');
      const due = Date.parse(alert?.nextAttemptAt ?? '');
      pauses.push((due - bench.nowMs) / 60_000);
      bench.nowMs = due;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    await bench.run();
    expect(sent()).toContain('alert-ticket');
  });

  test('a transient error leaves what is not yet due for its time', async () => {
    bench.psa.fail('find alert-ticket', 'transient');
    use(9);
    await bench.run();
    bench.nowMs -= 59_000;
    await bench.run();
    expect(bench.psa.sentOf('alert-ticket')).toEqual([]);
  });

  test('a refusal is dead with its reason, and the run says that it failed', async () => {
    bench.psa.fail('create alert-ticket', 'rejected');
    use(9);
    const result = await bench.run();
    expect(result).toMatchObject({ ok: false, exitCode: 4 });
    const [dead] = await messages('dead');
    expect(dead).toMatchObject({
      kind: 'alert-ticket',
      lastError: expect.stringMatching(/scripted/),
    });
    expect(sent()).toEqual(['invoice']);
    // The note has no ticket to stand on until a person has seen to the alert.
    expect((await messages('pending')).map(({ kind }) => kind)).toEqual(['ticket-note']);
    await bench.app.store.retryMessage(dead?.key ?? '', bench.psa.now);
    await bench.run();
    expect(sent()).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
  });

  test('one connection that is closed to us keeps its messages, and the other gets its own', async () => {
    bench.psa.fail('find invoice', 'auth');
    use(9);
    use(9, '2');
    const result = await bench.run();
    expect(result.exitCode).toBe(3);
    expect(sent(bench.rmm)).toEqual(['invoice', 'alert-ticket', 'ticket-note']);
    expect(await messages('dead')).toEqual([]);
    bench.advance(3600);
    await bench.run();
    expect(sent().sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
  });
});

describe('a process that ends in the middle', () => {
  test('of a write: the next run looks for it at once, and finds it', async () => {
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    await claimAll('a killed run');
    const [invoice] = (await messages('claimed')).filter(({ kind }) => kind === 'invoice');
    const payload = JSON.parse(invoice?.payload ?? '{}') as object;
    bench.psa.sent.push({
      kind: 'invoice',
      message: { ...payload, key: invoice?.key ?? '' },
      remoteId: 'invoice-0',
    });
    await bench.run();
    expect(bench.psa.sentOf('invoice')).toHaveLength(1);
    expect(sent().sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('of showing a balance: the older figure never comes after the newer one', async () => {
    use(1);
    await bench.run('pull', 'debit', 'replenish');
    await claimAll('a killed run');
    use(1);
    bench.psa.fail('find balance-field', 'transient');
    await bench.run();
    bench.advance(30);
    await bench.run();
    bench.advance(3600);
    await bench.run();
    const shown = bench.psa.sentOf('balance-field').map(({ message }) => message);
    expect(shown.filter(({ clientId }) => clientId === '1').map((one) => one.hoursText)).toEqual([
      '8.00',
    ]);
  });

  test('a message that was cancelled while being sent is told, not counted as delivered', async () => {
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    const { store } = bench.app;
    const connector = bench.app.connectors.get('psa');
    const push = connector?.push.invoice;
    if (push === undefined) throw new Error('no invoice push');
    const { create } = push;
    push.create = async (message, signal) => {
      await store.cancelMessage(message.key, bench.psa.now);
      return create(message, signal);
    };
    const result = await bench.run('push');
    expect(result.ok).toBe(false);
    const told = bench.logs.find(({ message }) => message.includes('could not be delivered'));
    expect(told?.detail?.reason).toMatch(/cancelled while being sent.*invoice-/);
  });

  test('a message that another run claimed after this one had begun is left to that run', async () => {
    use(9);
    await bench.run('pull', 'debit', 'replenish');
    const { store } = bench.app;
    const { startRun } = store;
    store.startRun = async (run) => {
      store.startRun = startRun;
      bench.advance(1);
      await claimAll('a run beside it');
      bench.advance(1);
      return startRun(run);
    };
    await bench.run('push');
    expect(sent()).toEqual([]);
    await bench.run('push');
    expect(sent().sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
  });
});

async function claimAll(owner: string): Promise<void> {
  const at = bench.psa.now;
  const connections = ['psa', 'rmm'];
  const claim = { owner, at, staleBefore: at, latest: '9999', limit: 20, connections };
  await bench.app.store.claimMessages(claim);
  await bench.app.store.claimMessages({ ...claim, only: 'balances' });
}

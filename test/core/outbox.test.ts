import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Offer, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { KindError } from '../../src/domain/errors.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';

const selling = (offer: Offer): ReplenishRule[] => [
  {
    when: { balance: 'settled', secondsLeft: 7200 },
    do: ['alert', 'invoice'],
    offer,
    tell: ['msp', 'client'],
  },
];

const clients = (offer = ten, fields: Partial<ConfiguredClient> = {}) => [
  clientOf({ agreement: agreementOf({ replenish: selling(offer) }), ...fields }),
  clientOf({
    name: 'Martin',
    sourceIds: new Map([['psa', '2']]),
    agreement: agreementOf({ replenish: selling({ ...ten, name: 'other' }) }),
  }),
];

let bench: CoreBench;
beforeEach(async () => {
  bench = await CoreBench.open({ clients: clients() });
});
afterEach(() => bench.close());

function use(hours: number, clientId = '1'): void {
  const id = `${clientId}-${bench.psa.tickets.length}`;
  bench.psa.ticket(id, { clientId });
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  bench.psa.close(id);
}

const waiting = () => bench.app.store.listMessages({ statuses: ['pending', 'claimed'] });
const invoices = () => bench.psa.sentOf('invoice').map(({ message }) => message);
const kinds = (id: string) =>
  bench.psa.sent.filter(({ message }) => message.clientId === id).map(({ kind }) => kind);

/** The next invoice is refused for what it says until the test calls the returned function. */
function refuseInvoices(isRefused: (message: { product: string | null }) => boolean): void {
  const push = bench.app.connectors.get('psa')?.push.invoice;
  if (push === undefined) throw new Error('no invoice push');
  const { create } = push;
  push.create = async (message, signal) => {
    if (isRefused(message))
      throw new KindError('config', `There is no product ${message.product}.`);
    return create(message, signal);
  };
}

describe('one message that cannot be sent', () => {
  test('for a name that the vendor does not know holds up no other client’s and no other kind’s', async () => {
    const push = bench.app.connectors.get('psa')?.push['alert-ticket'];
    if (push === undefined) throw new Error('no alert push');
    const { create } = push;
    push.create = async (message, signal) => {
      if (message.clientId === '1') throw new KindError('config', 'There is no board Billing.');
      return create(message, signal);
    };
    use(9);
    use(9, '2');
    const result = await bench.run();
    expect(result).toMatchObject({ ok: false, exitCode: 2 });
    expect(kinds('1')).toEqual(['invoice']);
    expect(kinds('2').sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
  });

  test('for want of a right holds up no other kind', async () => {
    bench.psa.fail('create invoice', 'permission', { times: 9 });
    use(9);
    expect((await bench.run()).exitCode).toBe(3);
    expect(kinds('1')).toEqual(['alert-ticket', 'ticket-note']);
  });

  test('since the vendor stumbles over it goes after those that were not tried yet, at every run', async () => {
    bench.psa.fail('find alert-ticket', 'transient', { times: 99 });
    use(9);
    await bench.run();
    use(9, '2');
    bench.advance(3600);
    await bench.run();
    bench.advance(3600);
    await bench.run();
    expect(kinds('1')).toEqual(['invoice']);
    expect(kinds('2')).toEqual(['invoice']);
    bench.psa.fail('find alert-ticket', 'transient', { times: 0 });
  });
});

describe('what has not left', () => {
  const better: Offer = { ...ten, seconds: 20 * 3600, rateMinor: 11000, product: 'BLOCK-20' };

  test('is composed again from the corrected config with its block, under the same key', async () => {
    refuseInvoices(({ product }) => product === 'BLOCK-10');
    use(9);
    await bench.run();
    const [before] = await waiting();
    expect(before?.kind).toBe('invoice');
    bench.app.config = { ...bench.app.config, offers: new Map([['ten', better]]) };
    await bench.configure(clients(better, { locale: 'fr' }));
    await bench.run();
    const [sent] = invoices();
    expect(sent).toMatchObject({
      key: before?.key,
      product: 'BLOCK-20',
      totalMinor: 220_000,
      seconds: 20 * 3600,
      body: expect.stringMatching(/un forfait d’assistance de 20 h/),
    });
    expect(await bench.hours()).toEqual([21, 0]);
  });

  test('goes to the connection that the client is told through today', async () => {
    bench.psa.fail('find alert-ticket', 'config', { times: 9 });
    bench.psa.fail('find invoice', 'config', { times: 9 });
    use(9);
    await bench.run();
    const sourceIds = new Map([
      ['psa', '1'],
      ['rmm', '11'],
    ]);
    await bench.configure(clients(ten, { pushTo: 'rmm', sourceIds }));
    await bench.run();
    const sent = bench.rmm.sent.map(({ kind, message }) => [kind, message.clientId]);
    expect(sent.sort()).toEqual([
      ['alert-ticket', '11'],
      ['invoice', '11'],
      ['ticket-note', '11'],
    ]);
  });

  test('stays as it was once a request to create it may have left', async () => {
    bench.psa.loseAnswer('invoice');
    bench.psa.fail('find invoice', 'transient', { nth: 2, times: 2 });
    use(9);
    await bench.run();
    await bench.configure(clients(better));
    bench.advance(3600);
    await bench.run();
    bench.advance(7200);
    await bench.run();
    expect(invoices()).toMatchObject([{ product: 'BLOCK-10', totalMinor: 120_000 }]);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('was refused, and is sent by hand: it says what the config says today', async () => {
    bench.psa.fail('create invoice', 'rejected');
    use(9);
    await bench.run();
    const [dead] = await bench.app.store.listMessages({ statuses: ['dead'] });
    await bench.configure(clients(better));
    await bench.run();
    expect(invoices()).toEqual([]);
    await bench.app.store.retryMessage(dead?.key ?? '', bench.psa.now);
    await bench.run('push');
    expect(invoices()).toMatchObject([{ key: dead?.key, product: 'BLOCK-20' }]);
  });

  test('was only decided while observing, and is closed once live mode has decided again', async () => {
    bench.setMode('observe');
    use(9);
    await bench.run();
    expect(await bench.app.store.listMessages({ statuses: ['withheld'] })).not.toEqual([]);
    bench.setMode('live');
    await bench.run();
    expect(await bench.app.store.listMessages({ statuses: ['withheld'] })).toEqual([]);
    expect(kinds('1').sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
  });
});

test('a record of ours that this database never sent is taken for delivered, and a person is told', async () => {
  use(9);
  await bench.run('pull', 'debit', 'replenish');
  const invoice = (await waiting()).find(({ kind }) => kind === 'invoice');
  const payload = JSON.parse(invoice?.payload ?? '{}') as object;
  const message = { ...payload, key: invoice?.key ?? '' };
  bench.psa.sent.push({ kind: 'invoice', message, remoteId: 'invoice-0' });
  expect((await bench.run('push')).exitCode).toBe(4);
  expect(invoices()).toHaveLength(1);
  const reasons = bench.logs.map(({ detail }) => String(detail?.reason));
  expect(reasons.filter((reason) => reason.includes('older backup'))).toHaveLength(1);
  expect((await bench.run('push')).exitCode).toBe(0);
});

describe('a search that does not show yet what was just written', () => {
  beforeEach(() => {
    bench.psa.searchLagSeconds = 80;
  });

  async function killAfterInvoice(): Promise<void> {
    const push = bench.app.connectors.get('psa')?.push.invoice;
    if (push === undefined) throw new Error('no invoice push');
    const { create } = push;
    push.create = async (message, signal) => {
      await create(message, signal);
      throw new Error('killed');
    };
    use(9);
    await expect(bench.run()).rejects.toThrow('killed');
    push.create = create;
  }

  test('after a kill: it is looked for again later, and nothing is written twice', async () => {
    await killAfterInvoice();
    bench.nowMs -= 50_000;
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect((await waiting()).map(({ kind }) => kind)).toContain('invoice');
    bench.advance(60);
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('after a kill, with the clock put back: the wait begins again, and ends', async () => {
    await killAfterInvoice();
    bench.advance(-86_400);
    await bench.run();
    bench.advance(86_400);
    await bench.run();
    expect(invoices()).toHaveLength(1);
  });

  test('after a lost answer: waited for, then found', async () => {
    bench.psa.loseAnswer('invoice');
    use(9);
    await bench.run();
    await bench.run();
    expect(invoices()).toHaveLength(1);
    await bench.run();
    await bench.run();
    expect(invoices()).toHaveLength(1);
    expect(await bench.hours()).toEqual([11, 0]);
  });

  test('a write that was never done is written once the wait is over', async () => {
    bench.psa.fail('create invoice', 'unknown-outcome');
    use(9);
    await bench.run();
    expect(invoices()).toEqual([]);
    bench.advance(90);
    await bench.run();
    expect(invoices()).toHaveLength(1);
  });

  test('an undo within that time leaves it open, and withdraws it later', async () => {
    bench.psa.loseAnswer('invoice');
    use(9);
    const run = await bench.run();
    bench.nowMs -= 50_000;
    const early = await bench.undo(run);
    expect(early.exitCode).toBe(4);
    const later = await bench.undo(run);
    const named = [...later.withdrawn, ...later.byHand].map(({ kind }) => kind);
    expect(named).toContain('invoice');
  });
});

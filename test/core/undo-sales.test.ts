import { afterEach, describe, expect, test } from '@jest/globals';
import type { Agreement, ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { runCheck } from '../../src/service/check/check.ts';
import type { RunResult } from '../../src/service/run/run.ts';
import type { Store } from '../../src/store/port.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

function ruleAt(hours: number): ReplenishRule {
  return {
    when: { balance: 'settled', secondsLeft: hours * 3600 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp', 'client'],
  };
}

const clientAt = (hours: number, terms: Partial<Agreement> = {}) =>
  clientOf({ agreement: agreementOf({ replenish: [ruleAt(hours)], ...terms }) });

async function open(hours: number, mode: 'live' | 'observe' = 'live'): Promise<void> {
  bench = await openAt(hours, mode);
}

async function openAt(hours: number, mode: 'live' | 'observe' = 'live'): Promise<CoreBench> {
  const opened = await CoreBench.open({
    mode,
    clients: [clientAt(hours)],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  await opened.run();
  return opened;
}

let tickets = 0;
function use(hours: number, on = bench): string {
  tickets += 1;
  const id = String(tickets);
  on.psa.ticket(id);
  on.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60);
  on.psa.close(id);
  return id;
}

const kinds = (on = bench) =>
  on.psa.sent.map(({ kind }) => kind).filter((kind) => kind !== 'balance-field');
const statuses = async () => {
  const messages = await bench.app.store.listMessages({});
  return messages.filter(({ kind }) => kind !== 'balance-field').map(({ status }) => status);
};
const questions = () => {
  const { clients, store } = bench.app;
  return buildBalances(store, { shown: clients, all: clients, asOf: bench.psa.now });
};
const checked = async () => {
  const { signal } = new AbortController();
  const options = { isOffline: true, probeClient: null, signal };
  const { lines } = await runCheck(bench.app, options);
  return lines.filter(({ id }) => id === 'undone-invoice').map(({ detail }) => detail);
};
const shown = () => bench.psa.sentOf('balance-field').map(({ message }) => message.hoursText);

/** A run that debits nine hours, alerts, sells ten more and uses the sale at once. */
async function sell(): Promise<RunResult> {
  use(9);
  const run = await bench.run();
  expect(await bench.hours()).toEqual([11, 0]);
  return run;
}

describe('a sale that is undone', () => {
  test('is withdrawn in the PSA with its reason, and what cannot be is left by hand', async () => {
    await open(2);
    const run = await sell();
    const [invoice, , note] = bench.psa.sent.filter(({ kind }) => kind !== 'balance-field');
    const preview = await bench.undo(run, false);
    expect(preview.withdrawn.map(({ kind }) => kind)).toEqual(['invoice', 'alert-ticket']);
    expect(bench.psa.withdrawn).toEqual([]);
    const result = await bench.undo(run);
    expect(result).toMatchObject({ exitCode: 0, undo: run.run, cancelled: [] });
    expect(bench.psa.withdrawn).toEqual([
      { remoteId: invoice?.remoteId, reason: expect.stringMatching(run.run) },
      { remoteId: expect.stringMatching(/^alert-ticket-/), reason: expect.stringMatching(run.run) },
    ]);
    expect(result.withdrawn).toEqual(preview.withdrawn);
    expect(result.byHand).toEqual([
      {
        kind: 'ticket-note',
        client: 'Dupont',
        remoteId: note?.remoteId,
        label: note?.remoteId ?? '',
        fix: expect.stringMatching(/cannot be recalled/),
      },
    ]);
    expect(await bench.hours()).toEqual([10, 9]);
  });

  test('is promised to nobody where people must do it, and named as the outbox names it', async () => {
    await open(2);
    bench.psa.labels.set('invoice', 'INV-7');
    const push = bench.app.connectors.get('psa')?.push.invoice;
    if (push !== undefined) push.isWithdrawnByHand = true;
    bench.psa.withdrawable.delete('invoice');
    const run = await sell();
    const preview = await bench.undo(run, false);
    expect(preview.withdrawn.map(({ kind }) => kind)).toEqual(['alert-ticket']);
    const byHand = {
      kind: 'invoice',
      label: 'INV-7',
      fix: 'Void or credit invoice INV-7 in "psa".',
    };
    expect(preview.byHand).toContainEqual(expect.objectContaining(byHand));
    expect((await bench.undo(run)).byHand).toEqual(expect.arrayContaining(preview.byHand));
  });

  test('whose invoice stays to be voided by hand is named until it is void or credited', async () => {
    await open(2);
    bench.psa.withdrawable.delete('invoice');
    const run = await sell();
    await bench.undo(run);
    const [sent] = bench.psa.sentOf('invoice');
    if (sent === undefined) throw new Error('no invoice was sent');
    const named = `Dupont: invoice ${sent.remoteId} was taken back by undo ${run.run}`;
    const fix = 'in "psa": void or credit it there';
    const standsAs = async (change: Parameters<typeof bench.psa.showInvoice>[1]) => {
      bench.psa.showInvoice(sent, { totalMinor: 120_000, ...change });
      await bench.run();
      return (await questions()).salesQuestions;
    };
    expect(await standsAs({})).toEqual([`${named} and is still open ${fix}`]);
    const paid = [`${named} and was paid ${fix}`];
    expect(await standsAs({ isPaid: true, creditedMinor: 60_000 })).toEqual(paid);
    expect(await checked()).toEqual(paid);
    expect(await standsAs({ isPaid: true, creditedMinor: 120_000 })).toEqual([]);
    expect(await standsAs({ isVoid: true })).toEqual([]);
    expect(await checked()).toEqual([]);
  });

  test('is not told nor sold again by the next run, and is at the next crossing', async () => {
    await open(2);
    await bench.undo(await sell());
    await bench.run();
    expect(kinds()).toHaveLength(3);
    // The hours lie above the level again, so that reaching it once more is another crossing.
    await bench.runWith(['debit', 'replenish', 'push'], { isUndoneReleased: true });
    expect(kinds()).toHaveLength(6);
    expect(new Set(bench.psa.sent.map(({ message }) => message.key)).size).toBe(
      bench.psa.sent.length,
    );
    await bench.run();
    expect(await bench.hours()).toEqual([11, 0]);
    expect(shown().at(-1)).toBe('11.00');
  });

  test('by a level that is still reached is not sold again while the level stays', async () => {
    await open(2);
    use(3);
    await bench.run();
    await bench.configure([clientAt(8)]);
    const run = await bench.run();
    expect(await bench.hours()).toEqual([17, 0]);
    await bench.undo(run);
    expect(await bench.hours()).toEqual([7, 0]);
    await bench.run();
    await bench.run();
    expect(kinds()).toHaveLength(3);
    await bench.configure([clientAt(7.5)]);
    await bench.run();
    expect(kinds()).toHaveLength(6);
    expect(await bench.hours()).toEqual([17, 0]);
  });

  test('of which later work used a part gives that to what can pay, else to overage', async () => {
    await open(2);
    const run = await sell();
    use(3);
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    await bench.undo(run);
    expect(await bench.balance()).toMatchObject({
      settledSeconds: 7 * 3600,
      overageSeconds: 0,
      pendingSeconds: 9 * 3600,
    });
    const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
    expect(ledger?.blocks.map(({ status }) => status).sort()).toEqual(['active', 'void']);
    // A statement whose lines do not add up is refused.
    const now = '2026-09-01T00:00:00.000Z';
    const request = { client: bench.client(), locale: 'en' as const, now };
    const march = await buildStatement(bench.app.store, { ...request, month: '2026-03' });
    expect(march.lines.map(({ kind }) => kind)).toContain('usage');
  });

  test('gives overage that it had paid back as overage', async () => {
    await open(2);
    await bench.configure([clientAt(-1)]);
    use(13);
    await bench.run('pull', 'debit');
    expect(await bench.hours()).toEqual([-3, 0]);
    await bench.configure([clientAt(2)]);
    const run = await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    await bench.undo(run);
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 3 * 3600 });
    await bench.run();
    expect(kinds()).toHaveLength(3);
  });

  test('and is paid already is refused; once it is credited there, it is undone', async () => {
    await open(2);
    const run = await sell();
    const [sent] = bench.psa.sentOf('invoice');
    if (sent === undefined) throw new Error('no invoice');
    bench.psa.pay(sent);
    await bench.run();
    const before = bench.dump();
    await expect(bench.undo(run)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/cannot be undone[\s\S]*Invoice ph:inv:\S+ is paid/),
    });
    expect(bench.dump()).toEqual(before);
    const [invoice] = bench.psa.invoices;
    bench.psa.invoices[0] = {
      ...(invoice ?? bench.psa.invoices[0]),
      isPaid: false,
      isVoid: true,
      updatedAt: bench.psa.now,
    } as (typeof bench.psa.invoices)[number];
    await bench.run('pull');
    await bench.undo(run);
    expect(await bench.hours()).toEqual([10, 9]);
  });

  test('stays where only the run is undone that found its invoice delivered', async () => {
    await open(2);
    use(9);
    const sale = await bench.run('pull', 'debit', 'replenish');
    await bench.run('push');
    const found = await bench.run('replenish');
    expect(await bench.hours()).toEqual([11, 0]);
    const { byHand } = await bench.undo(found);
    expect(byHand).toEqual([
      expect.objectContaining({ kind: 'block', fix: expect.stringContaining(sale.run) }),
    ]);
    expect(await bench.hours()).toEqual([11, 0]);
    await bench.undo(sale);
    expect(await bench.hours()).toEqual([10, 9]);
    await bench.run();
    expect(await bench.hours()).toEqual([10, 9]);
  });
});

describe('messages that are not delivered yet', () => {
  test('are cancelled, and what was ordered with them is void', async () => {
    await open(2);
    use(9);
    const run = await bench.run('pull', 'debit', 'replenish');
    const result = await bench.undo(run);
    expect(result.cancelled).toHaveLength(4);
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await bench.run();
    expect(kinds()).toEqual([]);
    expect(await bench.hours()).toEqual([10, 9]);
    expect(shown().at(-1)).toBe('10.00');
  });

  test('are cancelled where they were withheld; going live tells what is reached then', async () => {
    await open(2, 'observe');
    use(9);
    await bench.undo(await bench.run());
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    bench.setMode('live');
    await bench.runWith(['debit', 'replenish', 'push'], { isUndoneReleased: true });
    expect(kinds().sort()).toEqual(['alert-ticket', 'invoice', 'ticket-note']);
  });

  test('and whose answer was lost are looked for, and withdrawn where they stand', async () => {
    await open(2);
    bench.psa.loseAnswer('invoice');
    bench.psa.fail('find invoice', 'transient', { nth: 2 });
    bench.psa.fail('create alert-ticket', 'rejected');
    use(9);
    const run = await bench.run();
    expect(kinds()).toEqual(['invoice']);
    const { withdrawn } = await bench.undo(run);
    expect(withdrawn.map(({ kind }) => kind)).toEqual(['invoice']);
    expect(bench.psa.withdrawn).toHaveLength(1);
    bench.advance(3600);
    await bench.run();
    expect(kinds()).toEqual(['invoice']);
  });
});

describe('a vendor that does not let us', () => {
  test('leaves what it refuses to a person, with its reason', async () => {
    await open(2);
    const run = await sell();
    bench.psa.withdrawable.delete('invoice');
    bench.psa.fail('withdraw alert-ticket', 'rejected');
    const { byHand, exitCode } = await bench.undo(run);
    expect(exitCode).toBe(0);
    expect(byHand.map(({ kind, fix }) => [kind, fix]).sort()).toEqual([
      ['alert-ticket', expect.stringMatching(/scripted rejected.*Close ticket/)],
      ['invoice', expect.stringMatching(/^Void or credit invoice invoice-\d+ in "psa"\.$/)],
      ['ticket-note', expect.any(String)],
    ]);
  });

  test('for now is asked again by the next undo, and nothing is reversed twice', async () => {
    await open(2);
    const run = await sell();
    bench.psa.fail('withdraw invoice', 'transient');
    const first = await bench.undo(run);
    expect(first).toMatchObject({ exitCode: 4, withdrawn: [] });
    const story = await bench.story();
    bench.psa.loseAnswer('alert-ticket', 'withdraw');
    expect(await bench.undo(run)).toMatchObject({ exitCode: 4, run: first.run });
    const last = await bench.undo(run);
    expect(last).toMatchObject({ exitCode: 0, run: first.run });
    expect(last.withdrawn).toHaveLength(2);
    expect(bench.psa.withdrawn).toHaveLength(2);
    expect(await bench.story()).toEqual(story);
  });

  test('is not written to at all in observe mode', async () => {
    await open(2);
    const run = await sell();
    bench.setMode('observe');
    const { byHand, exitCode } = await bench.undo(run);
    expect(exitCode).toBe(4);
    expect(byHand[0]?.fix).toMatch(/^Observe mode/);
    expect(bench.psa.withdrawn).toEqual([]);
    bench.setMode('live');
    expect(await bench.undo(run)).toMatchObject({ exitCode: 0 });
    expect(bench.psa.withdrawn).toHaveLength(2);
  });
});

class Killed extends Error {}

/** Dies at the nth call to the store: before it is done, or after it was committed. */
function dieAt(store: Store, nth: number, isDone: boolean): Store {
  let calls = 0;
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const method = target[name] as (...asked: unknown[]) => unknown;
      return async (...asked: unknown[]) => {
        calls += 1;
        if (calls > nth) throw new Killed();
        if (calls < nth) return method(...asked);
        if (isDone) await method(...asked);
        throw new Killed();
      };
    },
  });
}

async function stateOf(on: CoreBench) {
  const messages = (await on.app.store.listMessages({})).map(({ kind, status }) => [kind, status]);
  const { story, balance } = { story: await on.story(), balance: await on.balance() };
  return { story, balance, messages, withdrawn: on.psa.withdrawn.length, sent: kinds(on) };
}

test.each([
  ['before it is done', false],
  ['after it was committed', true],
])(
  'an undo that is killed at any call to the store, %s, is finished by the next',
  async (_, isDone) => {
    const act = async (on: CoreBench, nth: number | null) => {
      tickets = 0;
      use(9, on);
      const run = await on.run();
      const { store } = on.app;
      if (nth !== null) on.app.store = dieAt(store, nth, isDone);
      const wasKilled = await on.undo(run).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return true;
        },
      );
      on.app.store = store;
      await on.undo(run);
      await on.run();
      return { wasKilled, state: await stateOf(on) };
    };
    bench = await openAt(2);
    const expected = (await act(bench, null)).state;
    expect(expected).toMatchObject({ withdrawn: 2, balance: { settledSeconds: 36_000 } });
    for (let nth = 1; ; nth += 1) {
      const dying = await openAt(2);
      const { wasKilled, state } = await act(dying, nth);
      await dying.close();
      expect({ nth, ...state }).toEqual({ nth, ...expected });
      if (wasKilled) continue;
      expect(nth).toBeGreaterThan(20);
      return;
    }
  },
  120_000,
);

test('a day’s end of a block, a rollover and a bill are undone with what they did', async () => {
  const agreement = agreementOf({
    rollover: { seconds: 3 * 3600, validForMonths: 1 },
    overage: { rateMinor: 15000, currency: 'EUR', product: null, when: 'at-once', daysAfter: 3 },
  });
  const openingBlocks = [openingOf(10, { expiresOn: '2026-03-31' })];
  bench = await CoreBench.open({ clients: [clientOf({ agreement, openingBlocks })] });
  use(6);
  await bench.run();
  bench.at('2026-04-01T08:00:00.000Z');
  const end = await bench.run();
  expect(await bench.hours()).toEqual([3, 0]);
  use(5);
  bench.psa.editEntry(String(tickets), {
    startedAt: '2026-04-01T09:00:00.000Z',
    endedAt: '2026-04-01T14:00:00.000Z',
  });
  const billed = await bench.run();
  expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  expect(await bench.hours()).toEqual([0, 0]);
  await bench.undo(billed);
  expect(await bench.hours()).toEqual([3, 5]);
  await bench.undo(end);
  expect(await bench.hours()).toEqual([4, 5]);
  // The day is over whatever was undone, so the block ends again, and passes on as much as before.
  await bench.run();
  expect(await bench.hours()).toEqual([3, 5]);
  expect(bench.psa.sentOf('invoice')).toHaveLength(1);
});

test('a bill that is withdrawn is not written again on its terms, only on others', async () => {
  const overage = {
    rateMinor: 15000,
    currency: 'EUR',
    product: null,
    when: 'at-once',
    daysAfter: 3,
  } as const;
  const terms = (rateMinor: number) =>
    clientOf({ agreement: agreementOf({ overage: { ...overage, rateMinor } }) });
  bench = await CoreBench.open({ clients: [terms(15000)] });
  use(12);
  await bench.run('pull', 'debit');
  const run = await bench.run();
  expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  expect(await bench.hours()).toEqual([0, 0]);
  await bench.undo(run);
  expect(await bench.hours()).toEqual([-2, 0]);
  await bench.run();
  expect(bench.psa.sentOf('invoice')).toHaveLength(1);
  await bench.configure([terms(9000)]);
  await bench.run();
  expect(bench.psa.sentOf('invoice').map(({ message }) => message.totalMinor)).toEqual([
    ...[30000, 18000],
  ]);
  expect(await bench.hours()).toEqual([0, 0]);
});

test('a bill is written on the mended terms also where they were mended before the undo', async () => {
  const overage = { currency: 'EUR', product: null, when: 'at-once', daysAfter: 3 } as const;
  const terms = (rateMinor: number) =>
    clientOf({ agreement: agreementOf({ overage: { ...overage, rateMinor } }) });
  bench = await CoreBench.open({ clients: [terms(15000)] });
  use(12);
  await bench.run('pull', 'debit');
  const run = await bench.run();
  await bench.configure([terms(9000)]);
  await bench.undo(run);
  await bench.run();
  expect(bench.psa.sentOf('invoice').map(({ message }) => message.totalMinor)).toEqual([
    ...[30000, 18000],
  ]);
});

test('work that the agreement holds back is never left to overage: later runs are undone first', async () => {
  bench = await CoreBench.open({ clients: [clientAt(2, { overage: 'hold' })] });
  use(9);
  await bench.run('pull', 'debit');
  const sale = await bench.run();
  use(8);
  const later = await bench.run();
  const before = bench.dump();
  await expect(bench.undo(sale)).rejects.toThrow(
    /Dupont would be left with overage, but its agreement holds such work/,
  );
  expect(bench.dump()).toEqual(before);
  await bench.undo(later);
  await bench.undo(sale);
  expect(await bench.balance()).toMatchObject({ settledSeconds: 3600, overageSeconds: 0 });
});

import { afterEach, describe, expect, test } from '@jest/globals';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { buildBalances } from '../../src/reports/balances/balances.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';
const group = 'Groupe Dupont';

function parentOf(fields: Partial<ConfiguredClient> = {}): ConfiguredClient {
  return clientOf({ name: group, isSharing: true, openingBlocks: [openingOf(10)], ...fields });
}

function subsidiary(name: string, id: string, fields: Partial<ConfiguredClient> = {}) {
  const sourceIds = new Map([['psa', id]]);
  return clientOf({
    name,
    sourceIds,
    isSharing: true,
    paidBy: { name: group },
    openingBlocks: [],
    ...fields,
  });
}

async function openWith(...clients: ConfiguredClient[]): Promise<void> {
  bench = await CoreBench.open({ clients, isTimePerTicket: true });
}

function work(id: string, clientId: string, hours: number): void {
  bench.psa.ticket(id, { clientId });
  bench.psa.log(id, id, nine, hours * 60);
  bench.psa.close(id);
}

async function hoursOf(name: string): Promise<[settled: number, overage: number]> {
  const { clients } = await buildBalances(bench.app.store, {
    shown: bench.app.clients,
    all: bench.app.clients,
    asOf: new Date(bench.nowMs).toISOString(),
  });
  const balance = clients.find(({ client }) => client.name === name);
  return [(balance?.settledSeconds ?? 0) / 3600, (balance?.overageSeconds ?? 0) / 3600];
}

async function monthOf(name: string, month = '2026-03') {
  const now = '2026-09-01T00:00:00.000Z';
  const client = bench.client(name);
  return buildStatement(bench.app.store, { client, month, locale: 'en', now });
}

describe('a subsidiary without blocks of its own', () => {
  test('is paid for by its parent, whose ledger says whose work it was', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2'));
    work('1', '1', 1);
    work('2', '2', 2);
    await bench.run();
    expect(await bench.story(group)).toEqual(['+10 purchase', '-1 usage', '-2 usage']);
    expect((await bench.ledger(group)).map(({ usedBy }) => usedBy)).toEqual([
      ...[null, 'groupe-dupont', 'dupont-sud'],
    ]);
    expect(await bench.ledger('Dupont Sud')).toEqual([]);
    expect([await hoursOf(group), await hoursOf('Dupont Sud')]).toEqual([
      [7, 0],
      [7, 0],
    ]);
  });

  test('gets the hours back where they came from, though it pays for itself by now', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2'));
    work('2', '2', 2);
    await bench.run();
    await bench.configure([
      parentOf({ isSharing: false }),
      subsidiary('Dupont Sud', '2', {
        paidBy: null,
        isSharing: false,
        openingBlocks: [openingOf(5)],
      }),
    ]);
    bench.psa.editEntry('2', { seconds: 3600, endedAt: '2026-03-02T10:00:00.000Z' });
    bench.psa.editTicket('2', {});
    await bench.run();
    expect(await bench.hours(group)).toEqual([10, 0]);
    expect(await bench.hours('Dupont Sud')).toEqual([4, 0]);
  });

  test('has a statement of its own, and its lines on that of its parent', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2'));
    work('1', '1', 1);
    work('2', '2', 2);
    await bench.run();
    const own = await monthOf('Dupont Sud');
    expect(own).toMatchObject({ paidBy: group, blocks: [], closing: { netSeconds: -7200 } });
    expect(own.lines.map(({ kind, chargedSeconds }) => [kind, chargedSeconds])).toEqual([
      ['usage', 7200],
    ]);
    expect(statementToHtml(own)).toContain('Used from the blocks of Groupe Dupont');
    const parent = await monthOf(group);
    expect(parent.closing).toMatchObject({ netSeconds: 7 * 3600 });
    expect(parent.lines.map(({ kind, client }) => [kind, client])).toEqual([
      ...[['purchase', null]],
      ...[
        ['usage', null],
        ['usage', 'Dupont Sud'],
      ],
    ]);
    expect(await monthOf('Dupont Sud', '2026-04')).toMatchObject({
      lines: [],
      opening: { netSeconds: -7200 },
    });
  });

  test('a later correction of its work is one line on both, with the same difference', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2'));
    work('2', '2', 2);
    await bench.run();
    const march = [await monthOf(group), await monthOf('Dupont Sud')];
    bench.at('2026-04-08T08:00:00.000Z');
    bench.psa.editEntry('2', { seconds: 3600, endedAt: '2026-03-02T10:00:00.000Z' });
    bench.psa.editTicket('2', {});
    await bench.run();
    for (const name of [group, 'Dupont Sud']) {
      expect((await monthOf(name, '2026-04')).lines).toMatchObject([
        { kind: 'correction', correction: { beforeSeconds: 7200, afterSeconds: 3600 } },
      ]);
    }
    expect([await monthOf(group), await monthOf('Dupont Sud')]).toEqual(march);
  });

  test('overruns into the overage of its parent, which the parent’s next block pays', async () => {
    await openWith(parentOf({ openingBlocks: [openingOf(1)] }), subsidiary('Dupont Sud', '2'));
    work('2', '2', 3);
    await bench.run();
    expect(await bench.hours(group)).toEqual([-2, 0]);
    bench.at('2026-03-03T08:00:00.000Z');
    await addBlock(bench.app, {
      clientId: bench.clientId(group),
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 100,
      purchasedOn: '2026-03-03',
      expiresOn: null,
      priority: 0,
      reason: 'sold',
    });
    expect(await bench.hours(group)).toEqual([8, 0]);
    expect((await bench.ledger(group)).at(-1)?.usedBy).toBe('dupont-sud');
  });

  test('is held with its parent’s agreement, and let go by its parent’s hours', async () => {
    const agreement = agreementOf({ overage: 'hold' });
    await openWith(
      parentOf({ agreement, openingBlocks: [openingOf(1)] }),
      subsidiary('Dupont Sud', '2'),
    );
    work('2', '2', 3);
    await bench.run();
    expect(await bench.hours('Dupont Sud')).toEqual([0, 3]);
    await addBlock(bench.app, {
      clientId: bench.clientId(group),
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 100,
      purchasedOn: '2026-03-01',
      expiresOn: null,
      priority: 0,
      reason: 'sold',
    });
    await bench.run();
    expect(await bench.hours('Dupont Sud')).toEqual([0, 0]);
    expect(await bench.hours(group)).toEqual([8, 0]);
  });

  test('cannot be given hours by hand: they would be nobody’s', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2'));
    const request = { clientId: bench.clientId('Dupont Sud'), seconds: 3600, reason: 'gift' };
    await expect(adjustBalance(bench.app, request)).rejects.toThrow(/no blocks of its own/);
  });
});

test('hours that a client had before another paid for it are told until they are voided', async () => {
  const parent = parentOf({ sourceIds: new Map([['psa', '9']]) });
  await openWith(parent, clientOf({ isSharing: true }));
  await bench.run();
  await bench.configure([parent, subsidiary('Dupont', '1')]);
  work('1', '1', 3);
  await bench.run();
  expect(await hoursOf(group)).toEqual([7, 0]);
  const { app } = bench;
  const text = '"Dupont" is paid for by "Groupe Dupont" but its own account still has 10 h left.';
  expect(bench.logs.map(({ message }) => message)).toContain(text);
  const asOf = new Date(bench.nowMs).toISOString();
  const read = () => buildBalances(app.store, { shown: app.clients, all: app.clients, asOf });
  expect((await read()).leftClients).toMatchObject([
    { name: 'Dupont', paidBy: group, settledSeconds: 36_000 },
  ]);
  const [ledger] = await app.store.readLedgers([bench.clientId()]);
  await bench.configure([parent, clientOf({ isSharing: true, openingBlocks: [] })]);
  await voidBlock(app, { blockId: ledger?.blocks[0]?.id ?? '', reason: 'moved' });
  await bench.configure([parent, subsidiary('Dupont', '1')]);
  expect((await read()).leftClients).toEqual([]);
});

describe('a share', () => {
  test('limits what a client takes of each block; the rest is overage', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2', { share: { percent: 25 } }));
    work('2', '2', 4);
    await bench.run();
    expect(await bench.story(group)).toEqual(['+10 purchase', '-2.5 usage', '-1.5 overage']);
    expect(await hoursOf('Dupont Sud')).toEqual([0, 0]);
    // The parent still has its own.
    work('1', '1', 7);
    await bench.run();
    expect(await hoursOf(group)).toEqual([0.5, 1.5]);
  });

  test('is of each block: a new one brings its own, and pays overage no further than that', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2', { share: { seconds: 3600 } }));
    work('2', '2', 4);
    await bench.run();
    expect(await hoursOf(group)).toEqual([9, 3]);
    bench.at('2026-03-03T08:00:00.000Z');
    await addBlock(bench.app, {
      clientId: bench.clientId(group),
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 100,
      purchasedOn: '2026-03-03',
      expiresOn: null,
      priority: 0,
      reason: 'sold',
    });
    expect(await hoursOf(group)).toEqual([18, 2]);
  });

  test('comes back with work that is taken back', async () => {
    await openWith(parentOf(), subsidiary('Dupont Sud', '2', { share: { seconds: 7200 } }));
    work('2', '2', 2);
    await bench.run();
    expect(await hoursOf('Dupont Sud')).toEqual([0, 0]);
    bench.psa.reopen('2');
    await bench.run();
    work('3', '2', 2);
    await bench.run();
    expect(await hoursOf(group)).toEqual([8, 0]);
  });

  test('may be the parent’s too, so that the others keep a part', async () => {
    await openWith(parentOf({ share: { percent: 50 } }), subsidiary('Dupont Sud', '2'));
    work('1', '1', 6);
    work('2', '2', 5);
    await bench.run();
    expect(await hoursOf(group)).toEqual([0, 1]);
  });
});

test('the parent’s levels look at the work of all, and its subsidiaries are told nothing', async () => {
  const rule: ReplenishRule = {
    when: { balance: 'projected', secondsLeft: 7200 },
    do: ['alert'],
    offer: null,
    tell: ['msp'],
  };
  const agreement = agreementOf({ replenish: [rule] });
  await openWith(parentOf({ agreement }), subsidiary('Dupont Sud', '2', { agreement }));
  bench.psa.ticket('2', { clientId: '2' });
  bench.psa.log('2', '2', nine, 8 * 60);
  await bench.run();
  expect(bench.psa.sent.map(({ kind }) => kind)).toEqual(['alert-ticket']);
});

test('a run that debited a subsidiary gives the parent its hours, and the share, back', async () => {
  const share = { seconds: 2 * 3600 } as const;
  await openWith(parentOf(), subsidiary('Dupont Sud', '2', { share }));
  await bench.run();
  work('1', '2', 3);
  const run = await bench.run();
  expect(await hoursOf(group)).toEqual([8, 1]);
  await bench.undo(run);
  expect(await hoursOf(group)).toEqual([10, 0]);
  work('2', '2', 2);
  await bench.run();
  expect(await hoursOf(group)).toEqual([8, 0]);
  for (const name of [group, 'Dupont Sud']) await monthOf(name);
});
